import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../core/clock.ts';
import type { ContainerSelector } from '../../core/config/config.ts';
import { OpsError } from '../../core/errors.ts';
import { canonicalJson } from '../../core/json.ts';
import type { Logger } from '../../core/logger.ts';
import { sha256 } from '../digest.ts';
import { type ContainerDetails, type DockerEngine, sayEngineError } from '../docker.ts';
import type { ActionResult, Observed, RestartCall, RestartMode, ServiceDriver, ServiceTarget } from '../driver.ts';
import type { Once } from '../once.ts';
import { type Answer, hasMoved, judgeRestart } from './restart-verdict.ts';

export interface ContainerDriverDeps {
  readonly host: string;
  readonly service: string;
  readonly selector: ContainerSelector;
  readonly engine: DockerEngine;
  readonly once: Once;
  readonly clock: Clock;
  readonly logger: Logger;
}

const STOP_SECONDS = { graceful: 10, rolling: 10, forced: 0 } as const;
/** Time for the engine to start the container again, beyond the time it gives it to stop. */
const START_ALLOWANCE_MS = 60_000;
/** How long after a broken connection the engine may still be at work beyond the stop time. */
const AFTERMATH_MS = 5000;
const LOOK_EVERY_MS = 250;

/** Containers of one Docker Engine, found by a selector, addressed by their immutable id. */
export function createContainerDriver(deps: ContainerDriverDeps): ServiceDriver {
  return {
    kind: 'container',
    targets: async () => {
      const found = await deps.engine.find(deps.selector);
      return found.map(({ id, name }) => ({
        host: deps.host,
        service: deps.service,
        id,
        name: `${name} (${id.slice(0, 12)})`,
      }));
    },
    observe: async (target) => observed(await deps.engine.inspect(target.id)),
    planRestart,
    restart: (target, mode, key) => deps.once(key, target, () => restartOnce(deps, target, mode)),
    logs: ({ id }, { tail, since, signal }) => deps.engine.logs(id, { tail, since: Math.floor(since / 1000), signal }),
  };
}

function planRestart(target: ServiceTarget, mode: RestartMode): RestartCall {
  const seconds = STOP_SECONDS[mode];
  const stop = seconds === 0 ? 'killed at once' : `asked to stop, killed after ${seconds} s`;
  const order = mode === 'rolling' ? ', one container after the other' : '';
  return {
    call: `POST /containers/${target.id}/restart?t=${seconds}`,
    effect: `${target.name} is ${stop}, then started again${order}`,
    undo: null,
  };
}

/** What an inspection says; a container between two tries of its restart policy does not count as running. */
function observed(info: ContainerDetails): Observed {
  const { State: state } = info;
  const running = state.Running && !state.Restarting && !state.Paused;
  const startedAt = Date.parse(state.StartedAt);
  const policy = info.HostConfig.RestartPolicy?.Name ?? '';
  return {
    running,
    health: healthOf(info),
    startedAt: running && startedAt > 0 ? startedAt : null,
    restarts: info.RestartCount,
    exitCode: running ? null : state.ExitCode,
    ended: !state.Running && (policy === '' || policy === 'no' || (policy === 'on-failure' && state.ExitCode === 0)),
    facts: {
      id: info.Id,
      image: info.Image,
      config: sha256(canonicalJson([info.Config, info.HostConfig])),
    },
  };
}

function healthOf(info: ContainerDetails): Observed['health'] {
  const status = info.State.Health?.Status;
  return status === 'healthy' || status === 'unhealthy' || status === 'starting' ? status : 'none';
}

async function restartOnce(deps: ContainerDriverDeps, target: ServiceTarget, mode: RestartMode): Promise<ActionResult> {
  const before = await look(deps, target);
  if (before.kind === 'gone') return { outcome: 'not-done', summary: `${target.name} is gone; nothing was restarted` };
  if (before.kind === 'lost') return { outcome: 'not-done', summary: `nothing was restarted: ${before.said}` };
  const answer = await callRestart(deps, target, mode);
  const result = await verdict({ deps, target, mode, before: before.info, answer });
  deps.logger.info(
    { target: target.id, mode, answer: answer.kind, outcome: result.outcome },
    'container restart ended',
  );
  return result;
}

type Look =
  | { readonly kind: 'seen'; readonly info: ContainerDetails }
  | { readonly kind: 'gone' }
  | { readonly kind: 'lost'; readonly said: string };

async function look(deps: ContainerDriverDeps, target: ServiceTarget): Promise<Look> {
  try {
    return { kind: 'seen', info: await deps.engine.inspect(target.id) };
  } catch (error) {
    if (!(error instanceof OpsError)) throw error;
    return error.code === 'CONTAINER_GONE' ? { kind: 'gone' } : { kind: 'lost', said: error.message };
  }
}

/** Sends the one call and waits for the answer, or until it is too late to hope for one; the call itself is never cut. */
async function callRestart(deps: ContainerDriverDeps, target: ServiceTarget, mode: RestartMode): Promise<Answer> {
  const seconds = STOP_SECONDS[mode];
  const patience = new AbortController();
  const call = deps.engine.restart(target.id, seconds).then(
    (): Answer => ({ kind: 'ok' }),
    (error: unknown): Answer => {
      const { statusCode, said, sent } = sayEngineError(error);
      return { kind: statusCode !== null || !sent ? 'refused' : 'lost', said };
    },
  );
  const late = sleep(seconds * 1000 + START_ALLOWANCE_MS, undefined, { signal: patience.signal }).then(
    (): Answer => ({ kind: 'lost', said: 'no answer in time' }),
    (): Answer => ({ kind: 'lost', said: 'no longer waited for' }),
  );
  const answer = await Promise.race([call, late]);
  patience.abort();
  return answer;
}

interface Attempt {
  readonly deps: ContainerDriverDeps;
  readonly target: ServiceTarget;
  readonly mode: RestartMode;
  readonly before: ContainerDetails;
  readonly answer: Answer;
}

/** The engine's 204 is not believed by itself: done is what a later start shows (FAULTS.md, A3). */
async function verdict(attempt: Attempt): Promise<ActionResult> {
  const { answer, target } = attempt;
  const after = answer.kind === 'lost' ? await watchAftermath(attempt) : await look(attempt.deps, target);
  const said = answer.kind === 'ok' ? '' : ` (${answer.said})`;
  if (after.kind === 'lost') {
    return { outcome: 'unknown', summary: `it is not known whether ${target.name} was restarted: ${after.said}` };
  }
  if (after.kind === 'gone') {
    return { outcome: 'unknown', summary: `${target.name} was removed while it was being restarted${said}` };
  }
  return judgeRestart({ name: target.name, before: attempt.before, after: after.info, answer });
}

/** The engine finishes a restart whose caller is gone: look until its time is over, or the new start shows. */
async function watchAftermath({ deps, target, mode, before }: Attempt): Promise<Look> {
  const until = deps.clock.monotonicMs() + STOP_SECONDS[mode] * 1000 + AFTERMATH_MS;
  for (;;) {
    const seen = await look(deps, target);
    if (seen.kind === 'gone') return seen;
    if (seen.kind === 'seen' && hasMoved(before, seen.info)) return seen;
    if (deps.clock.monotonicMs() >= until) return seen;
    await sleep(LOOK_EVERY_MS);
  }
}
