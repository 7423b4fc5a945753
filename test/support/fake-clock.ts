import type { Clock } from '../../src/core/clock.ts';

export interface FakeClock extends Clock {
  /** Moves time forward, running what falls due on the way, in order. */
  advance(ms: number): void;
  /** Sets the wall clock alone, as a clock jump does. */
  jumpTo(epochMs: number): void;
}

/** A clock that stands still until it is moved. */
export function createFakeClock(startAt = Date.UTC(2026, 10, 22, 14, 0, 0)): FakeClock {
  let wall = startAt;
  let monotonic = 0;
  let tasks: Array<{ dueAt: number; task: () => void }> = [];
  return {
    now: () => wall,
    monotonicMs: () => monotonic,
    after: (delayMs, task) => {
      const entry = { dueAt: monotonic + Math.max(0, delayMs), task };
      tasks.push(entry);
      return () => {
        tasks = tasks.filter((other) => other !== entry);
      };
    },
    advance: (ms) => {
      const end = monotonic + ms;
      for (;;) {
        const next = tasks.filter((entry) => entry.dueAt <= end).sort((a, b) => a.dueAt - b.dueAt)[0];
        if (next === undefined) break;
        tasks = tasks.filter((entry) => entry !== next);
        wall += next.dueAt - monotonic;
        monotonic = next.dueAt;
        next.task();
      }
      wall += end - monotonic;
      monotonic = end;
    },
    jumpTo: (epochMs) => {
      wall = epochMs;
    },
  };
}
