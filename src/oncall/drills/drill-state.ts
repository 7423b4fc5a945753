import type { Severity } from '../../core/config/config.ts';
import type { StoredEvent } from '../../journal/port.ts';

/** Aggregate kind of the record of a drill; its id is that of its incident. */
export const DRILL = 'drill';

/** How a drill went; times are epoch ms, null: it did not come to that. */
export type DrillTimes = {
  /** The first page was asked for, and went out. */
  readonly pagedAt: number | null;
  readonly sentAt: number | null;
  readonly acknowledgedAt: number | null;
  readonly owner: string | null;
  readonly resolvedAt: number;
  /** The highest level that was reached. */
  readonly level: number;
};

/** A drill, and once it is over how it went. */
export type DrillState = {
  readonly incident: string;
  readonly severity: Severity;
  readonly paper: boolean;
  readonly service: string | null;
  readonly by: string;
  readonly startedAt: number;
  readonly times: DrillTimes | null;
};

/** Folds the record of one drill. */
export function evolveDrill(state: DrillState | null, event: Pick<StoredEvent, 'type' | 'data'>): DrillState {
  if (event.type === 'drill.started') return { ...(event.data as Omit<DrillState, 'times'>), times: null };
  if (state === null) throw new Error(`a drill begins with ${event.type}`);
  return { ...state, times: event.data.times as DrillTimes };
}

/** Seconds from the page (its sending; on paper its asking) to the acknowledgement; null: nobody took it. */
export function secondsToAck({ startedAt, times }: DrillState): number | null {
  if (times?.acknowledgedAt == null) return null;
  return secondsBetween(times.sentAt ?? times.pagedAt ?? startedAt, times.acknowledgedAt);
}

/** Seconds from its start to its end; null: it is not over. */
export function secondsToEnd({ startedAt, times }: DrillState): number | null {
  return times === null ? null : secondsBetween(startedAt, times.resolvedAt);
}

function secondsBetween(from: number, to: number): number {
  return Math.max(0, Math.round((to - from) / 1000));
}
