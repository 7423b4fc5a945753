import type { AggregateChange, AggregateRow, Batch, TimerChange } from '../../journal/port.ts';
import { asNewSilenceEvents, type SilenceEvent } from './silence-events.ts';
import { evolveSilence } from './silence-evolve.ts';
import { isOver, SILENCE, type SilenceState } from './silence-state.ts';

export type SilenceRow = Pick<AggregateRow<SilenceState>, 'id' | 'version'> & { readonly state: SilenceState | null };

/** Purposes of a silence's timers. */
export type SilenceTimer = 'warn' | 'end';

const WARN_BEFORE_MS = 15 * 60_000;
/** A short silence is spoken of when this much of it is over. */
const WARN_PART = 0.8;

/** The batch of decided events: folded, with the silence's timers. */
export function silenceBatch(row: SilenceRow, events: readonly SilenceEvent[], at: number, actor: string): Batch {
  const { id } = row;
  let after = row.state;
  for (const event of events) after = evolveSilence(after, { ...event, id, at, actor });
  if (after === null) throw new Error(`${id} would be changed without an event`);
  return { at, actor, aggregates: [changeOf(row, after, events)], timers: timersOf(row.state, after) };
}

function changeOf(row: SilenceRow, after: SilenceState, events: readonly SilenceEvent[]): AggregateChange {
  return {
    kind: SILENCE,
    id: row.id,
    number: numberOf(row.id),
    expected: row.version,
    key: isOver(after) ? null : row.id,
    state: after,
    events: asNewSilenceEvents(events),
    ...(after.incident === null ? {} : { incident: after.incident }),
  };
}

/** The number in `SIL-<n>`. */
export function numberOf(id: string): number {
  return Number(id.slice('SIL-'.length));
}

function timersOf(before: SilenceState | null, after: SilenceState): TimerChange[] {
  const { id } = after;
  if (after.status !== 'active') return before?.status === 'active' ? [{ op: 'cancel', kind: SILENCE, id }] : [];
  if (before?.status === 'active' && before.endsAt === after.endsAt) return [];
  return [set(id, 'end', after.endsAt), set(id, 'warn', warnAt(after))];
}

/** 15 minutes before its end, or when four fifths of a short one are over, whichever is later. */
export function warnAt({ startsAt, requestedAt, endsAt }: SilenceState): number {
  const begun = startsAt ?? requestedAt;
  return Math.max(endsAt - WARN_BEFORE_MS, Math.round(begun + WARN_PART * (endsAt - begun)));
}

function set(id: string, purpose: SilenceTimer, dueAt: number): TimerChange {
  return { op: 'set', kind: SILENCE, id, purpose, dueAt, data: {} };
}
