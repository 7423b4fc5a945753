import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import type { Clock } from '../../src/core/clock.ts';
import type { Journal } from '../../src/journal/port.ts';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';

export interface TestJournal {
  readonly journal: Journal;
  readonly clock: FakeClock;
  readonly logger: Logger;
  /** The database file. */
  readonly path: string;
  /** Closes the journal and opens the same file anew, as a restart does. The old `journal` is dead. */
  restart(): Promise<TestJournal>;
  /** Closes it and removes the folder. */
  remove(): Promise<void>;
}

export interface TestJournalOptions {
  clock?: FakeClock;
  path?: string;
  maxWaiting?: number;
}

/** A logger that prints nothing. */
export const silentLogger: Logger = pino({ level: 'silent' });

/** A real SQLite journal on a temporary file with a clock that stands still; `remove()` it afterwards. */
export async function openTestJournal(options: TestJournalOptions = {}): Promise<TestJournal> {
  const clock = options.clock ?? createFakeClock();
  const path = options.path ?? join(mkdtempSync(join(tmpdir(), 'gianna-journal-')), 'journal.db');
  const journal = await open(path, clock, options.maxWaiting);
  return {
    journal,
    clock,
    logger: silentLogger,
    path,
    restart: async () => {
      await journal.close();
      return openTestJournal({ ...options, clock, path });
    },
    remove: async () => {
      await journal.close();
      rmSync(join(path, '..'), { recursive: true, force: true });
    },
  };
}

function open(path: string, clock: Clock, maxWaiting: number | undefined): Promise<Journal> {
  return openSqliteJournal({ path, clock, logger: silentLogger, ...(maxWaiting === undefined ? {} : { maxWaiting }) });
}
