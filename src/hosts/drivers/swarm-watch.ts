import type { Clock } from '../../core/clock.ts';
import { OpsError } from '../../core/errors.ts';
import type { DockerEngine } from '../docker.ts';
import type { ActionResult, ServiceTarget } from '../driver.ts';
import { firstLine } from '../printable.ts';
import type { Answer } from './action-verdict.ts';
import { isChanged, type SwarmChange } from './swarm-change.ts';
import {
  forceOf,
  inspectService,
  isLive,
  isUp,
  lastFailure,
  replicasOf,
  type SwarmService,
  type SwarmTask,
  tasksOf,
} from './swarm-service.ts';

export interface WatchedChange {
  readonly engine: DockerEngine;
  readonly clock: Clock;
  readonly target: ServiceTarget;
  readonly before: SwarmService;
  readonly change: SwarmChange;
  readonly answer: Exclude<Answer, { kind: 'refused' }>;
}

const LOOK_EVERY_MS = 250;
const LIMIT_MS = { restart: 10 * 60_000, start: 60_000, stop: 60_000, scale: 2 * 60_000 } as const;
/** For how long a manager that does not answer is asked again. */
const SIGHT_LOST_AFTER_MS = 15_000;
/** For how long an update whose answer was lost may still come. */
const UPDATE_LOST_AFTER_MS = 5000;

/** Follows an update to its end: the tasks are the proof, never the answer. */
export async function watchChange(watched: WatchedChange): Promise<ActionResult> {
  const { clock, engine, target, change } = watched;
  const begun = clock.monotonicMs();
  let seenAt = begun;
  for (;;) {
    const seen = await look(engine, target.id);
    const now = clock.monotonicMs();
    if (seen.kind === 'seen') seenAt = now;
    const result = seen.kind === 'seen' ? judge(watched, seen, now - begun) : null;
    if (result !== null) return result;
    if (seen.kind === 'gone') return unknown(`${target.name} was removed in the middle of the ${change.kind}`);
    if (seen.kind === 'lost' && now - seenAt >= SIGHT_LOST_AFTER_MS) {
      return unknown(`it is not known how the ${change.kind} of ${target.name} went on: ${seen.said}`);
    }
    await new Promise<void>((resolve) => clock.after(LOOK_EVERY_MS, resolve));
  }
}

interface Seen {
  readonly kind: 'seen';
  readonly service: SwarmService;
  readonly tasks: readonly SwarmTask[];
}
type Look = Seen | { readonly kind: 'gone' } | { readonly kind: 'lost'; readonly said: string };

async function look(engine: DockerEngine, id: string): Promise<Look> {
  try {
    return { kind: 'seen', service: await inspectService(engine, id), tasks: await tasksOf(engine, id) };
  } catch (error) {
    if (!(error instanceof OpsError)) throw error;
    return error.code === 'SERVICE_GONE' ? { kind: 'gone' } : { kind: 'lost', said: error.message };
  }
}

/** Null: not over yet. */
function judge(watched: WatchedChange, seen: Seen, spentMs: number): ActionResult | null {
  const { change, target, answer, before } = watched;
  const { service } = seen;
  if (service.Version.Index === before.Version.Index && answer.kind === 'lost') {
    if (spentMs < UPDATE_LOST_AFTER_MS) return null;
    return { outcome: 'not-done', summary: `${target.name} was not changed (${answer.said})` };
  }
  const isRolledBack = service.UpdateStatus?.State?.startsWith('rollback') === true;
  if (!isChanged(change, service.Spec) && !isRolledBack) {
    return unknown(`somebody else changed ${target.name} in the middle of the ${change.kind}`);
  }
  const isLate = spentMs >= LIMIT_MS[change.kind] + graceMs(service);
  switch (change.kind) {
    case 'restart':
      return judgeRestart(watched, seen, isLate);
    case 'start':
      return judgeStart(watched, seen, isLate);
    case 'stop':
      return judgeStop(watched, seen, isLate);
    case 'scale':
      return judgeScale(watched, seen, isLate);
    default:
      return change.kind satisfies never;
  }
}

