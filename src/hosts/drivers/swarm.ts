import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../core/clock.ts';
import type { ContainerSelector } from '../../core/config/config.ts';
import { OpsError } from '../../core/errors.ts';
import { canonicalJson } from '../../core/json.ts';
import type { Logger } from '../../core/logger.ts';
import { type DockerEngine, sayEngineError } from '../docker.ts';
import type { ActionCall, ActionResult, Observed, ServiceAction, ServiceDriver, ServiceTarget } from '../driver.ts';
import type { Once } from '../once.ts';
import type { Answer } from './action-verdict.ts';
import { planChange, type SwarmAction } from './swarm-change.ts';
import { createSwarmScaling } from './swarm-scaling.ts';
import {
  digestOfSpec,
  findServices,
  hasFailed,
  inspectService,
  isUp,
  lastFailure,
  replicasOf,
  type SwarmService,
  type SwarmSpec,
  type SwarmTask,
  tasksOf,
} from './swarm-service.ts';
import { type WatchedChange, watchChange } from './swarm-watch.ts';

export interface SwarmDriverDeps {
  readonly host: string;
  readonly service: string;
  readonly selector: ContainerSelector;
  readonly engine: DockerEngine;
  readonly once: Once;
  readonly clock: Clock;
  readonly logger: Logger;
}

const ANSWER_WITHIN_MS = 30_000;
const MOST_TRIES = 5;

/** Services of a Swarm, reached through a manager's engine, addressed by their immutable id. */
export function createSwarmDriver(deps: SwarmDriverDeps): ServiceDriver {
  const { engine } = deps;
  return {
    kind: 'swarm',
    targets: async () => {
      const found = await findServices(engine, deps.selector);
      return found.map(({ ID, Spec: { Name } }) => ({
        host: deps.host,
        service: deps.service,
        id: ID,
        name: `${Name} (${ID.slice(0, 12)})`,
      }));
    },
    observe: async ({ id }) => observed(await inspectService(engine, id), await tasksOf(engine, id)),
    planAction,
    act: (target, action, key) => deps.once(key, target, () => actOnce(deps, target, action)),
    scaling: createSwarmScaling({ ...deps, act: (target, action) => actOnce(deps, target, action) }),
    logs: async ({ id }, { tail, since, signal }) => {
      const { Spec } = await inspectService(engine, id);
      const hasTerminal = Spec.TaskTemplate.ContainerSpec?.TTY === true;
      return engine.serviceLogs(id, hasTerminal, { tail, since: Math.floor(since / 1000), signal });
    },
  };
}

function planAction({ id, name }: ServiceTarget, action: ServiceAction): ActionCall {
  const update = `POST /services/${id}/update`;
  const setTo = (count: string) => `${update} replicas=${count}`;
  switch (action.kind) {
    case 'restart': {
      const forced = action.mode === 'forced' ? ' (there is no forced way)' : '';
      const effect = `every task of ${name} is replaced, as its update_config says${forced}`;
      return { call: `${update} ForceUpdate+1`, effect, undo: null };
    }
    case 'start': {
      const count = action.replicas === undefined ? 'as before' : String(action.replicas);
      return { call: setTo(count), effect: `${name} gets its tasks back`, undo: setTo('0') };
    }
    case 'stop':
      return { call: setTo('0'), effect: `every task of ${name} is stopped`, undo: setTo('as before') };
    default:
      return action satisfies never;
  }
}

/** It runs when all its tasks do and none is being replaced. */
function observed({ ID, Spec, UpdateStatus }: SwarmService, tasks: readonly SwarmTask[]): Observed {
  const wanted = replicasOf(Spec) ?? tasks.filter(({ DesiredState }) => DesiredState === 'running').length;
  const up = tasks.filter(isUp);
  const isChanging = ['updating', 'rollback_started'].includes(UpdateStatus?.State ?? '');
  const running = wanted > 0 && up.length >= wanted && !isChanging;
  const starts = up.map(({ Status }) => Date.parse(Status.Timestamp));
  return {
    running,
    health: 'none',
    startedAt: running ? Math.max(...starts) : null,
    restarts: tasks.filter(hasFailed).length,
    exitCode: running ? null : (lastFailure(tasks)?.Status.ContainerStatus?.ExitCode ?? null),
    ended: wanted === 0,
    facts: { id: ID, image: Spec.TaskTemplate.ContainerSpec?.Image ?? '', spec: digestOfSpec(Spec) },
  };
}

async function actOnce(deps: SwarmDriverDeps, target: ServiceTarget, action: SwarmAction): Promise<ActionResult> {
  const tried = await change(deps, target, action);
  if ('outcome' in tried) return tried;
  const result = await watchChange({ ...deps, target, ...tried });
  deps.logger.info(
    { target: target.id, action, answer: tried.answer.kind, outcome: result.outcome },
    'swarm action ended',
  );
  return result;
}

type Tried = Pick<WatchedChange, 'before' | 'change' | 'answer'>;

/**
 * Looks and sends the one update. Swarm's own notes on an update under way raise the version too: what was refused as
 * out of sequence, so that nothing was done, is tried again while the specification is the same that we looked at.
 */
async function change(
  { engine }: SwarmDriverDeps,
  target: ServiceTarget,
  action: SwarmAction,
): Promise<Tried | ActionResult> {
  let first: string | null = null;
  for (let tries = 1; ; tries++) {
    const before = await look(engine, target);
    if ('outcome' in before) return before;
    const spec = canonicalJson(before.Spec);
    first ??= spec;
    if (spec !== first || tries > MOST_TRIES) return outOfSequence(target);
    const wanted = planChange(target.name, action, before);
    if ('outcome' in wanted) return wanted;
    const answer = await update(engine, before, wanted.spec);
    if (answer.kind !== 'refused') return { before, change: wanted, answer };
    if (!answer.said.includes('update out of sequence')) {
      return { outcome: 'not-done', summary: `${target.name} was not changed (${answer.said})` };
    }
  }
}

async function look(engine: DockerEngine, { id, name }: ServiceTarget): Promise<SwarmService | ActionResult> {
  try {
    return await inspectService(engine, id);
  } catch (error) {
    if (!(error instanceof OpsError)) throw error;
    if (error.code === 'SERVICE_GONE') return { outcome: 'not-done', summary: `${name} is gone; nothing was done` };
    return { outcome: 'not-done', summary: `nothing was done: ${error.message}` };
  }
}

/** One update that holds only if nobody else's came between our look and it. */
async function update(engine: DockerEngine, { ID, Version }: SwarmService, spec: SwarmSpec): Promise<Answer> {
  const patience = new AbortController();
  const call = engine.post(`/services/${ID}/update`, { version: Version.Index }, spec).then(
    (): Answer => ({ kind: 'ok' }),
    (error: unknown): Answer => {
      const { statusCode, said, sent } = sayEngineError(error);
      return { kind: statusCode !== null || !sent ? 'refused' : 'lost', said };
    },
  );
  const late = sleep(ANSWER_WITHIN_MS, undefined, { signal: patience.signal }).then(
    (): Answer => ({ kind: 'lost', said: 'no answer in time' }),
    (): Answer => ({ kind: 'lost', said: 'no longer waited for' }),
  );
  const answer = await Promise.race([call, late]);
  patience.abort();
  return answer;
}

function outOfSequence({ name }: ServiceTarget): ActionResult {
  const summary = `${name} was not changed: somebody else changed it at the same moment; look again`;
  return { outcome: 'not-done', summary };
}
