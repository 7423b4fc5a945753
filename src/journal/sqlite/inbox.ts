import type { Database } from 'better-sqlite3';
import type { InboxRow, Lane, NewInboxRow, ReceivedFilter } from '../port.ts';
import type { Tally } from './tally.ts';

const WAITING = 2;
const PARKED = 3;
const DONE = 4;
/** As they are stored. */
const LANES = { people: 2, urgent: 3, machines: 4 } as const satisfies Record<Lane, number>;
const TRIES_BEFORE_PARKING = 3;
const FORGET_AT_ONCE = 500;
const LONGEST_ERROR = 2_000;

interface Row {
  id: number;
  state: number;
  lane: number;
  tries: number;
  received_at: number;
  source: string;
  key: string;
  error: string | null;
  body: Buffer;
}

/** Rows of one lane that wait. */
export type LaneCounts = Record<Lane, number>;

/** Statements on the inbox; each writing one reports into the tally. */
export interface InboxTable {
  put(row: NewInboxRow, tally: Tally): { id: number; duplicate: boolean };
  waiting(limit: number, mostBytes?: number): InboxRow[];
  parked(limit: number): InboxRow[];
  state(id: number): InboxRow['state'] | null;
  received(filter: ReceivedFilter): InboxRow[];
  oldestWaitingAt(): number | null;
  /** `bytes`: of the bodies that wait. */
  counts(): LaneCounts & { parked: number; bytes: number };
  done(id: number, tally: Tally): void;
  failed(id: number, error: string, tally: Tally): { parked: boolean };
  unpark(id: number | undefined, tally: Tally): number;
  /** Deletes handled rows after `after` received before `before`; `next` is where to go on, null at the end. */
  forget(before: number, after: number): { deleted: number; next: number | null };
}

