import type { Config } from '../core/config/config.ts';
import type { TimerChange } from '../journal/port.ts';
import { isOver } from './decision.ts';
import { flappingDueAt } from './flapping.ts';
import type { IncidentState } from './incident-state.ts';

/** How long all alerts must have been over before an `auto` severity resolves by itself (CONFIG.md, States). */
const QUIET_MS = 5 * 60_000;
/** When a recovered incident that waits for a person is spoken of once (CONFIG.md, States). */
const REMIND_AFTER_MS = 30 * 60_000;

/** Purposes of an incident's timers. */
export type IncidentTimer = 'auto-resolve' | 'resolve-reminder' | 'close' | 'wake' | 'flapping' | 'drill-over';

/** Timers that a change sets and cancels; one an incident and purpose. `at`: when the change happened. */
export function timersOfChange(
  before: IncidentState | null,
  after: IncidentState,
  at: number,
  config: Config,
): TimerChange[] {
  return [
    ...statusTimers(before, after, at, config),
    ...moved(after.id, 'wake', before?.quiet?.until ?? null, after.quiet?.until ?? null),
    ...moved(after.id, 'flapping', flappingAt(before, config), flappingAt(after, config)),
    ...moved(after.id, 'drill-over', drillOverAt(before), drillOverAt(after)),
  ];
}

/** A drill that nobody ends is over after an hour. */
const DRILL_MS = 60 * 60_000;

function drillOverAt(state: IncidentState | null): number | null {
  return state?.drill === undefined || isOver(state) ? null : state.openedAt + DRILL_MS;
}

function flappingAt(state: IncidentState | null, { routing }: Config): number | null {
  return state === null ? null : flappingDueAt(state, routing.flapping);
}

function moved(id: string, purpose: IncidentTimer, from: number | null, to: number | null): TimerChange[] {
  if (from === to) return [];
  return [to === null ? cancel(id, purpose) : set(id, purpose, to)];
}

function statusTimers(before: IncidentState | null, after: IncidentState, at: number, config: Config): TimerChange[] {
  const old = before?.status ?? null;
  if (old === after.status && !startsAnew(before, after)) return [];
  const set = timersSet(after, at, config);
  const cancelled = timersIn(old).filter((purpose) => !set.some((timer) => timer.purpose === purpose));
  return [...cancelled.map((purpose) => cancel(after.id, purpose)), ...set];
}

/** Recovered once more within one payload, or of another severity: the quiet time counts from now. */
function startsAnew(before: IncidentState | null, after: IncidentState): boolean {
  if (after.status !== 'recovered') return false;
  return before?.severity !== after.severity || before.recoveredAt !== after.recoveredAt;
}

function timersIn(status: IncidentState['status'] | null): readonly IncidentTimer[] {
  if (status === 'recovered') return ['auto-resolve', 'resolve-reminder'];
  return status === 'resolved' ? ['close'] : [];
}

function timersSet(after: IncidentState, at: number, config: Config): Array<ReturnType<typeof set>> {
  if (after.status === 'recovered') {
    return config.severities[after.severity].resolve === 'auto'
      ? [set(after.id, 'auto-resolve', at + QUIET_MS)]
      : [set(after.id, 'resolve-reminder', at + REMIND_AFTER_MS)];
  }
  if (after.status === 'resolved') return [set(after.id, 'close', at + config.routing.reopenWithinSeconds * 1000)];
  return [];
}

function set(id: string, purpose: IncidentTimer, dueAt: number): TimerChange & { readonly purpose: IncidentTimer } {
  return { op: 'set', kind: 'incident', id, purpose, dueAt, data: {} };
}

/** Takes a timer away: it is no longer wanted, or it has done its work. */
export function cancel(id: string, purpose: IncidentTimer): TimerChange {
  return { op: 'cancel', kind: 'incident', id, purpose };
}
