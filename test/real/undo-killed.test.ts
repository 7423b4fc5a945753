import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evolvers } from '../../src/cli/evolvers.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import type { LeaseState } from '../../src/runbooks/lease/lease-state.ts';
import type { RunRecord } from '../../src/runbooks/run-record.ts';
import { buildKilledChild, countLines, type KilledChild } from '../support/killed-child.ts';
import { countOf, patienceOf, tellRun } from '../support/large-run.ts';
import { seededRandom } from '../support/random.ts';

const KILLS = countOf(20);
/** From what the process says on, so that a slow machine is struck at the same places; up to so many ms later. */
const STRIKES = [
  { runbook: 'change', after: 'undoes', withinMs: 60 },
  { runbook: 'hold', after: 'undoes', withinMs: 60 },
  { runbook: 'change', after: 'ready', withinMs: 400 },
  { runbook: 'hold', after: 'holds', withinMs: 300 },
] as const;

/** What one run left behind. */
interface Left {
  readonly run: RunRecord;
  readonly lease: LeaseState | undefined;
  /** Its file is on the host. */
  readonly isChanged: boolean;
  readonly made: number;
  /** Programs that took it back. */
  readonly undone: number;
}

describe('a bot that is killed while it takes something back, or holds it for a time', () => {
  let child: KilledChild;

  beforeAll(async () => {
    child = await buildKilledChild('undo-child');
  });
  afterAll(() => child.remove());

  it(
    'takes nothing back twice, calls nothing taken back that still stands, and forgets nothing that it holds',
    async () => {
      const random = seededRandom('GIANNA_TEST_SEED', 'kills of undos');
      const database = join(child.folder, 'journal.db');
      const counter = join(child.folder, 'counter');
      const changed = join(child.folder, 'changed');
      mkdirSync(changed);

      for (let kill = 0; kill < KILLS; kill += 1) {
        const { runbook, after, withinMs } = STRIKES[kill % STRIKES.length] ?? STRIKES[0];
        await child.kill([database, counter, changed, runbook], { after, laterMs: random.next() * withinMs });
      }
      const printed = await child.settle([database, counter, changed, 'settle']);

      const [runs, leases] = printed as [RunRecord[], LeaseState[]];
      const programs = countLines(counter);
      const all = runs.map((run) => leftOf(run, leases, programs, new Set(readdirSync(changed))));
      const strikes = {
        'undo unknown': all.filter(({ run }) => hasUnknownUndo(run)).length,
        undone: all.filter(({ run }) => run.status === 'undone').length,
        'leases ended': all.filter(({ lease }) => lease?.status === 'ended').length,
        'leases handed to people': all.filter(({ lease }) => lease?.status === 'failed').length,
      };
      tellRun({ seed: random.seed, kills: KILLS, runs: runs.length, leases: leases.length, ...strikes });
      expect(strikes['undo unknown'], 'no kill hit while something was taken back').toBeGreaterThan(0);
      expect(strikes.undone).toBeGreaterThan(0);
      expect(strikes['leases ended']).toBeGreaterThan(0);
      expect(Math.max(...programs.values()), 'a program ran twice').toBe(1);
      for (const left of all) expect(mistakeOf(left), JSON.stringify(left)).toBeNull();
      expect(await verifyJournal({ path: database, evolvers })).toMatchObject({ ok: true });
    },
    patienceOf(180_000),
  );
});

function leftOf(
  run: RunRecord,
  leases: readonly LeaseState[],
  programs: ReadonlyMap<string, number>,
  changed: ReadonlySet<string>,
): Left {
  const undone = [...programs.keys()].filter((key) => key.startsWith(`${run.id}-undo-`)).length;
  return {
    run,
    lease: leases.find((lease) => lease.run === run.id),
    isChanged: changed.has(run.id),
    made: programs.get(`${run.id}-apply`) ?? 0,
    undone,
  };
}

/** What a run must not have left behind; null: nothing of it. */
function mistakeOf({ run, lease, isChanged, made, undone }: Left): string | null {
  const isMade = run.steps.find(({ id }) => id === 'apply')?.status === 'done';
  if (isMade && made !== 1) return 'done without its program';
  if (undone > 1) return 'taken back twice';
  if (run.status === 'undone' && (isChanged || undone !== 1)) return 'called taken back, and is not';
  if (lease?.status === 'ended' && isChanged) return 'its lease has ended, and it still stands';
  if (lease !== undefined && !['ended', 'failed'].includes(lease.status)) return 'its lease goes on for ever';
  if (run.runbook === 'hold' && isMade && lease === undefined) return 'held without a lease';
  if (isChanged && run.status !== 'interrupted' && lease?.status !== 'failed')
    return 'still stands, and nobody is told';
  return ['undone', 'interrupted', 'refused'].includes(run.status) || lease?.status === 'failed' ? null : 'not over';
}

function hasUnknownUndo({ steps }: RunRecord): boolean {
  return steps.some(({ takesBack, status }) => takesBack !== undefined && status === 'unknown');
}
