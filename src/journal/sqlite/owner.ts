import SqliteDatabase from 'better-sqlite3';
import { refuse } from '../../core/errors.ts';
import { isBusy } from './faults.ts';

/** The right to write one database, held until released or until the process dies. */
export interface Owner {
  /** Whether a database was ever set up beside this lock: if so, a missing or empty one was lost. */
  hadDatabase(): boolean;
  /** Remembers that the database is set up now. */
  confirmDatabase(): void;
  release(): void;
}

/**
 * Takes the single-writer lock: an exclusive lock of the operating system on `<path>-owner`, which ends with its
 * holder, so that no pid has to be believed (two containers may both be pid 1). Throws the refusal STORE_IN_USE.
 */
export function takeOwnership(path: string): Owner {
  const lock = new SqliteDatabase(`${path}-owner`, { timeout: 0 });
  try {
    lock.pragma('journal_mode = MEMORY');
    lock.pragma('locking_mode = EXCLUSIVE');
    lock.exec('BEGIN EXCLUSIVE; COMMIT');
  } catch (error) {
    lock.close();
    throw isBusy(error) ? inUse(path) : error;
  }
  return {
    hadDatabase: () => Number(lock.pragma('user_version', { simple: true })) > 0,
    confirmDatabase: () => {
      if (Number(lock.pragma('user_version', { simple: true })) === 0) lock.pragma('user_version = 1');
    },
    release: () => {
      lock.close();
    },
  };
}

function inUse(path: string): Error {
  return refuse(
    'STORE_IN_USE',
    `Another gianna-ops is running on the database ${path}.`,
    'Stop it first, or give this one a database of its own (GIANNA_DATABASE_URL).',
  );
}
