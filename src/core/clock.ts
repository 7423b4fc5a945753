import { uptime } from 'node:os';

/** Time as the rooms see it: handed in, so that a test can move it. */
export interface Clock {
  /** Wall time, milliseconds since the epoch. */
  now(): number;
  /** Monotonic time in milliseconds, for elapsed times that survive a clock jump. */
  monotonicMs(): number;
  /** For how long the machine has slept, milliseconds: time that went on and that `monotonicMs` does not count. Absent: never. */
  suspendedMs?(): number;
  /** Runs `task` once, `delayMs` from now; returns the cancellation. Never keeps the process alive by itself. */
  after(delayMs: number, task: () => void): () => void;
}

const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  suspendedMs: () => uptime() * 1000 - performance.now(),
  after: (delayMs, task) => {
    const timer = setTimeout(task, Math.min(Math.max(0, delayMs), LONGEST_TIMEOUT_MS));
    timer.unref();
    return () => clearTimeout(timer);
  },
};
