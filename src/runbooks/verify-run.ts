import type { Clock } from '../core/clock.ts';
import type { CheckResult } from '../probes/check.ts';
import type { ResolvedStep } from './plan-steps.ts';
import { pause, type RunLog } from './run-log.ts';
import { mergeChecks, type RunStepDeps, runStep } from './run-step.ts';
import type { PreparedUnit, StepRunDeps, UnitOutcome } from './steps/step.ts';

/** Until when a verification is looked at again, by the monotonic clock. */
export interface Patience {
  /** While anything is not ok. */
  readonly notOk: number;
  /** While anything fails or cannot be told: the rest of the time that a wait step gave it to become healthy. */
  readonly failing: number;
}

const VERIFY_EVERY_MS = 2000;
export const NO_PATIENCE: Patience = { notOk: 0, failing: 0 };

/** Patience for something that was just changed. */
export function patienceUntil(healthyUntil: number, graceMs: number, clock: Clock): Patience {
  const notOk = clock.monotonicMs() + graceMs;
  return { notOk, failing: Math.max(notOk, healthyUntil) };
}

/** Carries out the steps that prove the outcome. Null: the process is stopping. */
export async function verifyRun(
  id: string,
  steps: readonly ResolvedStep[],
  patience: Patience,
  deps: RunStepDeps & { readonly abort: AbortSignal },
): Promise<readonly CheckResult[] | null> {
  let after: readonly CheckResult[] = [];
  for (const step of steps) {
    const run = await currentRun(id, deps.log);
    if (run.steps.find((each) => each.id === step.config.id)?.status !== 'waiting') continue;
    const patient = patiently(step, patience, deps);
    const what = { run, step: patient, role: 'after', known: after, undo: () => [], holdSeconds: null } as const;
    const result = await runStep({ ...what, abort: deps.abort }, deps);
    if (result === null) return null;
    after = mergeChecks(after, result.checks);
  }
  return after;
}

/** The run as it is stored now. */
export async function currentRun(id: string, log: RunLog) {
  const row = await log.run(id);
  if (row === null) throw new Error(`${id} is gone`);
  return row.state;
}

/** Looks again while something is not ok: a process that listens a while after its start is not a miss. */
function patiently(step: ResolvedStep, patience: Patience, deps: RunStepDeps): ResolvedStep {
  const units = step.prepared.units.map((unit) => ({
    ...unit,
    run: (run: StepRunDeps) => lookAgain(unit, patience, run, deps),
  }));
  return { ...step, prepared: { ...step.prepared, units } };
}

async function lookAgain(
  unit: PreparedUnit,
  patience: Patience,
  run: StepRunDeps,
  { clock, signal }: RunStepDeps,
): Promise<UnitOutcome> {
  for (;;) {
    const outcome = await unit.run(run);
    const results = (outcome.checks ?? []).map(({ result }) => result);
    if (results.every((result) => result === 'ok') || signal.aborted || run.signal.aborted) return outcome;
    const isFailing = results.some((result) => result === 'fail' || result === 'unknown');
    const until = isFailing ? patience.failing : patience.notOk;
    if (clock.monotonicMs() + VERIFY_EVERY_MS > until) return outcome;
    await pause(clock, VERIFY_EVERY_MS, run.signal);
  }
}
