import type { Clock } from '../../core/clock.ts';

/** Keys of the last minutes, in memory. */
export interface SeenKeys {
  /** Remembers a key; false when it was remembered already. */
  add(key: string): boolean;
  size(): number;
}

const MOST_KEYS = 50_000;

/** A set that forgets what is older than `ttlMs`, and the oldest beyond 50,000. */
export function createSeenKeys(clock: Clock, ttlMs: number): SeenKeys {
  const keys = new Map<string, number>();
  function forget(now: number): void {
    for (const [key, at] of keys) {
      if (now - at < ttlMs && keys.size <= MOST_KEYS) return;
      keys.delete(key);
    }
  }
  return {
    add: (key) => {
      const now = clock.monotonicMs();
      forget(now);
      if (keys.has(key)) return false;
      keys.set(key, now);
      return true;
    },
    size: () => keys.size,
  };
}
