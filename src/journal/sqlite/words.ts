import type { Database } from 'better-sqlite3';

const MOST_REMEMBERED = 20_000;

/** Texts that events repeat, stored once and named by a number. */
export interface Words {
  /** The number of a text, given to it now when it has none. */
  idOf(text: string): number;
  /** The number of a text, or null when no event ever used it. */
  find(text: string): number | null;
  /** Drops what is remembered; after a rollback it may name rows that are gone. */
  forget(): void;
}

/** Word table of one handle, with a bounded memory before it. */
export function createWords(db: Database): Words {
  const select = db.prepare<[string], number>('SELECT id FROM word WHERE text = ?').pluck();
  const insert = db.prepare<[string]>('INSERT INTO word (text) VALUES (?)');
  const known = new Map<string, number>();
  function remember(text: string, id: number): number {
    if (known.size >= MOST_REMEMBERED) known.clear();
    known.set(text, id);
    return id;
  }
  function find(text: string): number | null {
    const id = known.get(text) ?? select.get(text);
    return id === undefined ? null : remember(text, id);
  }
  return {
    find,
    idOf: (text) => find(text) ?? remember(text, Number(insert.run(text).lastInsertRowid)),
    forget: () => known.clear(),
  };
}
