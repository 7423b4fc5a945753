import * as z from 'zod';
import type { NewEvent, StoredEvent } from '../../journal/port.ts';
import type { Orphan } from './find-orphans.ts';

/** Aggregate kind of orphans; the id is `host/mark`. Its key is the id while the mark is there. */
export const ORPHAN = 'orphan';

/** Data of `orphan.found`, version 1. `orphan.gone` has none. */
const Found = z.object({
  host: z.string(),
  mark: z.string(),
  run: z.string(),
  why: z.enum(['run-unknown', 'not-held']),
  since: z.number().nullable(),
});

/** A mark of ours that was found on a host without anything in the journal that accounts for it. */
export interface OrphanState extends Orphan {
  readonly id: string;
  readonly foundAt: number;
  /** Null: it is there. */
  readonly goneAt: number | null;
}

/** The id of the orphan that a mark on a host is. */
export function orphanId({ host, mark }: Pick<Orphan, 'host' | 'mark'>): string {
  return `${host}/${mark}`;
}

export function orphanFound({ host, mark, run, why, since }: Orphan): NewEvent {
  return { type: 'orphan.found', v: 1, data: { host, mark, run, why, since } };
}

export const ORPHAN_GONE: NewEvent = { type: 'orphan.gone', v: 1, data: {} };

/** Folds one event; one that is gone may be found again. */
export function evolveOrphan(
  orphan: OrphanState | null,
  event: NewEvent & Pick<StoredEvent, 'id' | 'at'>,
): OrphanState {
  if (event.type === 'orphan.found') {
    return { id: event.id, ...Found.parse(event.data), foundAt: event.at, goneAt: null };
  }
  if (orphan === null) throw new Error(`${event.type} of ${event.id}, which was never found`);
  if (event.type === 'orphan.gone') return { ...orphan, goneAt: event.at };
  throw new Error(`${event.type} is no event of an orphan`);
}

/** Timeline words for orphans; null for what is none. */
export function describeOrphan({ type, id }: StoredEvent): string | null {
  if (type === 'orphan.found') return `${id}: found on the host, and nothing in the journal accounts for it`;
  return type === 'orphan.gone' ? `${id}: is not on the host any more` : null;
}
