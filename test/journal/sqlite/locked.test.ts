import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestJournal, type TestJournal } from '../../support/journal.ts';
import { batchOf, rowOf, thing } from '../builders.ts';

const LOCKER = `
const Database = require(process.argv[1]);
const db = new Database(process.argv[2]);
db.exec('BEGIN EXCLUSIVE');
process.stdout.write('locked\\n');
process.stdin.on('data', () => { db.exec('ROLLBACK'); process.stdout.write('free\\n'); });
process.stdin.on('end', () => process.exit(0));
`;

describe('a database that another process holds', () => {
  let subject: TestJournal;
  let locker: ChildProcess | null = null;
  beforeEach(async () => {
    subject = await openTestJournal();
  });
  afterEach(async () => {
    locker?.kill('SIGKILL');
    await subject.remove();
  });

  async function lock(): Promise<{ free(): Promise<void> }> {
    const library = createRequire(import.meta.url).resolve('better-sqlite3');
    const child = spawn(process.execPath, ['-e', LOCKER, library, subject.path], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    locker = child;
    await new Promise((resolve) => child.stdout.once('data', resolve));
    return {
      free: async () => {
        const freed = new Promise((resolve) => child.stdout.once('data', resolve));
        child.stdin.write('free');
        await freed;
      },
    };
  }

  it('rejects what it could not store within 2 s, while the event loop goes on', async () => {
    await lock();
    const delay = monitorEventLoopDelay({ resolution: 10 });
    delay.enable();
    const startedAt = performance.now();

    const results = await Promise.allSettled([
      subject.journal.put(rowOf('a')),
      subject.journal.append(batchOf({ aggregates: [thing(1)] })),
      subject.journal.claim('effect', 1),
    ]);

    delay.disable();
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    // A wait inside SQLite would hold the loop for all of the 1.5 s.
    expect(delay.max / 1e6).toBeLessThan(500);
    for (const result of results) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'STORE_BUSY', family: 'transient' } });
    }
    expect(subject.journal.waitingCount()).toBe(0);
  });

  it('can still be read, and says that it cannot be written', async () => {
    await subject.journal.append(batchOf({ aggregates: [thing(1)] }));
    await lock();

    expect((await subject.journal.head()).seq).toBe(1);
    expect(await subject.journal.writable()).toBe(false);
  });

  it('stores what waited once the lock is gone, each row once', async () => {
    const { free } = await lock();
    const puts = ['a', 'b', 'a'].map((key) => subject.journal.put(rowOf(key)));

    await free();

    expect((await Promise.all(puts)).map((put) => put.duplicate)).toEqual([false, false, true]);
    expect(subject.journal.waitingCount()).toBe(2);
    expect(await subject.journal.writable()).toBe(true);
  });
});
