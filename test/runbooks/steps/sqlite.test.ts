import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOSTILE_WORDS } from '../../support/hostile-words.ts';
import { createStepWorld, type StepWorld } from '../../support/step-world.ts';
import { findInArgv } from '../../support/watch-processes.ts';

const CANARY = 'canary-c0ffee';

describe('a step that runs SQL on a file', () => {
  let world: StepWorld;
  let file: string;

  beforeEach(() => {
    world = createStepWorld();
    file = join(world.folder, 'app.db');
    const db = new Database(file);
    db.exec("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT); INSERT INTO notes VALUES (1, 'first')");
    db.close();
  });
  afterEach(() => world.end());
  const rows = () => {
    const db = new Database(file, { readonly: true });
    const found = db.prepare<[], { text: string }>('SELECT text FROM notes ORDER BY id').all();
    db.close();
    return found.map(({ text }) => text);
  };

  it.each([
    { sql: 'PRAGMA integrity_check', results: { rows: 1, 'row.integrity_check': 'ok' } },
    { sql: 'SELECT id, text FROM notes', results: { rows: 1, 'row.id': 1, 'row.text': 'first' } },
    { sql: 'SELECT id FROM notes WHERE id = 9', results: { rows: 0 } },
  ])('answers $sql with $results and leaves the file as it is', async ({ sql, results }) => {
    const before = readFileSync(file);

    const step = await world.plan('sqlite', { file, sql });
    const [outcome] = await world.carryOut(step);

    expect(step.planned).toMatchObject({ call: sql, target: file, mutates: false });
    expect(outcome).toMatchObject({ status: 'done', results });
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it.each(Object.entries(HOSTILE_WORDS))('binds texts of class %s as values', async (_, words) => {
    const sql = `INSERT INTO notes (text) VALUES ${words.map(() => '(?)').join()}`;

    await world.run('sqlite', { file, sql, parameters: words, mutates: true });

    expect(rows()).toEqual(['first', ...words]);
  });

  it('changes rows only when the step says that it does', async () => {
    const sql = 'DELETE FROM notes';

    const [looked] = await world.run('sqlite', { file, sql });
    const [changed] = await world.run('sqlite', { file, sql, mutates: true });

    expect(looked).toMatchObject({ status: 'failed', summary: expect.stringContaining('says that it does not') });
    expect(changed).toMatchObject({ status: 'done', results: { changes: 1 } });
  });

  it('waits for another process, and does not stop this one meanwhile', async () => {
    const holder = new Database(file);
    holder.exec('BEGIN IMMEDIATE');
    let ticks = 0;
    const ticking = setInterval(() => {
      ticks += 1;
      if (ticks === 30) holder.exec('COMMIT');
    }, 10);

    const [outcome] = await world.run('sqlite', { file, sql: 'DELETE FROM notes', mutates: true });
    clearInterval(ticking);
    holder.close();

    expect(outcome?.status).toBe('done');
    expect(ticks).toBeGreaterThanOrEqual(30);
  });

  it('has failed when another process holds it all the time', async () => {
    const holder = new Database(file);
    holder.exec('BEGIN IMMEDIATE');

    const sql = 'DELETE FROM notes';
    const [outcome] = await world.run('sqlite', { file, sql, mutates: true }, { timeoutMs: 1500 });
    holder.close();

    expect(outcome).toMatchObject({ status: 'failed', summary: expect.stringContaining('another process held it') });
    expect(rows()).toEqual(['first']);
  });

  it('ends a statement that takes too long', async () => {
    const sql = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n';

    const [outcome] = await world.run('sqlite', { file, sql }, { timeoutMs: 400 });

    expect(outcome).toMatchObject({ status: 'failed', summary: expect.stringContaining('not finished within') });
  });

  it('shows a secret nowhere, and in no argv', async () => {
    world.secrets.KEY = CANARY;
    const body = { file, sql: 'SELECT ? AS said', parameters: [{ secret: 'KEY' }] };
    const step = await world.plan('sqlite', body);

    const running = world.carryOut(step);
    const { found } = await findInArgv(CANARY, running);

    expect(found).toEqual([]);
    expect((await running)[0]?.results).toMatchObject({ 'row.said': '[redacted]' });
    expect(JSON.stringify([step, await running, world.logged])).not.toContain(CANARY);
    expect(step.planned.call).toBe('SELECT ? AS said; with ${KEY}');
  });

  it.each([
    'ATTACH DATABASE "FILE" AS other',
    '/* x */ -- y\n attach "FILE" as other',
    'VACUUM INTO "FILE"',
    'SELECT ${x}',
    'SELECT 1\0',
  ])('refuses %j', async (sql) => {
    const other = join(world.folder, 'other.db');

    const planned = world.plan('sqlite', { file, sql: sql.replace('FILE', other) });

    await expect(planned).rejects.toMatchObject({ code: 'RUNBOOK_STEP' });
    expect(existsSync(other)).toBe(false);
  });

  it('runs one statement only', async () => {
    const sql = 'DELETE FROM notes; DROP TABLE notes';

    const [outcome] = await world.run('sqlite', { file, sql, mutates: true });

    expect(outcome?.status).toBe('failed');
    expect(rows()).toEqual(['first']);
  });

  it('says in the plan that there is no plain file, and makes none', async () => {
    const link = join(world.folder, 'link.db');
    symlinkSync(file, link);

    const missing = await world.plan('sqlite', { file: join(world.folder, 'missing.db'), sql: 'SELECT 1' });
    const linked = await world.plan('sqlite', { file: link, sql: 'SELECT 1' });

    expect(missing.blockedBy).toMatchObject([{ kind: 'file', reason: expect.stringContaining('there is no file') }]);
    expect(linked.blockedBy).toMatchObject([{ kind: 'file', reason: expect.stringContaining('not a plain file') }]);
    expect(readdirSync(world.folder).sort()).toEqual(['app.db', 'link.db']);
  });
});
