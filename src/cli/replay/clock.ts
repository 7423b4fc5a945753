import type { Clock } from '../../core/clock.ts';

/** A clock that shows what it is set to: wall time of the replay, elapsed time of this machine. */
export interface ReplayClock extends Clock {
  /** Goes on to `at`, epoch ms; never back. */
  goTo(at: number): void;
}

/** Starts at `startAt`, epoch ms. */
export function createReplayClock(startAt: number): ReplayClock {
  let now = startAt;
  return {
    now: () => now,
    monotonicMs: () => performance.now(),
    after: (delayMs, task) => {
      const timer = setTimeout(task, delayMs);
      timer.unref();
      return () => clearTimeout(timer);
    },
    goTo: (at) => {
      now = Math.max(now, at);
    },
  };
}
