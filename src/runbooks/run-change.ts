import type { AggregateChange, AggregateRow, NewEvent } from '../journal/port.ts';
import { evolveRun } from './run-evolve.ts';
import { isUnfinished, type RunEvent, type RunRecord } from './run-record.ts';
import { evolveLock, LOCK_KIND, lockEvent, type TargetLock } from './target-lock.ts';

/** Aggregate kind of runs; the id is `RUN-<n>`. */
export const RUN_KIND = 'run';

export interface Change {
  readonly id: string;
  readonly at: number;
  readonly actor: string;
  readonly incident: string | null;
}

/** The change that appends these events to a run. An unfinished run holds its own id as key, so that it is listed as open. */
export function changeRun(
  row: AggregateRow<RunRecord> | null,
  change: Change,
  events: readonly NewEvent[],
): AggregateChange {
  const state = events.reduce<RunRecord | null>(
    (run, event) => evolveRun(run, seen(change, event)),
    row?.state ?? null,
  );
  if (state === null) throw new Error(`no events for ${change.id}`);
  return {
    kind: RUN_KIND,
    id: change.id,
    number: Number(change.id.slice('RUN-'.length)),
    expected: row?.version ?? 0,
    key: isUnfinished(state) ? change.id : null,
    state,
    events,
    ...(change.incident === null ? {} : { incident: change.incident }),
  };
}

/** The change that takes a target for a run, or gives it back. */
export function changeLock(
  row: AggregateRow<TargetLock> | null,
  lock: { readonly target: string; readonly run: string; readonly what: 'taken' | 'released' },
  by: { readonly at: number; readonly actor: string },
): AggregateChange {
  const event = lockEvent(lock.what, lock.run);
  return {
    kind: LOCK_KIND,
    id: lock.target,
    expected: row?.version ?? 0,
    key: lock.what === 'taken' ? lock.target : null,
    state: evolveLock(row?.state ?? null, seen({ ...by, id: lock.target, incident: null }, event)),
    events: [event],
  };
}

function seen(change: Change, event: NewEvent): RunEvent {
  return { ...event, id: change.id, at: change.at, actor: change.actor, incident: change.incident };
}
