import type { TimerChange } from '../../journal/port.ts';
import { LEASE, type LeaseState } from './lease-state.ts';

const MINUTE_MS = 60_000;
/** A shorter lease is not announced: it was taken a moment ago. */
const SHORTEST_ANNOUNCED_MS = 2 * MINUTE_MS;
const ANNOUNCED_PART = 0.1;
const MOST_BEFORE_MS = 15 * MINUTE_MS;
/** A target that another run holds is asked for again after so long. */
const BUSY_MS = 30_000;
/** Nothing was heard of a reversal for so long: the engine is asked what became of it. */
const WATCH_MS = 10 * MINUTE_MS;
/** How long a reversal rests after its first and second failure. */
const RESTS_MS = [MINUTE_MS, 5 * MINUTE_MS] as const;

/** Purposes of a lease's timers. `end`: its end, and while it is ending the next look at the reversal. */
export type LeaseTimer = 'announce' | 'end';

/** When its end is announced: a tenth of its time before, at least a minute, at most fifteen; null: not at all. */
export function announceAt({ since, until }: Pick<LeaseState, 'since' | 'until'>): number | null {
  const whole = until - since;
  if (whole < SHORTEST_ANNOUNCED_MS) return null;
  return until - Math.min(MOST_BEFORE_MS, Math.max(MINUTE_MS, Math.round(whole * ANNOUNCED_PART)));
}

/** The timers of a lease after a change at `at`: as long as it is active or ending, exactly one `end` is set. */
export function leaseTimers(before: LeaseState | null, after: LeaseState, at: number): TimerChange[] {
  const { id } = after;
  switch (after.status) {
    case 'active':
      return before?.status === 'active' && before.until === after.until ? [] : activeTimers(after);
    case 'ending':
      return [set(id, 'end', at + pauseMs(after)), { op: 'cancel', kind: LEASE, id, purpose: 'announce' }];
    case 'ended':
    case 'failed':
      return [{ op: 'cancel', kind: LEASE, id }];
    default:
      return after.status satisfies never;
  }
}

function activeTimers(lease: LeaseState): TimerChange[] {
  const { id } = lease;
  const announce = announceAt(lease);
  return [
    set(id, 'end', lease.until),
    announce === null ? { op: 'cancel', kind: LEASE, id, purpose: 'announce' } : set(id, 'announce', announce),
  ];
}

/** The next look at a reversal: soon when its target was busy, later when somebody is expected to tell. */
export function lookAgain(id: string, at: number, what: 'busy' | 'watch'): TimerChange {
  return set(id, 'end', at + (what === 'busy' ? BUSY_MS : WATCH_MS));
}

function pauseMs({ phase, tries }: LeaseState): number {
  switch (phase) {
    case 'busy':
      return BUSY_MS;
    case 'resting':
      return RESTS_MS[Math.min(tries, RESTS_MS.length) - 1] ?? RESTS_MS[0];
    case 'asking':
    case 'reverting':
    case null:
      return WATCH_MS;
    default:
      return phase satisfies never;
  }
}

function set(id: string, purpose: LeaseTimer, dueAt: number): TimerChange {
  return { op: 'set', kind: LEASE, id, purpose, dueAt, data: {} };
}
