import type { Clock } from '../core/clock.ts';
import type { ConfigSource } from '../core/config/config.ts';
import type { Logger } from '../core/logger.ts';
import type { DriverOf } from '../hosts/driver.ts';
import type { ShellOf } from '../hosts/shell.ts';
import type { Journal } from '../journal/port.ts';
import type { CheckResult, RunProbes } from '../probes/check.ts';
import { type Conclusion, conclude, type FinishedStep } from './conclude.ts';
import type { RunMetrics } from './metrics.ts';
import type { PlanDeps, ResolvedPlan } from './plan.ts';
import type { MayRun } from './request.ts';
import { pause, type RunLog } from './run-log.ts';
import type { RunRecord } from './run-record.ts';
import { mergeChecks, runStep } from './run-step.ts';
import { checkStart } from './start-check.ts';
import type { PreparedStep, PreparedUnit, StepDoors, StepRunDeps, UnitOutcome } from './steps/step.ts';

export interface ExecuteDeps {
  readonly journal: Journal;
  readonly config: ConfigSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: RunMetrics;
  readonly log: RunLog;
  readonly driverOf: DriverOf;
  readonly shellOf: ShellOf;
  readonly doors: StepDoors;
  readonly runProbes: RunProbes;
  readonly planDeps: PlanDeps;
  readonly mayRun: MayRun;
  /** For how long a verification that is not ok is looked at again, milliseconds. */
  readonly verifyGraceMs: number;
  readonly signal: AbortSignal;
}

const VERIFY_EVERY_MS = 2000;

/**
 * Carries a run out: rights and plan once more, then each step between two durable events, then the verification and
 * what it all came to. Does nothing for a run that is not waiting: what started once never starts again by itself.
 */
export async function executeRun(id: string, deps: ExecuteDeps): Promise<RunRecord | null> {
  const row = await deps.log.run(id);
  if (row === null || row.state.status !== 'waiting') return row?.state ?? null;
  const check = await checkStart(row.state, deps);
  if (check.kind === 'refused') return refused(row.state, check, deps);
  const started = await deps.log.record(id, () => ({ kind: 'start' }));
  if (started.kind === 'impossible') return (await deps.log.run(id))?.state ?? null;
  deps.logger.info({ run: id, runbook: row.state.runbook, by: row.state.by }, 'run started');
  const conclusion = await carryOut(id, check.resolved, deps);
  return conclusion === null ? interruptedByStop(id, deps) : ended(id, conclusion, deps);
}

/** Null: the process is stopping and the run is between two steps, or in one that only looks. */
async function carryOut(id: string, resolved: ResolvedPlan, deps: ExecuteDeps): Promise<Conclusion | null> {
  const finished: FinishedStep[] = [];
  let before: readonly CheckResult[] = [];
  let hasChanged = false;
  let healthyUntil = 0;
  for (const step of resolved.steps) {
    if (step.healthyWithinMs !== undefined) healthyUntil = deps.clock.monotonicMs() + step.healthyWithinMs;
    const result = await runStep({ run: id, step, role: hasChanged ? null : 'before', known: before }, deps);
    if (result === null) return null;
    hasChanged ||= step.planned.mutates;
    if (!hasChanged) before = mergeChecks(before, result.checks);
    finished.push({ planned: step.planned, status: result.status, summary: result.summary });
    if (result.status !== 'done') break;
  }
  const isWhole = finished.every((step) => step.status === 'done');
  const patience = hasChanged && isWhole ? patienceUntil(healthyUntil, deps) : NO_PATIENCE;
  const after = await verify(id, resolved.verify, patience, deps);
  return after === null ? null : conclude(finished, before, after);
}

/** Until when a verification is looked at again, by the monotonic clock. */
interface Patience {
  /** While anything is not ok. */
  readonly notOk: number;
  /** While anything fails or cannot be told: the rest of the time that a wait step gave it to become healthy. */
  readonly failing: number;
}

const NO_PATIENCE: Patience = { notOk: 0, failing: 0 };

function patienceUntil(healthyUntil: number, { clock, verifyGraceMs }: ExecuteDeps): Patience {
  const notOk = clock.monotonicMs() + verifyGraceMs;
  return { notOk, failing: Math.max(notOk, healthyUntil) };
}

async function verify(
  id: string,
  steps: readonly PreparedStep[],
  patience: Patience,
  deps: ExecuteDeps,
): Promise<readonly CheckResult[] | null> {
  let after: readonly CheckResult[] = [];
  for (const step of steps) {
    const patient = patiently(step, patience, deps);
    const result = await runStep({ run: id, step: patient, role: 'after', known: after }, deps);
    if (result === null) return null;
    after = mergeChecks(after, result.checks);
  }
  return after;
}

/** Looks again while something is not ok: a process that listens a while after its start is not a miss. */
function patiently(step: PreparedStep, patience: Patience, deps: ExecuteDeps): PreparedStep {
  return {
    ...step,
    units: step.units.map((unit) => ({ ...unit, run: (run) => lookAgain(unit, patience, run, deps) })),
  };
}

async function lookAgain(
  unit: PreparedUnit,
  patience: Patience,
  run: StepRunDeps,
  { clock, signal }: ExecuteDeps,
): Promise<UnitOutcome> {
  for (;;) {
    const outcome = await unit.run(run);
    const results = (outcome.checks ?? []).map(({ result }) => result);
    if (results.every((result) => result === 'ok') || signal.aborted) return outcome;
    const isFailing = results.some((result) => result === 'fail' || result === 'unknown');
    const until = isFailing ? patience.failing : patience.notOk;
    if (clock.monotonicMs() + VERIFY_EVERY_MS > until) return outcome;
    await pause(clock, VERIFY_EVERY_MS);
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

async function interruptedByStop(id: string, deps: ExecuteDeps): Promise<RunRecord | null> {
  const made = await deps.log.record(id, (_, texts) => ({
    kind: 'interrupt',
    mutating: [],
    summary: texts.line('stopped with the bot; the steps that had not begun were not run'),
  }));
  return made.kind === 'recorded' ? made.run : null;
}
