import type { Clock } from '../core/clock.ts';
import { OpsError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { DriverOf } from '../hosts/driver.ts';
import type { ShellOf } from '../hosts/shell.ts';
import type { EffectChange, Journal } from '../journal/port.ts';
import type { CheckResult, RunProbes } from '../probes/check.ts';
import type { RunLog } from './run-log.ts';
import { runUnits, type StepOutcome } from './run-units.ts';
import type { PreparedStep, StepDoors } from './steps/step.ts';

export interface RunStepDeps {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly log: RunLog;
  readonly driverOf: DriverOf;
  readonly shellOf: ShellOf;
  readonly doors: StepDoors;
  readonly runProbes: RunProbes;
  readonly signal: AbortSignal;
}

export interface StepToRun {
  readonly run: string;
  readonly step: PreparedStep;
  /** Which side of the change its checks prove, if it makes any. */
  readonly role: 'before' | 'after' | null;
  /** Checks of that side so far. */
  readonly known: readonly CheckResult[];
}

/** Key of the effect that says a step may act, or has: one a run and step, for ever. */
export function stepEffectKey(run: string, step: string): string {
  return `step|${run}|${step}`;
}

/**
 * One step between two durable events: `run.step-started` is stored before it acts, `run.step-finished` after. A step
 * that changes something claims its own effect in between. Null: the process is stopping and nothing is under way.
 */
export async function runStep(what: StepToRun, deps: RunStepDeps): Promise<StepOutcome | null> {
  const { run, step } = what;
  const { id, mutates } = step.planned;
  if (deps.signal.aborted) return null;
  const key = stepEffectKey(run, id);
  const ask: EffectChange = { op: 'ask', key, kind: 'step', incident: null, data: { run, step: id } };
  const started = await deps.log.record(run, () => ({ kind: 'start-step', step: id }), mutates ? [ask] : []);
  if (started.kind === 'impossible') throw new Error(`step ${id} of ${run} cannot start: ${started.reason}`);
  const outcome = await act(what, key, deps);
  if (deps.signal.aborted && !mutates) return null;
  await finish(what, key, outcome, deps);
  return outcome;
}

async function act({ run, step }: StepToRun, key: string, deps: RunStepDeps): Promise<StepOutcome> {
  const { mutates } = step.planned;
  if (mutates && !(await deps.journal.claim(key, deps.clock.now()))) {
    return { status: 'failed', summary: 'it was claimed before; nothing was done now', checks: null };
  }
  try {
    return await runUnits({ run, step }, deps);
  } catch (error) {
    deps.logger.error({ err: error, run, step: step.planned.id }, 'step broke off');
    const known = error instanceof OpsError && error.family !== 'bug';
    const summary = known ? `${error.message} ${error.remedy}` : 'it broke off inside; see the log';
    return { status: mutates ? 'unknown' : 'failed', summary, checks: null };
  }
}

async function finish(what: StepToRun, key: string, outcome: StepOutcome, deps: RunStepDeps): Promise<void> {
  const { run, step, role, known } = what;
  const { status, summary } = outcome;
  const close: EffectChange = { op: 'close', key, state: status, result: { status } };
  const finished = await deps.log.record(
    run,
    (_, texts) => ({
      kind: 'finish-step',
      step: step.planned.id,
      status,
      summary: texts.line(summary),
      checks:
        outcome.checks === null
          ? null
          : texts.json(role === null ? outcome.checks : mergeChecks(known, outcome.checks)),
      role: outcome.checks === null ? null : role,
    }),
    step.planned.mutates ? [close] : [],
  );
  if (finished.kind === 'impossible')
    throw new Error(`step ${step.planned.id} of ${run} cannot end: ${finished.reason}`);
}

/** The latest check of each probe. */
export function mergeChecks(
  known: readonly CheckResult[],
  more: readonly CheckResult[] | null,
): readonly CheckResult[] {
  return [...new Map([...known, ...(more ?? [])].map((check) => [check.probe, check])).values()];
}
