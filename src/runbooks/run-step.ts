import type { Logger } from '../core/logger.ts';
import type { Batch, EffectChange, Journal } from '../journal/port.ts';
import type { CheckResult } from '../probes/check.ts';
import type { ResolvedStep } from './plan-steps.ts';
import type { Recorded, RunLog } from './run-log.ts';
import type { RunRecord } from './run-record.ts';
import type { UndoStep } from './run-state.ts';
import { runUnits, type StepOutcome, type UnitEnd, type UnitsDeps } from './run-units.ts';
import type { Texts } from './texts.ts';
import { withName } from './with-name.ts';

/** What goes into the transaction that records the end of a step which holds something for a time. */
export type TakeLease = (
  what: {
    readonly run: RunRecord;
    readonly step: string;
    readonly seconds: number;
    readonly hosts: readonly string[];
    readonly what: string;
    /** The transaction's: what is taken is taken then. */
    readonly at: number;
  },
  texts: Texts,
) => Promise<Pick<Batch, 'aggregates' | 'timers' | 'effects' | 'payloads'>>;

export interface RunStepDeps extends UnitsDeps {
  readonly journal: Journal;
  readonly logger: Logger;
  readonly log: RunLog;
  /** The process ends: what only looks is cut, what changes something is waited for. */
  readonly signal: AbortSignal;
  readonly takeLease: TakeLease;
}

export interface StepToRun {
  readonly run: RunRecord;
  readonly step: ResolvedStep;
  /** Which side of the change its checks prove, if it makes any. */
  readonly role: 'before' | 'after' | null;
  /** Checks of that side so far. */
  readonly known: readonly CheckResult[];
  /** What the runbook says takes it back, put in when the step is done; null: as the kind says. */
  readonly undo: (outcome: StepOutcome) => readonly UndoStep[];
  /** For how long it holds, seconds; null: for good. */
  readonly holdSeconds: number | null;
  /** A person's word to end it now. */
  readonly abort: AbortSignal;
}

/** Key of the effect that says a step may act, or has: one a run, step and try, for ever. */
export function stepEffectKey(run: string, step: string, tries: number): string {
  return `step|${run}|${step}${tries === 1 ? '' : `|${tries}`}`;
}

/**
 * One step between two durable events: `run.step-started` is stored before it acts, `run.step-finished` after. A step
 * that changes something claims its own effect in between. Null: the process is stopping and nothing is under way.
 */
export async function runStep(what: StepToRun, deps: RunStepDeps): Promise<StepOutcome | null> {
  const { id } = what.run;
  const { id: step, mutates } = what.step.prepared.planned;
  if (deps.signal.aborted) return null;
  const tries = (what.run.steps.find((each) => each.id === step)?.tries ?? 0) + 1;
  const key = stepEffectKey(id, step, tries);
  const ask: EffectChange = { op: 'ask', key, kind: 'step', incident: null, data: { run: id, step } };
  must(
    await deps.log.record(id, () => ({ kind: 'start-step', step }), { effects: mutates ? [ask] : [] }),
    what,
    'start',
  );
  const outcome = await act(what, tries, key, deps);
  if (deps.signal.aborted && !mutates) return null;
  await finish(what, key, outcome, deps);
  return outcome;
}

async function act(what: StepToRun, tries: number, key: string, deps: RunStepDeps): Promise<StepOutcome> {
  const { run, step } = what;
  const { mutates, id } = step.prepared.planned;
  if (mutates && !(await deps.journal.claim(key, deps.clock.now()))) {
    return nothingDone('it was claimed before; nothing was done now');
  }
  // what changes something is not cut by the bot's own end
  const signal = mutates ? what.abort : AbortSignal.any([what.abort, deps.signal]);
  const finished = (end: UnitEnd, of: number) => recordUnit(run.id, id, end, of, deps);
  try {
    return await runUnits({ run: run.id, by: run.by, step, tries, signal, finished }, deps);
  } catch (error) {
    deps.logger.error({ err: error, run: run.id, step: id }, 'step broke off');
    return { ...nothingDone('it broke off inside; see the log'), status: mutates ? 'unknown' : 'failed' };
  }
}

function nothingDone(summary: string): StepOutcome {
  return { status: 'failed', summary, checks: null, results: {}, undo: [], keep: [], log: '', isTouched: false };
}

async function recordUnit(run: string, step: string, end: UnitEnd, of: number, { log }: RunStepDeps): Promise<void> {
  const { status, summary } = end.outcome;
  await log.record(run, (_, texts) => ({
    kind: 'finish-unit',
    step,
    unit: end.index,
    of,
    status,
    summary: texts.line(withName(end.unit.name, summary)),
  }));
}

async function finish(what: StepToRun, key: string, outcome: StepOutcome, deps: RunStepDeps): Promise<void> {
  const { run, step, role, known } = what;
  const { status, summary, results } = outcome;
  const { id, mutates } = step.prepared.planned;
  const undo = what.undo(outcome);
  const close: EffectChange = { op: 'close', key, state: status, result: { status } };
  const seconds = status === 'done' && undo.length > 0 ? what.holdSeconds : null;
  const finished = await deps.log.record(
    run.id,
    (_, texts) => ({
      kind: 'finish-step',
      step: id,
      status,
      summary: texts.line(summary),
      checks: outcome.checks === null ? null : texts.json(sideOf(role, known, outcome.checks)),
      role: outcome.checks === null ? null : role,
      results: Object.keys(results).length === 0 ? null : texts.json(results),
      undo: undo.length === 0 ? null : texts.json(undo),
      keep: status !== 'done' || outcome.keep.length === 0 ? null : texts.json(outcome.keep),
      log: outcome.log.trim() === '' ? null : texts.whole(outcome.log),
    }),
    {
      effects: mutates ? [close] : [],
      along: async (state, texts, at) => {
        if (seconds === null) return {};
        const hosts = [...new Set(step.prepared.targets.map(({ host }) => host))];
        const held = { run: state, step: id, seconds, hosts, what: step.prepared.planned.effect, at };
        return deps.takeLease(held, texts);
      },
    },
  );
  must(finished, what, 'end');
}

function sideOf(role: StepToRun['role'], known: readonly CheckResult[], checks: readonly CheckResult[]) {
  return role === null ? checks : mergeChecks(known, checks);
}

function must(recorded: Recorded, { run, step }: StepToRun, verb: 'start' | 'end'): void {
  if (recorded.kind === 'impossible')
    throw new Error(`step ${step.config.id} of ${run.id} cannot ${verb}: ${recorded.reason}`);
}

/** The latest check of each probe. */
export function mergeChecks(
  known: readonly CheckResult[],
  more: readonly CheckResult[] | null,
): readonly CheckResult[] {
  return [...new Map([...known, ...(more ?? [])].map((check) => [check.probe, check])).values()];
}
