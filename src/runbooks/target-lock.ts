import * as z from 'zod';
import type { NewEvent } from '../journal/port.ts';
import type { RunEvent } from './run-record.ts';

/** Aggregate kind of locks; the id is `host/service`. At most one unfinished run holds each. */
export const LOCK_KIND = 'target-lock';

/** Who holds a target now. */
export interface TargetLock {
  readonly target: string;
  /** `RUN-<n>`; null when it is free. */
  readonly run: string | null;
  readonly by: string | null;
  readonly since: number | null;
}

/** Data of `target-lock.taken` and `target-lock.released`, version 1. */
const LockData = z.object({ run: z.string() });

/** The event that takes a target for a run, or gives it back. */
export function lockEvent(what: 'taken' | 'released', run: string): NewEvent {
  return { type: `${LOCK_KIND}.${what}`, v: 1, data: { run } };
}

/** Folds one event into a lock. */
export function evolveLock(_lock: TargetLock | null, event: RunEvent): TargetLock {
  const { run } = LockData.parse(event.data);
  if (event.type === `${LOCK_KIND}.taken`) return { target: event.id, run, by: event.actor, since: event.at };
  if (event.type === `${LOCK_KIND}.released`) return { target: event.id, run: null, by: null, since: null };
  throw new Error(`${event.type} is no event of a target lock`);
}
