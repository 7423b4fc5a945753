import type { Database } from 'better-sqlite3';
import { type AnchorPoint, readAnchors } from './anchor.ts';
import { GENESIS, hashEvent } from './chain.ts';
import { digestOf } from './digest.ts';
import type { Evolvers } from './evolver.ts';
import { openForReading } from './sqlite/connection.ts';
import { type EventRow, SELECT_EVENTS } from './sqlite/events.ts';
import { explain, isDamage, storeDamaged } from './sqlite/faults.ts';
import { createStateCheck, type StatesChecked } from './verify-states.ts';

/** The first row that is not what was appended. `seq` 0: a payload that no event names. */
export interface FirstBad {
  readonly seq: number;
  readonly reason: string;
}

export interface Verified {
  readonly ok: boolean;
  /** Events found. */
  readonly events: number;
  readonly head: { readonly seq: number; readonly hash: string };
  readonly firstBad: FirstBad | null;
  /** With `evolvers` and a whole chain: what folding again came to. */
  readonly states?: StatesChecked;
}

export interface VerifyOptions {
  path: string;
  /** Folds the events again and compares with the stored states, for these kinds. */
  evolvers?: Evolvers;
  /** A file of anchors, kept outside the data folder: it shows a cut tail. */
  anchor?: string;
}

/**
 * Checks the whole chain, the payloads, and on request the anchors and states, on a read-only handle of its own and
 * one snapshot, beside a running bot. Synchronous inside: run it in a process of its own, never in the bot's.
 */
export async function verifyJournal(options: VerifyOptions): Promise<Verified> {
  const anchors = options.anchor === undefined ? [] : readAnchors(options.anchor);
  const db = openForReading(options.path);
  try {
    return db.transaction(() => verifySnapshot(db, anchors, options.evolvers)).deferred();
  } catch (error) {
    throw isDamage(error) ? storeDamaged(options.path, 'it cannot be read as a journal.') : explain(error);
  } finally {
    db.close();
  }
}

function verifySnapshot(db: Database, anchors: readonly AnchorPoint[], evolvers: Evolvers | undefined): Verified {
  const states = evolvers === undefined ? null : createStateCheck(db, evolvers);
  const badPayloads = findBadPayloads(db);
  const anchored = new Map(anchors.map((point) => [point.seq, point.hash]));
  let previous: { seq: number; hash: Buffer } = { seq: 0, hash: GENESIS };
  let events = 0;
  let firstBad: FirstBad | null = null;
  for (const row of db.prepare<[], EventRow>(`${SELECT_EVENTS} ORDER BY seq`).iterate()) {
    events += 1;
    firstBad ??= checkRow(row, previous, anchored) ?? checkPayloads(row, badPayloads);
    if (firstBad === null) states?.fold(row);
    previous = { seq: row.seq, hash: row.hash };
  }
  firstBad ??= checkTail(previous.seq, anchors) ?? strayPayload(badPayloads);
  const head = { seq: previous.seq, hash: previous.hash.toString('hex') };
  if (states === null || firstBad !== null) return { ok: firstBad === null, events, head, firstBad };
  const checked = states.finish();
  return { ok: checked.wrong.length === 0, events, head, firstBad, states: checked };
}

function checkRow(
  row: EventRow,
  previous: { seq: number; hash: Buffer },
  anchored: ReadonlyMap<number, string>,
): FirstBad | null {
  const expected = previous.seq + 1;
  if (row.seq > expected) return { seq: expected, reason: `event ${expected} is missing` };
  if (row.seq < expected) return { seq: row.seq, reason: `event ${row.seq} stands before the first` };
  if (!hashEvent(previous.hash, row).equals(row.hash)) {
    return { seq: row.seq, reason: 'its content and the hash before it do not give its hash' };
  }
  const known = anchored.get(row.seq);
  if (known === undefined || known === row.hash.toString('hex')) return null;
  return { seq: row.seq, reason: 'its hash is not the one in the anchor file: the journal was written anew' };
}

function checkPayloads(row: EventRow, bad: ReadonlySet<string>): FirstBad | null {
  for (const digest of bad) {
    if (row.data.includes(digest)) return { seq: row.seq, reason: `its text ${digest} does not match its digest` };
  }
  return null;
}

function checkTail(headSeq: number, anchors: readonly AnchorPoint[]): FirstBad | null {
  const highest = Math.max(0, ...anchors.map((point) => point.seq));
  if (highest <= headSeq) return null;
  const reason = `the journal ends at event ${headSeq}, but the anchor file knows event ${highest}: its tail was cut`;
  return { seq: headSeq + 1, reason };
}

function strayPayload(bad: ReadonlySet<string>): FirstBad | null {
  const [digest] = bad;
  return digest === undefined ? null : { seq: 0, reason: `the text ${digest} does not match its digest` };
}

function findBadPayloads(db: Database): Set<string> {
  const bad = new Set<string>();
  for (const row of db.prepare<[], { digest: Buffer; text: string }>('SELECT digest, text FROM payload').iterate()) {
    const digest = row.digest.toString('hex');
    if (digestOf(row.text) !== digest) bad.add(digest);
  }
  return bad;
}
