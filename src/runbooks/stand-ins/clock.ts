import type { Clock } from '../../core/clock.ts';

/** A clock that its owner moves: what waits ten minutes waits for nobody. */
export interface StandInClock extends Clock {
  /** Goes to what is due next and carries it out; nothing when nobody waits. */
  goOn(): void;
}

/** Starts at `startAt`, epoch ms. */
export function createStandInClock(startAt: number): StandInClock {
  let elapsedMs = 0;
  const waiting = new Set<{ readonly dueMs: number; readonly task: () => void }>();
  return {
    now: () => startAt + elapsedMs,
    monotonicMs: () => elapsedMs,
    after: (delayMs, task) => {
      const entry = { dueMs: elapsedMs + Math.max(0, delayMs), task };
      waiting.add(entry);
      return () => void waiting.delete(entry);
    },
    goOn: () => {
      const [next] = [...waiting].sort((a, b) => a.dueMs - b.dueMs);
      if (next === undefined) return;
      waiting.delete(next);
      elapsedMs = next.dueMs;
      next.task();
    },
  };
}
