import type { Clock } from '../core/clock.ts';

/**
 * Whether payloads come in faster than they could be handled, and what the handling should then do: stand back, so
 * that taking in (durable, and answered within a second) goes first. The backlog is bounded by the inbox, whose 503 makes
 * Alertmanager slow down.
 */
export interface Pressure {
  /** Milliseconds to rest after `count` machine rows that took `spentMs`, `waiting` are left; 0 while there is no flood. */
  restAfter(spentMs: number, count: number, waiting: number): number;
}

/** Rows a second above which taking in goes first. */
const FLOOD_PER_SECOND = 1_000;
const WINDOW_MS = 50;
/** In a flood the handling takes about this share of the time. */
const SHARE = 0.04;
const LONGEST_REST_MS = 250;

/** Measures arrivals by how the number of waiting rows grows between the rows that are handled. */
export function createPressure(clock: Pick<Clock, 'monotonicMs'>): Pressure {
  let since = clock.monotonicMs();
  let before = 0;
  let handled = 0;
  let isFlood = false;
  return {
    restAfter: (spentMs, count, waiting) => {
      handled += count;
      const elapsed = clock.monotonicMs() - since;
      if (elapsed >= WINDOW_MS) {
        const arrivals = waiting - before + handled;
        isFlood = (arrivals / elapsed) * 1000 > FLOOD_PER_SECOND;
        since = clock.monotonicMs();
        before = waiting;
        handled = 0;
      }
      return isFlood ? Math.min(LONGEST_REST_MS, spentMs / SHARE) : 0;
    },
  };
}
