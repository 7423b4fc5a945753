import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Database } from 'better-sqlite3';
import { storeDamaged } from './faults.ts';

/** Up to this size the check takes a few milliseconds and a process of its own would take longer. */
const CHECKED_IN_PROCESS_BYTES = 16 * 1024 * 1024;
const CHECK_TIMEOUT_MS = 10 * 60 * 1000;
const CHILD = `
const Database = require(process.argv[1]);
const db = new Database(process.argv[2], { readonly: true, fileMustExist: true });
process.stdout.write(String(db.pragma('quick_check(3)', { simple: true })));
`;

/** Resolves when the file is sound, else throws the refusal STORE_DAMAGED. Large files are read by a child process. */
export async function quickCheck(db: Database, path: string): Promise<void> {
  const detail = statSync(path).size <= CHECKED_IN_PROCESS_BYTES ? checkHere(db) : await checkInChild(path);
  if (detail !== 'ok') throw storeDamaged(path, detail);
}

function checkHere(db: Database): string {
  try {
    return String(db.pragma('quick_check(3)', { simple: true }));
  } catch (error) {
    return messageOf(error);
  }
}

function checkInChild(path: string): Promise<string> {
  const library = createRequire(import.meta.url).resolve('better-sqlite3');
  const options = { timeout: CHECK_TIMEOUT_MS, env: {} };
  return new Promise((resolve) => {
    execFile(process.execPath, ['-e', CHILD, library, path], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout.trim());
      else resolve(/SqliteError: .*/.exec(stderr)?.[0] ?? `the check itself failed (${error.message.split('\n')[0]})`);
    });
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
