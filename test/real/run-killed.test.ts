import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AggregateRow } from '../../src/journal/port.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { evolveRun } from '../../src/runbooks/run-evolve.ts';
import type { RunRecord } from '../../src/runbooks/run-record.ts';
import { evolveLock } from '../../src/runbooks/target-lock.ts';
import { buildKilledChild, countLines, type KilledChild } from '../support/killed-child.ts';
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
  let child: KilledChild;

  beforeAll(async () => {
    child = await buildKilledChild('run-child');
  });
  afterAll(() => child.remove());

  it(
    'acts on each target at most once a run, and ends every run that it broke off as interrupted',
    async () => {
      const random = seededRandom('GIANNA_TEST_SEED', 'kills of runs');
      const database = join(child.folder, 'journal.db');
      const counter = join(child.folder, 'counter');

      for (let kill = 0; kill < KILLS; kill += 1) {
        const { after, withinMs } = STRIKES[kill % STRIKES.length] ?? STRIKES[0];
        await child.kill([database, counter, 'work'], { after, laterMs: random.next() * withinMs });
      }
      const rows = (await child.settle([database, counter, 'settle'])) as AggregateRow<RunRecord>[];
      const runs = rows.map(({ state }) => state);

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