function judgeRestart({ target, change }: WatchedChange, seen: Seen, isLate: boolean): ActionResult | null {
  const { service, tasks } = seen;
  const wanted = change.replicas ?? tasks.filter(({ DesiredState }) => DesiredState === 'running').length;
  const fresh = tasks.filter((task) => isUp(task) && task.Spec.ForceUpdate === forceOf(change.spec)).length;
  const state = service.UpdateStatus?.State ?? '';
  const share = `${fresh} of ${wanted} tasks`;
  if (state === 'completed' && fresh >= wanted) {
    return { outcome: 'done', summary: `${target.name} restarted, ${share} replaced` };
  }
  if (state === 'paused' || (state.startsWith('rollback') && state !== 'rollback_started')) {
    const why = firstLine(service.UpdateStatus?.Message ?? '');
    const summary = `${target.name}: the update is ${state.replace('_', ' ')}, ${share} replaced (${why})${failure(tasks)}`;
    return { outcome: 'not-done', summary };
  }
  return isLate ? unknown(`${target.name} is still being restarted, ${share} replaced${failure(tasks)}`) : null;
}

function judgeStart({ target, change }: WatchedChange, { tasks }: Seen, isLate: boolean): ActionResult | null {
  const wanted = replicasOf(change.spec) ?? 0;
  const up = tasks.filter(isUp).length;
  const undo = { kind: 'stop' } as const;
  if (up >= wanted) return { outcome: 'done', summary: `${target.name} started, ${up} of ${wanted} tasks run`, undo };
  if (!isLate) return null;
  const summary = `${target.name} was set to ${wanted}, but only ${up} of them run${failure(tasks)}`;
  return { outcome: 'not-done', summary, undo };
}

function judgeStop({ target, change }: WatchedChange, { tasks }: Seen, isLate: boolean): ActionResult | null {
  const left = tasks.filter(isLive).length;
  const had = change.replicas ?? 1;
  const undo = { kind: 'start', replicas: had } as const;
  if (left === 0) return { outcome: 'done', summary: `${target.name} stopped; it had ${had}`, undo };
  if (!isLate) return null;
  return { outcome: 'unknown', summary: `${target.name} was set to none, but ${left} of ${had} still run`, undo };
}

/** Up: as many as were asked for run. Down: no more than that are left. A part of it is said exactly. */
function judgeScale({ target, change }: WatchedChange, { tasks }: Seen, isLate: boolean): ActionResult | null {
  const wanted = replicasOf(change.spec) ?? 0;
  const up = tasks.filter(isUp).length;
  const live = tasks.filter(isLive).length;
  const had = change.replicas ?? 0;
  if (up >= wanted && live <= wanted) {
    return { outcome: 'done', summary: `${target.name}: ${up} of ${wanted} tasks run; it had ${had}` };
  }
  if (!isLate) return null;
  const left = live > wanted ? `, ${live} are not ended yet` : '';
  const summary = `${target.name} was set from ${had} to ${wanted}, but ${up} of them run${left}${failure(tasks)}`;
  return { outcome: 'not-done', summary };
}

/** `; the last that failed: task: non-zero exit (3)`. */
function failure(tasks: readonly SwarmTask[]): string {
  const said = firstLine(lastFailure(tasks)?.Status.Err ?? '');
  return said === '' ? '' : `; the last that failed: ${said}`;
}

/** Nanoseconds in the specification; the engine's own default is 10 s. */
function graceMs({ Spec }: SwarmService): number {
  return (Spec.TaskTemplate.ContainerSpec?.StopGracePeriod ?? 10e9) / 1e6;
}

function unknown(summary: string): ActionResult {
  return { outcome: 'unknown', summary };
}
