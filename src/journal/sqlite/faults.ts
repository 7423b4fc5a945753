import { OpsError, refuse, transient } from '../../core/errors.ts';

/** SQLite's extended result code of a thrown error, or '' when it is none. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return '';
  return error.code.startsWith('SQLITE_') ? error.code : '';
}

/** Another process holds the lock: worth waiting for. */
export function isBusy(error: unknown): boolean {
  const code = codeOf(error);
  return code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED');
}

/** After one of these the handle is not to be trusted any more (FAULTS.md, C 56 and 57). */
export function distrustsHandle(error: unknown): boolean {
  return /^SQLITE_(IOERR|CORRUPT|NOTADB|CANTOPEN|PROTOCOL)/.test(codeOf(error));
}

/** The file is no sound SQLite file. */
export function isDamage(error: unknown): boolean {
  return /^SQLITE_(NOTADB|CORRUPT)/.test(codeOf(error));
}

/** The whole transaction is lost, whatever statement it happened in. */
export function losesTransaction(error: unknown): boolean {
  return distrustsHandle(error) || isBusy(error) || /^SQLITE_(FULL|NOMEM|READONLY|INTERRUPT)/.test(codeOf(error));
}

/** The error as callers of the port see it; what is no SQLite fault passes unchanged. */
export function explain(error: unknown): unknown {
  const code = codeOf(error);
  if (error instanceof OpsError || code === '') return error;
  if (isBusy(error)) return storeBusy(error);
  if (code === 'SQLITE_FULL') {
    return transient('STORE_FULL', 'The disk of the database is full; nothing was stored.', 'Free some space.', error);
  }
  if (code.startsWith('SQLITE_READONLY')) {
    return transient(
      'STORE_READONLY',
      'The database cannot be written; nothing was stored.',
      'Make the file and its folder writable for the user that runs gianna-ops.',
      error,
    );
  }
  if (distrustsHandle(error)) return storeBroken(error);
  return error;
}

/** Somebody else held the lock for too long. */
export function storeBusy(cause?: unknown): OpsError {
  return transient(
    'STORE_BUSY',
    'Another process holds the database; nothing was stored.',
    'Find what locks the database file (a backup, an open sqlite3 shell) and end it.',
    cause,
  );
}

/** The disk or the file failed; the handle is being opened anew. */
export function storeBroken(cause?: unknown): OpsError {
  return transient(
    'STORE_BROKEN',
    'The database failed while it was read or written; nothing was stored.',
    'Look at the disk and its log. If the file is damaged, restore a backup.',
    cause,
  );
}

/** The file itself is wrong: refuse to work on it. */
export function storeDamaged(path: string, detail: string): OpsError {
  return refuse(
    'STORE_DAMAGED',
    `The database ${path} is damaged: ${detail}`,
    'Keep the file, restore the newest backup, then start again. Nothing was changed.',
  );
}
