import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Evolvers } from '../../src/journal/evolver.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { openTestJournal } from '../support/journal.ts';
import { countOf, patienceOf, tellRun } from '../support/large-run.ts';
import { seededRandom } from '../support/random.ts';

const KILLS = countOf(20);
const LONGEST_LIFE_MS = 250;
const WRITER = join(import.meta.dirname, '../support/journal-writer.ts');
const evolvers: Evolvers = { thing: (state: { raised: number } | null) => ({ raised: (state?.raised ?? 0) + 1 }) };

describe('kill -9 of the writer', () => {
  let folder: string;
  let path: string;
  let acknowledged: string;
  let child: ChildProcess | null = null;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gianna-kill-'));
    path = join(folder, 'journal.db');
    acknowledged = join(folder, 'acknowledged');
  });
  afterEach(() => {
    child?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  /** Whether the (stopped) writer is between BEGIN and COMMIT, seen from outside by its lock. */
  function isInTransaction(): boolean {
    const db = new SqliteDatabase(path, { timeout: 0 });
    try {
      db.exec('BEGIN IMMEDIATE; ROLLBACK');
      return false;
    } catch (error) {
      if (error instanceof SqliteDatabase.SqliteError && error.code === 'SQLITE_BUSY') return true;
      throw error;
    } finally {
      db.close();
    }
  }

  async function runAndKill(round: number, lifeMs: number): Promise<boolean> {
    const writer = spawn(process.execPath, ['--import', 'tsx', WRITER, path, acknowledged, String(round)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child = writer;
    await once(writer.stdout, 'data');
    await new Promise((resolve) => setTimeout(resolve, lifeMs));
    writer.kill('SIGSTOP');
    await expect.poll(() => readFileSync(`/proc/${writer.pid}/stat`, 'utf8')).toMatch(/\) T /);
    const wasOpen = isInTransaction();
    writer.kill('SIGKILL');
    await once(writer, 'exit');
    return wasOpen;
  }

  function readAcknowledged(): { keys: Set<string>; versions: Map<string, number> } {
    const keys = new Set<string>();
    const versions = new Map<string, number>();
    const lines = existsSync(acknowledged) ? readFileSync(acknowledged, 'utf8').split('\n') : [''];
    lines.pop();
    for (const line of lines) {
      const [what, name = '', version] = line.split(' ');
      if (what === 'put') keys.add(name);
      else versions.set(name, Number(version));
    }
    return { keys, versions };
  }

  async function expectNothingLost(): Promise<void> {
    const { keys, versions } = readAcknowledged();
    const { journal } = await openTestJournal({ path });
    const db = new SqliteDatabase(path, { readonly: true });
    const stored = new Set(db.prepare<[], string>('SELECT key FROM inbox').pluck().all());
    db.close();
    const states = await journal.aggregates<{ raised: number }>('thing');
    const byId = new Map(states.map((row) => [row.id, row]));
    await journal.close();

    expect([...keys].filter((key) => !stored.has(key))).toEqual([]);
    const lost = [...versions].filter(([id, version]) => {
      const row = byId.get(id);
      return (
        row === undefined || row.version < version || row.version > version + 1 || row.state.raised !== row.version
      );
    });
    expect(lost).toEqual([]);
  }

  it(
    'loses no acknowledged row or event at seeded random moments, and the chain stays whole',
    async () => {
      const random = seededRandom('GIANNA_TEST_SEED', 'kills of the writer');
      let hits = 0;

      for (let round = 0; round < KILLS; round += 1) {
        if (await runAndKill(round, random.next() * LONGEST_LIFE_MS)) hits += 1;
        await expectNothingLost();
      }

      const verified = await verifyJournal({ path, evolvers });
      const { keys } = readAcknowledged();
      tellRun({
        seed: random.seed,
        kills: KILLS,
        'inside a transaction': hits,
        rows: keys.size,
        events: verified.events,
      });
      expect(verified).toMatchObject({ ok: true, firstBad: null });
      expect(hits, `no kill hit an open transaction (seed ${random.seed})`).toBeGreaterThan(0);
      expect(keys.size).toBeGreaterThan(0);
    },
    patienceOf(120_000),
  );
});
