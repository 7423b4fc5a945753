import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../core/clock.ts';
import { canonicalJson } from '../../core/json.ts';
import type { Logger } from '../../core/logger.ts';
import { sha256 } from '../digest.ts';
import { type ContainerDetails, type DockerEngine, type FoundContainer, sayEngineError } from '../docker.ts';
import type { ActionCall, ActionResult, Observed, ServiceAction, ServiceDriver, ServiceTarget } from '../driver.ts';
import type { Once } from '../once.ts';
import type { Answer, Trace } from './action-verdict.ts';
import { createContainerScaling } from './container-scaling.ts';
import { performAction } from './perform-action.ts';

export interface ContainerDriverDeps {
  readonly kind: 'container' | 'compose';
  readonly host: string;
  readonly service: string;
  readonly engine: DockerEngine;
  /** Which containers it is made of now. */
  readonly find: () => Promise<FoundContainer[]>;
  readonly once: Once;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Memory of the host that is left, bytes; null: nobody can tell. */
  readonly memoryAvailable: () => Promise<number | null>;
}

const STOP_SECONDS = { graceful: 10, rolling: 10, forced: 0 } as const;
/** Time for the engine to start the container again, beyond the time it gives it to stop. */
const START_ALLOWANCE_MS = 60_000;
/** How long after a broken connection the engine may still be at work beyond the stop time. */
const AFTERMATH_MS = 15_000;

/** Containers of one Docker Engine, found anew for each plan, addressed by their immutable id. */
export function createContainerDriver(deps: ContainerDriverDeps): ServiceDriver {
  const act: ServiceDriver['act'] = (target, action, key) =>
    deps.once(key, target, () => actOnce(deps, target, action));
  return {
    kind: deps.kind,
    targets: async () => {
      const found = await deps.find();
      return found.map(({ id, name }) => ({
        host: deps.host,
        service: deps.service,
        id,
        name: `${name} (${id.slice(0, 12)})`,
      }));
    },
    observe: async (target) => observed(await deps.engine.inspect(target.id)),
    planAction,
    act,
    scaling: createContainerScaling({ ...deps, act }),
    addressOf: async ({ id }) => addressOf(await deps.engine.inspect(id)),
    logs: ({ id }, { tail, since, signal }) => deps.engine.logs(id, { tail, since: Math.floor(since / 1000), signal }),
  };
}

function planAction(target: ServiceTarget, action: ServiceAction): ActionCall {
  const path = `POST /containers/${target.id}`;
  const seconds = stopSeconds(action);
  const stop = seconds === 0 ? 'killed at once' : `asked to stop, killed after ${seconds} s`;
  switch (action.kind) {
    case 'restart': {
      const order = action.mode === 'rolling' ? ', one container after the other' : '';
      const effect = `${target.name} is ${stop}, then started again${order}`;
      return { call: `${path}/restart?t=${seconds}`, effect, undo: null };
    }
    case 'start':
      return { call: `${path}/start`, effect: `${target.name} is started`, undo: `${path}/stop?t=${seconds}` };
    case 'stop':
      return { call: `${path}/stop?t=${seconds}`, effect: `${target.name} is ${stop}`, undo: `${path}/start` };
    default:
      return action satisfies never;
  }
}

function stopSeconds(action: ServiceAction): number {
  return action.kind === 'restart' ? STOP_SECONDS[action.mode] : STOP_SECONDS.graceful;
}

/** What an inspection says; a container between two tries of its restart policy does not count as running. */
function observed(info: ContainerDetails): Observed {
  const { State: state } = info;
  const { running, startedAt, restarts, exitCode } = traceOf(info);
  const policy = info.HostConfig.RestartPolicy?.Name ?? '';
  return {
    running,
    health: healthOf(info),
    startedAt: running ? startedAt : null,
    restarts,
    exitCode,
    ended: !state.Running && (policy === '' || policy === 'no' || (policy === 'on-failure' && state.ExitCode === 0)),
    outOfMemory: state.OOMKilled,
    facts: {
      id: info.Id,
      image: info.Image,
      config: sha256(canonicalJson([info.Config, info.HostConfig])),
    },
  };
}

function traceOf({ State: state, RestartCount }: ContainerDetails): Trace {
  const running = state.Running && !state.Restarting && !state.Paused;
  const startedAt = Date.parse(state.StartedAt);
  const everStarted = startedAt > 0;
  return {
    alive: state.Running,
    running,
    start: everStarted ? state.StartedAt : null,
    startedAt: everStarted ? startedAt : null,
    restarts: RestartCount,
    exitCode: running ? null : state.ExitCode,
  };
}

/** Of the first of its networks, by name. */
function addressOf({ NetworkSettings }: ContainerDetails): string | null {
  const networks = Object.entries(NetworkSettings.Networks).sort(([one], [other]) => (one < other ? -1 : 1));
  const addresses = networks.map(([, { IPAddress, GlobalIPv6Address }]) => IPAddress || GlobalIPv6Address);
  return addresses.find((address) => address !== '') ?? null;
}

function healthOf(info: ContainerDetails): Observed['health'] {
  const status = info.State.Health?.Status;
  return status === 'healthy' || status === 'unhealthy' || status === 'starting' ? status : 'none';
}

async function actOnce(deps: ContainerDriverDeps, target: ServiceTarget, action: ServiceAction): Promise<ActionResult> {
  const result = await performAction({
    target,
    action,
    look: async () => traceOf(await deps.engine.inspect(target.id)),
    call: () => callEngine(deps.engine, target, action),
    aftermathMs: stopSeconds(action) * 1000 + AFTERMATH_MS,
    clock: deps.clock,
  });
  deps.logger.info({ target: target.id, action, outcome: result.outcome }, 'container action ended');
  return result;
}

/** Sends the one call and waits for the answer, or until it is too late to hope for one; the call itself is never cut. */
async function callEngine(engine: DockerEngine, target: ServiceTarget, action: ServiceAction): Promise<Answer> {
  const seconds = stopSeconds(action);
  const patience = new AbortController();
  const call = send(engine, target.id, action).then(
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

function send(engine: DockerEngine, id: string, action: ServiceAction): Promise<void> {
  switch (action.kind) {
    case 'restart':
      return engine.restart(id, stopSeconds(action));
    case 'start':
      return engine.start(id);
    case 'stop':
      return engine.stop(id, stopSeconds(action));
    default:
      return action satisfies never;
  }
}
