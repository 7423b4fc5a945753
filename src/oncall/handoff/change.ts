import type { AggregateChange, AggregateRow, Batch, NewEvent, TimerChange } from '../../journal/port.ts';
import type { ComingHandoff } from './coming.ts';
import { evolveHandoff, HANDOFF, type HandoffState } from './handoff-state.ts';

const PURPOSE = 'step';

/** What is done when the timer of a handoff rings. */
export type Stage = 'begun' | 'still' | 'end';

/** An aggregate with one more event; its key names the shift until it is over, so that none is told twice. */
export function changeOf(row: AggregateRow<HandoffState>, event: NewEvent): AggregateChange & { state: HandoffState } {
  const { id } = row;
  const state = evolveHandoff(row.state, { ...event, id });
  const key = state.status === 'over' ? null : shiftKey(state);
  return { kind: HANDOFF, id, expected: row.version, key, state, events: [event] };
}

/** The first event of a handoff. */
export function beginning(number: number, coming: ComingHandoff): AggregateChange & { state: HandoffState } {
  const id = `HND-${number}`;
  const event = { type: 'handoff.told', v: 1, data: { ...coming } };
  const state = evolveHandoff(null, { ...event, id });
  return { kind: HANDOFF, id, number, expected: 0, key: shiftKey(coming), state, events: [event] };
}

/** What names a shift: `primary|1765184400000`. */
export function shiftKey({ schedule, at }: Pick<HandoffState, 'schedule' | 'at'>): string {
  return `${schedule}|${at}`;
}

/** The timer of a handoff's next stage; cancelled when there is none. */
export function stageTimer(id: string, next: { readonly at: number; readonly stage: Stage } | null): TimerChange {
  if (next === null) return { op: 'cancel', kind: HANDOFF, id, purpose: PURPOSE };
  return { op: 'set', kind: HANDOFF, id, purpose: PURPOSE, dueAt: next.at, data: { stage: next.stage } };
}

/** The stage in which a shift ends; none when nobody knows when it does. */
export function endOf({ until }: HandoffState): { readonly at: number; readonly stage: Stage } | null {
  return until === null ? null : { at: until, stage: 'end' };
}

/** A batch of the bot's own. */
export function ownBatch(at: number, batch: Omit<Batch, 'at' | 'actor'>): Batch {
  return { at, actor: 'auto', ...batch };
}
