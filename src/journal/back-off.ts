import type { Clock } from '../core/clock.ts';
import { OpsError } from '../core/errors.ts';

const FIRST_MS = 100;
const LONGEST_MS = 10_000;

/** Keys that failed and may be tried again later: 100 ms, doubling, at most 10 s. */
export interface BackOff {
  /** Notes a failure; resolves to when it may be tried again. */
  failed(key: string): number;
  succeeded(key: string): void;
  mayTry(key: string): boolean;
  /** How many keys may not be tried now. */
  held(): number;
  /** When the first of them may be tried again (clock time), or null. */
  nextAt(): number | null;
}

/** Back-off by the monotonic clock, so that a jump of the wall clock neither shortens nor stretches it. */
export function createBackOff(clock: Clock): BackOff {
  const entries = new Map<string, { tries: number; until: number }>();
  const waiting = (): number[] => {
    const now = clock.monotonicMs();
    return [...entries.values()].map((entry) => entry.until).filter((until) => until > now);
  };
  return {
    failed: (key) => {
      const tries = (entries.get(key)?.tries ?? 0) + 1;
      const delay = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(tries - 1, 20));
      const until = clock.monotonicMs() + delay;
      entries.set(key, { tries, until });
      return until;
    },
    succeeded: (key) => {
      entries.delete(key);
    },
    mayTry: (key) => (entries.get(key)?.until ?? 0) <= clock.monotonicMs(),
    held: () => waiting().length,
    nextAt: () => {
      const times = waiting();
      return times.length === 0 ? null : Math.min(...times);
    },
  };
}

/** Whether a failure may pass by itself; everything else is a bug or a refusal. */
export function isTransient(error: unknown): boolean {
  return error instanceof OpsError && error.family === 'transient';
}
