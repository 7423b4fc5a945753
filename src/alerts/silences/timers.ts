import type { Batch, Journal, Timer } from '../../journal/port.ts';
import { type SilenceTimer, silenceBatch } from './change-silence.ts';
import { askEffect } from './effect.ts';
import { silenceEvent } from './silence-events.ts';
import { SILENCE, type SilenceState } from './silence-state.ts';

/** Decides a timer that fell due; null: nobody wants it any more. */
export type SilenceTimerHandler = (timer: Timer, now: number) => Promise<Batch | null>;

/** An extension may be under way in Alertmanager when the old end comes: its answer is awaited. */
const WAIT_FOR_ANSWER_MS = 5_000;

/** What a silence's own timers do: its author is told before it ends, and it ends. */
export function silenceTimers(journal: Journal): Readonly<Record<`silence.${SilenceTimer}`, SilenceTimerHandler>> {
  return {
    'silence.warn': async ({ id }, now) => {
      const row = await journal.aggregate<SilenceState>(SILENCE, id);
      if (row?.state.status !== 'active' || row.state.endsAt <= now) return null;
      const { incident, endsAt } = row.state;
      return { at: now, actor: 'auto', effects: [askEffect({ silence: id, op: 'warn' }, incident, endsAt)] };
    },
    'silence.end': async (timer, now) => {
      const { id, purpose } = timer;
      const row = await journal.aggregate<SilenceState>(SILENCE, id);
      if (row?.state.status !== 'active' || row.state.endsAt > now) return null;
      if (row.state.pending?.kind !== 'extend')
        return silenceBatch(row, [silenceEvent('silence.expired', {})], now, 'auto');
      const again = { op: 'set', kind: SILENCE, id, purpose, dueAt: now + WAIT_FOR_ANSWER_MS, data: {} } as const;
      return { at: now, actor: 'auto', timers: [again] };
    },
  };
}
