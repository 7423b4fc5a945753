import type { Batch, Journal, Timer } from '../../journal/port.ts';
import { changeOf, endOf, ownBatch, type Stage, stageTimer } from './change.ts';
import { HANDOFF, type HandoffState } from './handoff-state.ts';
import { type Telling, tellStillUnaccepted, tellUnaccepted } from './notices.ts';

const STILL_AFTER_MS = 15 * 60_000;

/** What happens to a handoff by time alone: its shift begins unaccepted, still is, ends. */
export function createStages({ journal, telling }: { readonly journal: Journal; readonly telling: Telling }) {
  return async ({ id, data }: Timer, now: number): Promise<Batch | null> => {
    const row = await journal.aggregate<HandoffState>(HANDOFF, id);
    if (row === null || row.state.status === 'over') return null;
    const { state } = row;
    if (data.stage === 'end' || (state.until !== null && state.until <= now)) {
      return ownBatch(now, {
        aggregates: [changeOf(row, { type: 'handoff.over', v: 1, data: {} })],
        timers: [stageTimer(id, null)],
      });
    }
    if (state.status !== 'waiting') return ownBatch(now, { timers: [stageTimer(id, endOf(state))] });
    const stage = data.stage as Stage;
    const event = { type: 'handoff.late', v: 1, data: { stage } };
    const next = stage === 'begun' ? stillOf(state, now) : endOf(state);
    const told = stage === 'begun' ? tellUnaccepted(state, telling) : tellStillUnaccepted(state, telling);
    return ownBatch(now, { ...told, aggregates: [changeOf(row, event)], timers: [stageTimer(id, next)] });
  };
}

/** A quarter of an hour later, unless the shift is over by then. */
function stillOf(state: HandoffState, now: number) {
  const at = Math.max(state.at, now) + STILL_AFTER_MS;
  return state.until !== null && state.until <= at ? endOf(state) : ({ at, stage: 'still' } as const);
}
