import type { ConfigSource } from '../core/config/config.ts';
import { type CarryOutDeps, carryOut, type LegEnd } from './carry-out.ts';
import type { Conclusion } from './conclude.ts';
import type { RunMetrics } from './metrics.ts';
import { runbookOf } from './own-runbooks.ts';
import type { PlanDeps, ResolvedPlan } from './plan.ts';
import type { MayRun } from './request.ts';
import { isAwaitingApproval, undoableSteps } from './run.ts';
import type { RunRecord } from './run-record.ts';
import type { Plan, UndoStep } from './run-state.ts';
import { checkFurtherLeg, checkStart, type MayApprove } from './start-check.ts';
import { scopeOf } from './substitute.ts';
import { carryOutUndo, undoSteps } from './undo-leg.ts';

export interface ExecuteDeps extends Omit<CarryOutDeps, 'planDeps' | 'abort' | 'scopeOfRun'> {
  readonly config: ConfigSource;
  readonly metrics: RunMetrics;
  readonly planDeps: PlanDeps;
  readonly mayRun: MayRun;
  readonly mayApprove: MayApprove;
  /** Cut when a person wants a run to end now. */
  readonly abortOf: (run: string) => AbortSignal;
}

/**
 * Carries out one leg of a run: rights and plan once more, then each step between two durable events, then the
 * verification and what it all came to. Does nothing for a run that is not to start: what started once never starts
 * again by itself.
 */
export async function executeRun(id: string, leg: number, deps: ExecuteDeps): Promise<RunRecord | null> {
  const row = await deps.log.run(id);
  if (row === null || !isToStart(row.state, leg)) return row?.state ?? null;
  const run = row.state;
  const check =
    run.phase === 'undo' ? null : leg === 1 ? await checkStart(run, deps) : await checkFurtherLeg(run, deps);
  if (check?.kind === 'refused') return leg === 1 ? refused(run, check, deps) : brokenOff(run, check.reason, deps);
  const started = await deps.log.record(id, () => ({ kind: 'start' }));
  if (started.kind === 'impossible') return (await deps.log.run(id))?.state ?? null;
  deps.logger.info({ run: id, leg, runbook: run.runbook, by: run.by }, 'run started');
  const legDeps = carryOutDeps(id, deps);
  const end = check === null ? await undo(run, legDeps, deps) : await goThrough(id, check.resolved, legDeps, deps);
  return settle(id, end, deps);
}

function isToStart(run: RunRecord, leg: number): boolean {
  return run.status === 'waiting' && run.leg === leg && run.asks === null && !isAwaitingApproval(run);
}

function carryOutDeps(id: string, deps: ExecuteDeps): CarryOutDeps {
  const config = deps.config.current();
  const { driverOf, shellOf, doors, log } = deps;
  const { kindOf } = deps.planDeps;
  return {
    ...deps,
    planDeps: { config, driverOf, shellOf, doors, kindOf },
    abort: deps.abortOf(id),
    scopeOfRun: async ({ plan }) => {
      const stored = await log.json<Plan>(plan);
      return stored === null ? null : scopeOf(stored.parameters, config);
    },
  };
}

/** The steps, and what the runbook says is to follow when one fails. */
async function goThrough(id: string, resolved: ResolvedPlan, leg: CarryOutDeps, deps: ExecuteDeps): Promise<LegEnd> {
  const end = await carryOut(id, resolved, leg);
  if (end.kind !== 'concluded' || end.broken?.status !== 'failed') return end;
  if (resolved.runbook.onFailure !== 'undo') return end;
  const run = (await deps.log.run(id))?.state;
  if (run === undefined || undoableSteps(run).length === 0) return end;
  const steps = await undoSteps(run, null, resolved.runbook, (step) => readUndo(step.undo, deps));
  await deps.log.record(id, (_, texts) => [
    {
      kind: 'continue',
      how: 'undoing',
      step: null,
      steps,
      results: null,
      reason: texts.line(`${end.broken?.planned.id} failed`),
    },
    { kind: 'start' },
  ]);
  const undone = await carryOutUndo(id, resolved.runbook, leg);
  if (undone.kind !== 'concluded') return undone;
  const summary = `${end.conclusion.summary}; ${undone.conclusion.summary}`;
  return { ...undone, conclusion: { ...undone.conclusion, summary } };
}

async function undo(run: RunRecord, leg: CarryOutDeps, deps: ExecuteDeps): Promise<LegEnd> {
  const config = deps.config.current();
  const runbook = runbookOf(config, run.runbook) ?? null;
  return carryOutUndo(run.id, runbook, leg);
}

/** How a step is taken back, as it was recorded. */
export async function readUndo(
  digest: string | null,
  { log }: Pick<CarryOutDeps, 'log'>,
): Promise<readonly UndoStep[]> {
  return (await log.json<readonly UndoStep[]>(digest)) ?? [];
}

async function settle(id: string, end: LegEnd, deps: ExecuteDeps): Promise<RunRecord | null> {
  switch (end.kind) {
    case 'concluded':
      return ended(id, end.conclusion, deps);
    case 'asked':
      return (await deps.log.run(id))?.state ?? null;
    case 'stopped':
      return stopped(id, end.after, deps);
    case 'left':
      return interrupt(id, 'stopped with the bot; the steps that had not begun were not run', deps);
    default:
      return end satisfies never;
  }
}

async function refused(
  run: RunRecord,
  why: { readonly code: string; readonly reason: string },
  deps: ExecuteDeps,
): Promise<RunRecord> {
  deps.metrics.refused(why.code);
  deps.logger.warn({ run: run.id, code: why.code }, 'run refused at its start');
  const made = await deps.log.record(run.id, (_, texts) => ({
    kind: 'refuse',
    code: why.code,
    summary: texts.line(why.reason),
  }));
  return made.kind === 'recorded' ? made.run : run;
}

/** A further leg that may not begin: the run is where it was before a person let it go on. */
async function brokenOff(run: RunRecord, reason: string, deps: ExecuteDeps): Promise<RunRecord | null> {
  deps.logger.warn({ run: run.id, reason }, 'run could not go on');
  return interrupt(run.id, `it could not go on: ${reason}`, deps);
}

async function ended(id: string, conclusion: Conclusion, deps: ExecuteDeps): Promise<RunRecord | null> {
  const { status, verdict } = conclusion;
  const made = await deps.log.record(id, (_, texts) => ({
    kind: 'end',
    status,
    verdict,
    summary: texts.line(conclusion.summary),
    at: deps.clock.now(),
  }));
  if (made.kind === 'impossible') return (await deps.log.run(id))?.state ?? null;
  const seconds = ((made.run.endedAt ?? 0) - (made.run.startedAt ?? 0)) / 1000;
  deps.metrics.ended(made.run.runbook, status, verdict, seconds);
  deps.logger.info({ run: id, status, verdict, seconds }, 'run ended');
  return made.run;
}

async function stopped(id: string, after: string | null, deps: ExecuteDeps): Promise<RunRecord | null> {
  const run = (await deps.log.run(id))?.state;
  const how = run?.stop?.mode === 'now' ? 'aborted' : 'stopped';
  const where = after === null ? 'before its first step' : `after ${after}`;
  return interrupt(id, `${how} by a person ${where}; the steps that had not begun were not run`, deps);
}

async function interrupt(id: string, words: string, deps: ExecuteDeps): Promise<RunRecord | null> {
  const made = await deps.log.record(id, (_, texts) => ({
    kind: 'interrupt',
    mutating: [],
    summary: texts.line(words),
  }));
  return made.kind === 'recorded' ? made.run : null;
}
