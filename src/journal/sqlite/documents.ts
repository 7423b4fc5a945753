import type { Database } from 'better-sqlite3';
import type { JsonObject } from '../../core/json.ts';

/** Statements on what projections keep. */
export interface DocumentTable {
  put(collection: string, key: string, value: JsonObject | null): void;
  get(collection: string, key: string): JsonObject | null;
  list(collection: string): Array<{ key: string; value: JsonObject }>;
  cursor(name: string): number;
  setCursor(name: string, seq: number): void;
}

/** Document and cursor tables of one handle. */
export function createDocuments(db: Database): DocumentTable {
  const put = db.prepare<[string, string, string]>(
    `INSERT INTO document (collection, key, value) VALUES (?, ?, ?)
     ON CONFLICT (collection, key) DO UPDATE SET value = excluded.value`,
  );
  const remove = db.prepare<[string, string]>('DELETE FROM document WHERE collection = ? AND key = ?');
  const get = db
    .prepare<[string, string], string>('SELECT value FROM document WHERE collection = ? AND key = ?')
    .pluck();
  const list = db.prepare<[string], { key: string; value: string }>(
    'SELECT key, value FROM document WHERE collection = ? ORDER BY key',
  );
  const cursor = db.prepare<[string], number>('SELECT seq FROM cursor WHERE name = ?').pluck();
  const setCursor = db.prepare<[string, number]>(
    'INSERT INTO cursor (name, seq) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET seq = excluded.seq',
  );
  return {
    put: (collection, key, value) => {
      if (value === null) remove.run(collection, key);
      else put.run(collection, key, JSON.stringify(value));
    },
    get: (collection, key) => {
      const text = get.get(collection, key);
      return text === undefined ? null : (JSON.parse(text) as JsonObject);
    },
    list: (collection) =>
      list.all(collection).map((row) => ({ key: row.key, value: JSON.parse(row.value) as JsonObject })),
    cursor: (name) => cursor.get(name) ?? 0,
    setCursor: (name, seq) => {
      setCursor.run(name, seq);
    },
  };
}
