import type { Outcome, SubmitCommand } from '../core/command.ts';
import type { RunEngineDeps } from './engine.ts';
import { createKeepSteps } from './keep-steps.ts';
import type { AskUndo, UndoAnswer } from './lease/executor.ts';
import type { HostMark, MarkingRun } from './lease/find-orphans.ts';
import { createLeaseKeeper } from './lease/keeper.ts';
import { createLeases } from './lease/leases.ts';
import { createLeaseMetrics } from './lease/metrics.ts';
import { createOrphanSweep } from './lease/orphan-sweep.ts';
import { followLeases, takeLeaseOf } from './lease-of-run.ts';
import { createRunLog } from './run-log.ts';
import { isUnfinished, type RunRecord } from './run-record.ts';
import type { UnitsDeps } from './run-units.ts';
import { stepsOfLatestUndo } from './undo-step-id.ts';
import { isProven } from './verdict.ts';

export interface FollowedLeasesDeps
  extends UnitsDeps,
    Pick<RunEngineDeps, 'journal' | 'config' | 'metrics' | 'mayRun'> {
  /** Asks for undos at the end of leases, as people do. */
  readonly submit: SubmitCommand;
  /** Hosts on which marks of ours can be read, and the reading. */
  readonly marks: { hosts(): readonly string[]; read(host: string): Promise<readonly HostMark[]> };
}

/** Leases with the ways to the engine and back: what takes and ends them in runs, and what asks for their undo. */
export function createFollowedLeases(deps: FollowedLeasesDeps) {
  const { journal, clock, config } = deps;
  const log = createRunLog({ journal, clock });
  const metrics = createLeaseMetrics(deps.metrics);
  const leases = createLeases({ ...deps, metrics, askUndo: createAskUndo(deps, log) });
  const sweep = createOrphanSweep({
    ...deps,
    metrics,
    hosts: deps.marks.hosts,
    readMarks: deps.marks.read,
    markingRun: async (id) => {
      const run = (await log.run(id))?.state;
      return run === undefined ? null : marking(run);
    },
  });
  const keeper = createLeaseKeeper({ ...deps, metrics, ...createKeepSteps({ ...deps, log }) });
  const engineHooks: Pick<RunEngineDeps, 'takeLease' | 'follow'> = {
    takeLease: takeLeaseOf(() => leases, config),
    follow: followLeases(() => leases),
  };
  return { leases, sweep, keeper, engineHooks };
}

/** An undo is asked for as people do, so that it is decided once, on the state as it is then. */
function createAskUndo({ submit, clock }: FollowedLeasesDeps, log: ReturnType<typeof createRunLog>): AskUndo {
  return async ({ key, run, steps, by, reason }) => {
    const args = { steps: [...steps], reason };
    const at = clock.now();
    const taken = await submit(`lease|${key}`, { v: 1, verb: 'undo', by, at, via: 'rule', run, args });
    const answer = readAnswer(await taken.outcome);
    return answer ?? stateOf(run, steps, log);
  };
}

function readAnswer(outcome: Outcome): UndoAnswer | null {
  if (outcome.kind === 'done') return { kind: 'accepted' };
  if (outcome.code === 'ALREADY_RUNNING')
    return { kind: 'busy', holder: outcome.text.replace(/^Already running: |\.$/g, '') };
  return outcome.code === 'NOTHING_TO_UNDO' || outcome.code === 'RUN_STATE'
    ? null
    : { kind: 'refused', reason: `${outcome.text} ${outcome.remedy}` };
}

/** Why it was not taken: the run goes on, or it is taken back already. */
async function stateOf(
  id: string,
  steps: readonly string[],
  log: ReturnType<typeof createRunLog>,
): Promise<UndoAnswer> {
  const run = (await log.run(id))?.state;
  if (run === undefined) return { kind: 'refused', reason: `${id} is not there any more` };
  if (isUnfinished(run)) {
    const isTakingBack = run.phase === 'undo' && steps.every((step) => stepsOfLatestUndo(run.steps).includes(step));
    return isTakingBack ? { kind: 'accepted' } : { kind: 'busy', holder: id };
  }
  const isUndone = steps.every((step) => run.steps.find(({ id: each }) => each === step)?.isUndone === true);
  if (!isUndone) return { kind: 'refused', reason: `${id} is ${run.status} and does not know how to take it back` };
  const checks = await log.checks(run.after);
  return { kind: 'undone', proved: checks.length > 0 && isProven(checks), summary: 'it was taken back before' };
}

function marking(run: RunRecord): MarkingRun {
  const isOpen = isUnfinished(run) || (run.status === 'interrupted' && !run.isAbandoned);
  const kept = run.steps.filter(({ status, isUndone }) => status === 'done' && !isUndone).map(({ id }) => id);
  return { isOpen, kept };
}
