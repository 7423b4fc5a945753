import { existsSync } from 'node:fs';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { refuse } from '../../core/errors.ts';
import { explain, isDamage, storeDamaged } from './faults.ts';
import { expectNewest } from './migrations.ts';

/** How long one statement may block the event loop on a lock; beyond it the writer waits asynchronously. */
const BUSY_TIMEOUT_MS = 50;
const CACHE_KIB = 32_768;
const CHECKPOINT_PAGES = 8_000;
const WAL_LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * Opens the file for writing: WAL, and `synchronous=FULL` set on every open and read back, because the build's own
 * default falls to NORMAL at the second open (FAULTS.md, finding 1). A scratch file, which is thrown away, is not synced.
 */
export function openForWriting(path: string, isScratch = false): Database {
  const db = new SqliteDatabase(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    expectPragma(db, 'journal_mode', 'wal', 'WAL');
    if (isScratch) expectPragma(db, 'synchronous', 0, 'OFF');
    else expectPragma(db, 'synchronous', 2, 'FULL');
    expectPragma(db, 'foreign_keys', 1, 'ON');
    db.pragma(`cache_size = -${CACHE_KIB}`);
    db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    db.pragma(`journal_size_limit = ${WAL_LIMIT_BYTES}`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * Opens an existing journal for reading only; a bot may be writing it meanwhile. Refusals: STORE_MISSING,
 * STORE_DAMAGED, STORE_OLDER, STORE_NEWER.
 */
export function openForReading(path: string): Database {
  if (!existsSync(path))
    throw refuse('STORE_MISSING', `There is no database ${path}.`, 'Start the bot once: npm start');
  try {
    const db = new SqliteDatabase(path, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
    db.pragma(`cache_size = -${CACHE_KIB}`);
    expectNewest(db);
    return db;
  } catch (error) {
    throw isDamage(error) ? storeDamaged(path, 'it is no sound SQLite file.') : explain(error);
  }
}

function expectPragma(db: Database, name: string, expected: string | number, word: string): void {
  db.pragma(`${name} = ${word}`);
  const actual = db.pragma(name, { simple: true });
  if (actual === expected) return;
  throw refuse(
    'STORE_UNSAFE',
    `The database does not take ${name}=${word} (it says ${String(actual)}).`,
    'Put the database on a local disk with working locks and syncs, not on a network share.',
  );
}
