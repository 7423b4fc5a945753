import type { Database } from 'better-sqlite3';
import type { AggregateChange, AggregateFilter, AggregateRow } from '../port.ts';
import { codeOf } from './faults.ts';

interface Row {
  kind: string;
  id: string;
  version: number;
  key: string | null;
  updated_at: number;
  state: string;
}

/** Statements on the current states. */
export interface AggregateTable {
  /** Stores the state after a change; false when the version is stale, or the key or number is taken. */
  store(change: AggregateChange, at: number): boolean;
  releaseKey(kind: string, id: string): void;
  get<S>(kind: string, id: string): AggregateRow<S> | null;
  byKey<S>(kind: string, key: string): AggregateRow<S> | null;
  list<S>(kind: string, filter: AggregateFilter): AggregateRow<S>[];
  nextNumber(kind: string): number;
}

const NO_LIMIT = -1;

/** Aggregate table of one handle. */
export function createAggregates(db: Database): AggregateTable {
  const insert = db.prepare<[string, string, number | null, number, string | null, number, string]>(
    'INSERT INTO aggregate (kind, id, number, version, key, updated_at, state) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const update = db.prepare<[number, string | null, number, string, string, string, number]>(
    'UPDATE aggregate SET version = ?, key = ?, updated_at = ?, state = ? WHERE kind = ? AND id = ? AND version = ?',
  );
  const release = db.prepare<[string, string]>(
    'UPDATE aggregate SET key = NULL WHERE kind = ? AND id = ? AND key IS NOT NULL',
  );
  const get = db.prepare<[string, string], Row>('SELECT * FROM aggregate WHERE kind = ? AND id = ?');
  const byKey = db.prepare<[string, string], Row>('SELECT * FROM aggregate WHERE kind = ? AND key = ?');
  const newest = 'ORDER BY number DESC, rowid DESC LIMIT ?';
  const all = db.prepare<[string, number], Row>(`SELECT * FROM aggregate WHERE kind = ? ${newest}`);
  const open = db.prepare<[string, number, number], Row>(
    `SELECT * FROM aggregate WHERE kind = ? AND key IS NOT NULL AND updated_at >= ? ${newest}`,
  );
  // The expression of the index aggregate_service, letter by letter, or the index is not used.
  const ofService = db.prepare<[string, string, number], Row>(
    `SELECT * FROM aggregate INDEXED BY aggregate_service
     WHERE kind = ? AND json_extract(state, '$.service') = ? AND key IS NOT NULL ${newest}`,
  );
  const since = db.prepare<[string, number, number], Row>(
    `SELECT * FROM aggregate INDEXED BY aggregate_updated WHERE kind = ? AND updated_at >= ? ${newest}`,
  );
  const highest = db
    .prepare<[string], number | null>('SELECT max(number) FROM aggregate WHERE kind = ? AND number IS NOT NULL')
    .pluck();

  function write(change: AggregateChange, at: number): boolean {
    const version = change.expected + change.events.length;
    const state = JSON.stringify(change.state);
    if (change.expected > 0) {
      return update.run(version, change.key, at, state, change.kind, change.id, change.expected).changes === 1;
    }
    if (change.events.length === 0) throw new Error(`${change.kind} ${change.id} begins without an event`);
    return insert.run(change.kind, change.id, change.number ?? null, version, change.key, at, state).changes === 1;
  }

  return {
    store: (change, at) => {
      try {
        return write(change, at);
      } catch (error) {
        if (codeOf(error) === 'SQLITE_CONSTRAINT_UNIQUE') return false;
        throw error;
      }
    },
    releaseKey: (kind, id) => {
      release.run(kind, id);
    },
    get: <S>(kind: string, id: string) => toAggregate<S>(get.get(kind, id)),
    byKey: <S>(kind: string, key: string) => toAggregate<S>(byKey.get(kind, key)),
    list: <S>(kind: string, filter: AggregateFilter) => {
      return select(kind, filter)
        .map((row) => toAggregate<S>(row))
        .filter((row) => row !== null);
    },
    nextNumber: (kind) => (highest.get(kind) ?? 0) + 1,
  };

  function select(kind: string, { open: isOpen, service, since: from, limit = NO_LIMIT }: AggregateFilter): Row[] {
    if (service !== undefined) return ofService.all(kind, service, limit);
    if (isOpen === true) return open.all(kind, from ?? Number.MIN_SAFE_INTEGER, limit);
    return from === undefined ? all.all(kind, limit) : since.all(kind, from, limit);
  }
}

function toAggregate<S>(row: Row | undefined): AggregateRow<S> | null {
  if (row === undefined) return null;
  return {
    kind: row.kind,
    id: row.id,
    version: row.version,
    key: row.key,
    state: JSON.parse(row.state) as S,
    updatedAt: row.updated_at,
  };
}
