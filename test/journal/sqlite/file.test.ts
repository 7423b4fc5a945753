import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openForWriting } from '../../../src/journal/sqlite/connection.ts';
import { MIGRATIONS, migrate } from '../../../src/journal/sqlite/migrations.ts';
import { openJournalForReading } from '../../../src/journal/sqlite.ts';
import { verifyJournal } from '../../../src/journal/verify.ts';
import { openTestJournal } from '../../support/journal.ts';
import { batchOf, rowOf, thing } from '../builders.ts';

describe('the SQLite file', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gianna-file-'));
    path = join(folder, 'deep', 'journal.db');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function fill(events: number): Promise<void> {
    const { journal } = await openTestJournal({ path });
    for (let n = 1; n <= events; n += 1) await journal.append(batchOf({ aggregates: [thing(n)] }));
    await journal.close();
  }

  it('is synced in full at every open, not only at the first', async () => {
    await fill(1);

    for (let open = 0; open < 3; open += 1) {
      const db = openForWriting(path);
      expect(db.pragma('synchronous', { simple: true })).toBe(2);
      expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
      db.close();
    }
  });

  it('can be read by its own account alone', async () => {
    const { journal } = await openTestJournal({ path });
    await journal.append(batchOf({ aggregates: [thing(1)] }));

    const modes = [path, `${path}-wal`, `${path}-shm`].map((file) => (statSync(file).mode & 0o777).toString(8));
    await journal.close();

    expect(modes).toEqual(['600', '600', '600']);
  });

  it('is written by one bot at a time', async () => {
    const { journal } = await openTestJournal({ path });

    await expect(openTestJournal({ path })).rejects.toMatchObject({ code: 'STORE_IN_USE', family: 'refusal' });
    await journal.close();

    const next = await openTestJournal({ path });
    await next.journal.close();
  });

  it('is refused when a page is damaged, and left as it was', async () => {
    await fill(300);
    const db = new SqliteDatabase(path);
    db.pragma('journal_mode = DELETE');
    db.close();
    const damaged = Buffer.alloc(8_192, 0xa5);
    const before = statSync(path).size;
    const file = openSync(path, 'r+');
    writeSync(file, damaged, 0, damaged.length, 4_096 * 4);
    closeSync(file);

    await expect(openTestJournal({ path })).rejects.toMatchObject({ code: 'STORE_DAMAGED', family: 'refusal' });
    expect(statSync(path).size).toBe(before);
    expect(before).toBeGreaterThan(4_096 * 6);
  });

  it('is refused when it is no database', async () => {
    await fill(1);
    writeFileSync(path, 'this is no database at all, but a long enough text to be read as one'.repeat(100));

    await expect(openTestJournal({ path })).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
  });

  it.each(['gone', 'empty'])('is refused when it is %s though it was there before', async (how) => {
    await fill(1);
    if (how === 'gone') unlinkSync(path);
    else truncateSync(path, 0);

    await expect(openTestJournal({ path })).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
  });

  it('opens without its write-ahead log', async () => {
    await fill(3);
    rmSync(`${path}-wal`, { force: true });

    const { journal } = await openTestJournal({ path });

    expect((await journal.head()).seq).toBe(3);
    await journal.close();
  });

  it('is refused when a newer release wrote it', async () => {
    await fill(1);
    const db = new SqliteDatabase(path);
    db.pragma(`user_version = ${MIGRATIONS.length + 1}`);
    db.close();

    await expect(openTestJournal({ path })).rejects.toMatchObject({ code: 'STORE_NEWER' });
  });

  it('is brought forward step by step, and a step that fails changes nothing', async () => {
    await fill(1);
    const db = new SqliteDatabase(path);
    const next = [...MIGRATIONS, 'CREATE TABLE later (id INTEGER)', 'CREATE TABLE oops (id INTEGER); SELECT nonsense'];

    expect(() => migrate(db, next)).toThrow('nonsense');

    expect(db.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length + 1);
    const tables = db.prepare("SELECT name FROM sqlite_master WHERE name IN ('later', 'oops')").pluck().all();
    expect(tables).toEqual(['later']);
    db.close();
  });

  it('keeps waiting machines behind people when a lane comes between them', async () => {
    const before = MIGRATIONS.slice(0, 4);
    mkdirSync(dirname(path), { recursive: true });
    const old = new SqliteDatabase(path);
    migrate(old, before);
    const insert = old.prepare(
      `INSERT INTO inbox (state, lane, tries, received_at, source, key, body, error) VALUES (?, ?, 0, 1000, 'x', ?, x'00', ?)`,
    );
    insert.run(2, 3, 'machine', null);
    insert.run(2, 2, 'person', null);
    insert.run(3, 3, 'parked', 'why');
    old.close();

    const { journal } = await openTestJournal({ path });
    await journal.put(rowOf('urgent', 'urgent'));

    expect((await journal.waiting(10)).map(({ key, lane }) => [key, lane])).toEqual([
      ['person', 'people'],
      ['urgent', 'urgent'],
      ['machine', 'machines'],
    ]);
    expect(await journal.parked(10)).toMatchObject([{ key: 'parked', lane: 'machines' }]);
    await journal.close();
  });

  it('is read beside the bot that writes it, and without one', async () => {
    const { journal } = await openTestJournal({ path });
    await journal.append(batchOf({ aggregates: [thing(1)] }));
    await journal.put(rowOf('a'));
    const beside = await openJournalForReading(path);
    await journal.append(batchOf({ aggregates: [thing(2)] }));

    expect((await beside.eventsAfter(0, 10)).map((event) => event.id)).toEqual(['TH-1', 'TH-2']);
    expect(beside.waitingCount()).toBe(1);
    await beside.close();
    await journal.close();

    const alone = await openJournalForReading(path);
    expect((await alone.head()).seq).toBe(2);
    await alone.close();
  });

  it.each([
    ['absent', null, 'STORE_MISSING'],
    ['empty', '', 'STORE_OLDER'],
    ['no database', 'text that is long enough for a header of a database file '.repeat(20), 'STORE_DAMAGED'],
  ])('is refused for reading when it is %s', async (_what, content, code) => {
    const other = join(folder, 'other.db');
    if (content !== null) writeFileSync(other, content);

    await expect(openJournalForReading(other)).rejects.toMatchObject({ code, family: 'refusal' });
    await expect(verifyJournal({ path: other })).rejects.toMatchObject({ code });
  });

  it('takes at most 300 bytes an event of history', async () => {
    const { journal } = await openTestJournal({ path });
    const events = Array.from({ length: 10 }, (_, level) => ({
      type: 'thing.escalated',
      v: 1,
      data: { level, people: ['ana', 'bo'], about: 'ab'.repeat(16), dueAt: 1_790_000_000_000 },
    }));
    await Promise.all(
      Array.from({ length: 1_000 }, (_, n) => journal.append(batchOf({ aggregates: [thing(n + 1, { events })] }))),
    );
    await journal.close();

    expect(statSync(path).size / 10_000).toBeLessThan(300);
  });
});
