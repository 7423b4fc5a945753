import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openHandle } from '../../../src/journal/sqlite/handle.ts';
import { createWriter } from '../../../src/journal/sqlite/writer.ts';
import { openTestJournal, silentLogger, type TestJournal } from '../../support/journal.ts';
import { batchOf, rowOf, thing } from '../builders.ts';

/** A disk that fails cannot be had in a test process: the error that better-sqlite3 throws for it is thrown here. */
function sqliteError(code: string): Error {
  return Object.assign(new Error('disk I/O error'), { code });
}

describe('a disk that fails', () => {
  let subject: TestJournal;
  beforeEach(async () => {
    subject = await openTestJournal();
    await subject.journal.append(batchOf({ aggregates: [thing(1)] }));
    await subject.journal.close();
  });
  afterEach(() => subject.remove());

  it('rejects the whole group, opens the file anew and goes on', async () => {
    const handle = await openHandle(subject.path, silentLogger);
    const writer = createWriter({ handle, logger: silentLogger, metrics: null, committed: () => {} });
    const first = handle.store();

    const results = await Promise.allSettled([
      writer.write((store, tally) => store.inbox.put(rowOf('a'), tally)),
      writer.write(() => {
        throw sqliteError('SQLITE_IOERR_FSYNC');
      }),
    ]);

    for (const result of results) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'STORE_BROKEN', family: 'transient' } });
    }
    await expect
      .poll(() => writer.write((store, tally) => store.inbox.put(rowOf('b'), tally)).catch(() => null))
      .toMatchObject({ duplicate: false });
    expect(handle.store()).not.toBe(first);
    expect(handle.store().inbox.counts().machines).toBe(1);
    expect(handle.store().events.head().seq).toBe(1);
    await handle.close();
  });

  it('rejects the group of a full disk, stores nothing of it and keeps the handle', async () => {
    const handle = await openHandle(subject.path, silentLogger);
    const writer = createWriter({ handle, logger: silentLogger, metrics: null, committed: () => {} });
    const first = handle.store();
    first.db.pragma(`max_page_count = ${Number(first.db.pragma('page_count', { simple: true })) + 2}`);

    const big = { ...rowOf('big'), body: Buffer.alloc(100_000) };
    const results = await Promise.allSettled([
      writer.write((store, tally) => store.inbox.put(rowOf('a'), tally)),
      writer.write((store, tally) => store.inbox.put(big, tally)),
    ]);

    for (const result of results) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'STORE_FULL', family: 'transient' } });
    }
    first.db.pragma('max_page_count = 1000000');
    await writer.write((store, tally) => store.inbox.put(big, tally));
    expect(handle.store()).toBe(first);
    expect(first.inbox.waiting(10).map((row) => row.key)).toEqual(['big']);
    await handle.close();
  });
});
