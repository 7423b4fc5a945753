import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestJournal, type TestJournal } from '../../support/journal.ts';
import { rowOf } from '../builders.ts';

const PAGE = 4_096;

describe('a large file, checked by a process of its own', () => {
  let subject: TestJournal;
  beforeEach(async () => {
    subject = await openTestJournal();
    const body = Buffer.alloc(1_000_000, 'x');
    for (let n = 0; n < 20; n += 1) await subject.journal.put({ ...rowOf(`r${n}`), body });
    await Promise.all(Array.from({ length: 500 }, (_, n) => subject.journal.put(rowOf(`small${n}`))));
    await subject.journal.close();
  });
  afterEach(() => subject.remove());

  it('opens when it is sound', async () => {
    expect(statSync(subject.path).size).toBeGreaterThan(16 * 1024 * 1024);

    const again = await openTestJournal({ path: subject.path });

    expect(again.journal.waitingCount()).toBe(20 + 500);
    await again.journal.close();
  });

  it('is refused when a page is damaged', async () => {
    const db = new SqliteDatabase(subject.path);
    const root = Number(db.prepare("SELECT rootpage FROM sqlite_master WHERE name = 'inbox'").pluck().get());
    db.close();
    const file = openSync(subject.path, 'r+');
    writeSync(file, Buffer.alloc(PAGE, 0xa5), 0, PAGE, (root - 1) * PAGE);
    closeSync(file);

    await expect(openTestJournal({ path: subject.path })).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
  });
});