/** Inbox table of one handle. */
export function createInbox(db: Database): InboxTable {
  const insert = db.prepare<[number, number, string, string, Uint8Array]>(
    `INSERT INTO inbox (state, lane, tries, received_at, source, key, body) VALUES (${WAITING}, ?, 0, ?, ?, ?, ?)
     ON CONFLICT (key) DO NOTHING`,
  );
  const byKey = db.prepare<[string], number>('SELECT id FROM inbox WHERE key = ?').pluck();
  const waiting = db.prepare<[number], Row>(`SELECT * FROM inbox WHERE state = ${WAITING} ORDER BY lane, id LIMIT ?`);
  const parked = db.prepare<[number], Row>(`SELECT * FROM inbox WHERE state = ${PARKED} ORDER BY id LIMIT ?`);
  const received = db.prepare<[number, number, string, number], Row>(
    'SELECT * FROM inbox WHERE id > ? AND received_at >= ? AND source IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT ?',
  );
  const parkedOnes = db.prepare<[], { id: number; lane: number; bytes: number }>(
    `SELECT id, lane, length(body) AS bytes FROM inbox WHERE state = ${PARKED}`,
  );
  const glance = db.prepare<[number], { state: number; lane: number; tries: number; bytes: number }>(
    'SELECT state, lane, tries, length(body) AS bytes FROM inbox WHERE id = ?',
  );
  const oldest = db
    .prepare<[number], number>(
      `SELECT received_at FROM inbox WHERE state = ${WAITING} AND lane = ? ORDER BY lane, id LIMIT 1`,
    )
    .pluck();
  const count = db
    .prepare<[number], number>(`SELECT count(*) FROM inbox WHERE state = ${WAITING} AND lane = ?`)
    .pluck();
  const countParked = db.prepare<[], number>(`SELECT count(*) FROM inbox WHERE state = ${PARKED}`).pluck();
  // length() of a blob reads the row's header, not the blob.
  const countBytes = db
    .prepare<[], number>(`SELECT coalesce(sum(length(body)), 0) FROM inbox WHERE state = ${WAITING}`)
    .pluck();
  const setState = db.prepare<[number, number]>('UPDATE inbox SET state = ? WHERE id = ?');
  const setFailed = db.prepare<[number, number, string, number]>(
    'UPDATE inbox SET state = ?, tries = ?, error = ? WHERE id = ?',
  );
  const setAgain = db.prepare<[number]>(`UPDATE inbox SET state = ${WAITING}, tries = 0 WHERE id = ?`);
  const page = db.prepare<[number, number], { id: number; state: number; received_at: number }>(
    'SELECT id, state, received_at FROM inbox WHERE id > ? ORDER BY id LIMIT ?',
  );
  const remove = db.prepare<[number]>('DELETE FROM inbox WHERE id = ?');

  return {
    put: (row, tally) => {
      const written = insert.run(LANES[row.lane], row.receivedAt, row.source, row.key, row.body);
      if (written.changes === 0) return { id: byKey.get(row.key) ?? 0, duplicate: true };
      tally[row.lane] += 1;
      tally.bytes += row.body.byteLength;
      tally.inbox = true;
      tally.isCalled ||= row.lane !== 'machines';
      return { id: Number(written.lastInsertRowid), duplicate: false };
    },
    waiting: (limit, mostBytes = Number.POSITIVE_INFINITY) => {
      const rows: InboxRow[] = [];
      let bytes = 0;
      for (const row of waiting.iterate(limit)) {
        rows.push(toInboxRow(row));
        bytes += row.body.length;
        if (bytes >= mostBytes) break;
      }
      return rows;
    },
    parked: (limit) => parked.all(limit).map(toInboxRow),
    state: (id) => {
      const row = glance.get(id);
      return row === undefined ? null : stateName(row.state);
    },
    received: ({ sources, since, after, limit }) =>
      received.all(after, since, JSON.stringify(sources), limit).map(toInboxRow),
    oldestWaitingAt: () => {
      const times = Object.values(LANES).flatMap((lane) => oldest.get(lane) ?? []);
      return times.length === 0 ? null : Math.min(...times);
    },
    counts: () => ({
      people: count.get(LANES.people) ?? 0,
      urgent: count.get(LANES.urgent) ?? 0,
      machines: count.get(LANES.machines) ?? 0,
      parked: countParked.get() ?? 0,
      bytes: countBytes.get() ?? 0,
    }),
    done: (id, tally) => {
      const row = glance.get(id);
      if (row === undefined || row.state === DONE) return;
      setState.run(DONE, id);
      if (row.state === PARKED) {
        tally.parked -= 1;
        return;
      }
      tally[laneName(row.lane)] -= 1;
      tally.bytes -= row.bytes;
    },
    failed: (id, error, tally) => {
      const row = glance.get(id);
      if (row === undefined || row.state !== WAITING) return { parked: row?.state === PARKED };
      const tries = row.tries + 1;
      const isParked = tries >= TRIES_BEFORE_PARKING;
      setFailed.run(isParked ? PARKED : WAITING, tries, error.slice(0, LONGEST_ERROR), id);
      if (isParked) {
        tally[laneName(row.lane)] -= 1;
        tally.bytes -= row.bytes;
        tally.parked += 1;
      }
      return { parked: isParked };
    },
    unpark: (id, tally) => {
      const rows = parkedOnes.all().filter((row) => id === undefined || row.id === id);
      for (const row of rows) {
        setAgain.run(row.id);
        tally[laneName(row.lane)] += 1;
        tally.bytes += row.bytes;
        tally.parked -= 1;
        tally.inbox = true;
        tally.isCalled ||= row.lane !== LANES.machines;
      }
      return rows.length;
    },
    forget: (before, after) => {
      const rows = page.all(after, FORGET_AT_ONCE);
      let deleted = 0;
      for (const row of rows) {
        if (row.received_at >= before) return { deleted, next: null };
        if (row.state !== DONE) continue;
        remove.run(row.id);
        deleted += 1;
      }
      return { deleted, next: rows.length < FORGET_AT_ONCE ? null : (rows.at(-1)?.id ?? null) };
    },
  };
}

function laneName(lane: number): Lane {
  if (lane === LANES.people) return 'people';
  return lane === LANES.urgent ? 'urgent' : 'machines';
}

function stateName(state: number): InboxRow['state'] {
  if (state === WAITING) return 'waiting';
  return state === PARKED ? 'parked' : 'done';
}

function toInboxRow(row: Row): InboxRow {
  return {
    id: row.id,
    lane: laneName(row.lane),
    source: row.source,
    key: row.key,
    receivedAt: row.received_at,
    body: row.body,
    tries: row.tries,
    state: stateName(row.state),
    error: row.error,
  };
}
