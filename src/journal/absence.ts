import type { JsonObject } from '../core/json.ts';
import type { Batch, Journal, Timer, TimerChange } from './port.ts';

/**
 * What is still to be told about times in which nobody was here: kept from the start of the process until the message
 * that tells it is asked for, so that it is told once, also when the process dies in between.
 */
export type Untold = {
  /** When the newest of the starts was. */
  readonly startedAt: number;
  /** Whether the process began anew or went on after it was suspended. */
  readonly how: 'started' | 'woke';
  /** Absences since the last message, oldest first: from when to when. */
  readonly windows: ReadonlyArray<{ readonly from: number; readonly to: number }>;
  /** The journal's newest event before: what came after it happened since. */
  readonly head: number;
  /** What fell due meanwhile. */
  readonly timers: readonly DueTimer[];
  /** Rows of the inbox that waited. */
  readonly waiting: number;
  /** Of the configuration in force before and now; null: not known. */
  readonly versions: readonly [string | null, string | null];
};
export type DueTimer = Pick<Timer, 'kind' | 'id' | 'purpose' | 'dueAt'>;

/** What became of a timer that fell due meanwhile. */
export type LateOutcome = { readonly result: 'fired' | 'dropped'; readonly at: number };

/** What became of everything is told so long after the start. */
export const SETTLE_MS = 5_000;
export const REPORT = { kind: 'process', id: 'bot', purpose: 'report' } as const;
const COLLECTION = 'absence';
const UNTOLD = 'untold';
const LATE = 'absence-timer';

type Documents = NonNullable<Batch['documents']>;

/** The part of a batch that keeps what is to be told, together with what an earlier start did not come to tell. */
export async function keepUntold(
  journal: Journal,
  fresh: Untold,
  reportAt: number,
): Promise<{ readonly documents: Documents; readonly timers: readonly TimerChange[] }> {
  const earlier = await readUntold(journal);
  const untold = earlier === null ? fresh : joined(earlier, fresh);
  return {
    documents: [{ collection: COLLECTION, key: UNTOLD, value: untold as unknown as JsonObject }],
    timers: [{ op: 'set', ...REPORT, dueAt: reportAt, data: {} }],
  };
}

export async function readUntold(journal: Pick<Journal, 'document'>): Promise<Untold | null> {
  return (await journal.document(COLLECTION, UNTOLD)) as unknown as Untold | null;
}

/** The documents that say what became of a late timer, for the transaction that carries it out. */
export function lateDocuments(timer: DueTimer, outcome: LateOutcome): Documents {
  return [{ collection: LATE, key: lateKey(timer), value: outcome }];
}

/** By `lateKey`. */
export async function readLate(journal: Pick<Journal, 'documents'>): Promise<Map<string, LateOutcome>> {
  const documents = await journal.documents(LATE);
  return new Map(documents.map(({ key, value }) => [key, value as unknown as LateOutcome]));
}

/** Forgets what has been told. */
export function forgetUntold(late: ReadonlyMap<string, LateOutcome>): Documents {
  const timers = [...late.keys()].map((key) => ({ collection: LATE, key, value: null }));
  return [{ collection: COLLECTION, key: UNTOLD, value: null }, ...timers];
}

export function lateKey({ kind, id, purpose, dueAt }: DueTimer): string {
  return JSON.stringify([kind, id, purpose, dueAt]);
}

function joined(earlier: Untold, fresh: Untold): Untold {
  const known = new Set(earlier.timers.map(lateKey));
  return {
    ...fresh,
    windows: [...earlier.windows, ...fresh.windows],
    head: earlier.head,
    timers: [...earlier.timers, ...fresh.timers.filter((timer) => !known.has(lateKey(timer)))],
    waiting: earlier.waiting + fresh.waiting,
    versions: [earlier.versions[0] ?? fresh.versions[0], fresh.versions[1]],
  };
}
