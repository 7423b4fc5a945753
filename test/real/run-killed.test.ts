import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AggregateRow } from '../../src/journal/port.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { evolveRun } from '../../src/runbooks/run-evolve.ts';
import type { RunRecord } from '../../src/runbooks/run-record.ts';
import { evolveLock } from '../../src/runbooks/target-lock.ts';
import { countOf, patienceOf, tellRun } from '../support/large-run.ts';
import { seededRandom } from '../support/random.ts';

const KILLS = countOf(20);
/** From what the process says on, so that a slow machine is struck at the same places; up to so many ms later. */
const STRIKES = [
  { after: 'open', withinMs: 100 },
  { after: 'ready', withinMs: 200 },
  { after: 'acts', withinMs: 150 },
  { after: 'acts', withinMs: 50 },
] as const;

describe('a bot that is killed in the middle of runs', () => {
  let folder: string;
  let program: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gianna-killed-'));
    program = join(folder, 'child.mjs');
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
    await build({
      entryPoints: ['test/support/run-child.ts'],
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'esm',
      // one file starts in half the time of many
      external: ['better-sqlite3', 'ssh2', 'cpu-features', 'pg-native'],
      banner: {
        js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);',
      },
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it(
    'acts on each target at most once a run, and ends every run that it broke off as interrupted',
    async () => {
      const random = seededRandom('GIANNA_TEST_SEED', 'kills of runs');
      const database = join(folder, 'journal.db');
      const counter = join(folder, 'counter');

      for (let kill = 0; kill < KILLS; kill += 1) {
        const child = spawn(process.execPath, [program, database, counter, 'work'], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        const strike = STRIKES[kill % STRIKES.length] ?? STRIKES[0];
        await lineOf(child, strike.after);
        await sleep(random.next() * strike.withinMs);
        await end(child);
      }
      const runs = await settle([program, database, counter, 'settle']);

      const executed = countLines(counter);
      const unknown = runs.filter((run) => statusOfRestart(run) === 'unknown');
      tellRun({ seed: random.seed, kills: KILLS, runs: runs.length, acted: executed.size, unknown: unknown.length });
      expect(Math.max(...executed.values())).toBe(1);
      expect(unknown.length, 'too few kills hit between the two events: the test shows nothing').toBeGreaterThanOrEqual(
        KILLS / 10,
      );
      const hadActed = unknown.filter((run) => executed.has(`${run.id}-restart`));
      expect(hadActed.length, 'no kill hit after the act and before its event').toBeGreaterThan(0);
      for (const run of runs) {
        const [first, second] = ['restart', 'restart-2'].map((key) => executed.get(`${run.id}-${key}`) ?? 0);
        expect(['succeeded', 'interrupted', 'refused']).toContain(run.status);
        if (statusOfRestart(run) === 'done') expect([first, second]).toEqual([1, 1]);
        if (statusOfRestart(run) === 'unknown') expect(['0,0', '1,0', '1,1']).toContain(`${first},${second}`);
        if (statusOfRestart(run) === 'skipped' || run.status === 'refused') expect([first, second]).toEqual([0, 0]);
      }
      const evolvers = {
        run: (state: unknown, event: Parameters<typeof evolveRun>[1]) => evolveRun(state as RunRecord | null, event),
        'target-lock': (state: unknown, event: Parameters<typeof evolveLock>[1]) => evolveLock(state as null, event),
      };
      expect(await verifyJournal({ path: database, evolvers })).toMatchObject({ ok: true });
    },
    patienceOf(180_000),
  );
});

function statusOfRestart(run: RunRecord): string | undefined {
  return run.steps.find((step) => step.id === 'restart')?.status;
}

function countLines(file: string): Map<string, number> {
  const counts = new Map<string, number>();
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}

function lineOf(child: ChildProcess, wanted: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let seen = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
      const line = seen.split('\n').find((each) => each.startsWith(wanted));
      if (line !== undefined && seen.endsWith('\n')) resolve(line);
    });
    child.once('exit', (code) => reject(new Error(`the child ended with ${code} before "${wanted}": ${seen}`)));
  });
}

async function end(child: ChildProcess): Promise<void> {
  const exit = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGKILL');
  await exit;
}

async function settle(argv: string[]): Promise<RunRecord[]> {
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  const rows: AggregateRow<RunRecord>[] = JSON.parse(await lineOf(child, '['));
  return rows.map((row) => row.state);
}
