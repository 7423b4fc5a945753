import type { Clock } from '../core/clock.ts';

/** Counts by name within the running minute. */
export interface RateLimit {
  isOver(name: string): boolean;
  count(name: string): void;
}

const MINUTE_MS = 60_000;
/** More names than that in one minute are an attack: then everybody waits for the next. */
const MOST_NAMES = 10_000;

/** A limit that forgets everything each minute. */
export function createRateLimit({
  perMinute,
  clock,
}: {
  readonly perMinute: number;
  readonly clock: Clock;
}): RateLimit {
  let counts = new Map<string, number>();
  let minute = 0;
  const current = () => {
    const now = Math.floor(clock.monotonicMs() / MINUTE_MS);
    if (now !== minute) counts = new Map();
    minute = now;
    return counts;
  };
  return {
    isOver: (name) => (current().get(name) ?? 0) >= perMinute || current().size >= MOST_NAMES,
    count: (name) => void current().set(name, (current().get(name) ?? 0) + 1),
  };
}
