import type { Clock } from '../core/clock.ts';

/**
 * Whether payloads come in faster than they could be handled, and what the handling should then do: stand back, so
 * that taking in (durable, and answered within a second) goes first. The backlog is bounded by the inbox, whose 503 makes
 * Alertmanager slow down.
 */
export interface Pressure {
  /** Milliseconds to rest after what was handled, with `waiting` rows left; 0 while there is no flood. */
  restAfter(handled: Handled, waiting: number): number;
  /** Whether payloads still come in that fast, asked during a rest. */
  isFlood(waiting: number): boolean;
}

/** What one round of handling was: rows, their bytes in all, and how long it took. */
export interface Handled {
  readonly rows: number;
  readonly bytes: number;
  readonly spentMs: number;
}

/** Rows a second above which taking in goes first. */
const FLOOD_PER_SECOND = 500;
const FLOOD_BYTES_PER_SECOND = 16 * 1024 * 1024;
const WINDOW_MS = 50;
/** In a flood the handling takes about this share of the time. */
const SHARE = 0.01;
const LONGEST_REST_MS = 2_000;
/** A rest is looked at again after this long: the flood may be over. */
export const LOOK_EVERY_MS = 100;

/** Measures arrivals by how the number of waiting rows grows between the rows that are handled. */
export function createPressure(clock: Pick<Clock, 'monotonicMs'>): Pressure {
  let since = clock.monotonicMs();
  let before = 0;
  let rows = 0;
  let bytes = 0;
  let bytesARow = 0;
  let isFlood = false;

  function look(waiting: number): void {
    const elapsed = clock.monotonicMs() - since;
    if (elapsed < WINDOW_MS) return;
    const perSecond = ((waiting - before + rows) / elapsed) * 1000;
    if (rows > 0) bytesARow = bytes / rows;
    isFlood = perSecond > FLOOD_PER_SECOND || perSecond * bytesARow > FLOOD_BYTES_PER_SECOND;
    since = clock.monotonicMs();
    before = waiting;
    rows = 0;
    bytes = 0;
  }
  return {
    restAfter: (handled, waiting) => {
      rows += handled.rows;
      bytes += handled.bytes;
      look(waiting);
      return isFlood ? Math.min(LONGEST_REST_MS, handled.spentMs / SHARE) : 0;
    },
    isFlood: (waiting) => {
      look(waiting);
      return isFlood;
    },
  };
}
