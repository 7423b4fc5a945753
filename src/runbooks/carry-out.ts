import { parseDuration } from '../core/duration.ts';
import type { CheckResult } from '../probes/check.ts';
import type { Conclusion, FinishedStep } from './conclude.ts';
import { conclude } from './conclude.ts';
import { holds } from './conditions.ts';
import type { ResolvedPlan } from './plan.ts';
import { prepareStep, type ResolvedStep } from './plan-steps.ts';
import { isGraver } from './risk.ts';
import type { RunRecord } from './run-record.ts';
import type { StepState, UndoStep } from './run-state.ts';
import { mergeChecks, type RunStepDeps, runStep } from './run-step.ts';
import type { StepOutcome } from './run-units.ts';
import { hostsOf } from './step-hosts.ts';
import type { StepPlanDeps } from './steps/step.ts';
import { holdGiven, type Scope, scopeOf, substitute } from './substitute.ts';
import { currentRun, NO_PATIENCE, patienceUntil, verifyRun } from './verify-run.ts';

export interface CarryOutDeps extends RunStepDeps {
  readonly planDeps: StepPlanDeps;
  /** For how long a verification that is not ok is looked at again, milliseconds. */
  readonly verifyGraceMs: number;
  /** A person wants it to end now. */
  readonly abort: AbortSignal;
  /** What the parameters of a run give to `${…}`, by the configuration in force; null: its plan is not stored any more. */
  readonly scopeOfRun: (run: RunRecord) => Promise<Scope | null>;
}

/** How a leg ended. */
export type LegEnd =
  | { readonly kind: 'concluded'; readonly conclusion: Conclusion; readonly broken: FinishedStep | null }
  /** A person has to answer first. */
  | { readonly kind: 'asked' }
  /** A person stopped it; `after` is the last step that was begun. */
  | { readonly kind: 'stopped'; readonly after: string | null }
  /** The process is stopping and the run is between two steps, or in one that only looks. */
  | { readonly kind: 'left' };

/**
 * Carries out what is to come of a run, step by step, then proves it. What earlier legs did is not done again; their
 * results count.
 */
export async function carryOut(id: string, resolved: ResolvedPlan, deps: CarryOutDeps): Promise<LegEnd> {
  const course = await beginCourse(id, resolved, deps);
  for (const step of resolved.steps) {
    const run = await currentRun(id, deps.log);
    const state = stateOf(run, step);
    if (state.status !== 'waiting') {
      await recall(step, state, course, deps);
      continue;
    }
    if (run.stop !== null) return { kind: 'stopped', after: course.last };
    const end = await takeStep(run, step, course, deps);
    if (end !== null) return end;
    if (course.broken !== null) break;
  }
  const run = await currentRun(id, deps.log);
  if (run.stop !== null && course.broken !== null) return { kind: 'stopped', after: course.last };
  return prove(run, resolved, course, deps);
}

/** What is known on the way. */
interface Course {
  readonly scope: Map<string, Scope extends ReadonlyMap<string, infer Value> ? Value : never>;
  readonly finished: FinishedStep[];
  readonly changed: string[];
  readonly service: string | null;
  readonly incident: string | null;
  before: readonly CheckResult[];
  hasChanged: boolean;
  /** By the monotonic clock. */
  healthyUntil: number;
  last: string | null;
  broken: FinishedStep | null;
}

async function beginCourse(id: string, resolved: ResolvedPlan, deps: CarryOutDeps): Promise<Course> {
  const run = await currentRun(id, deps.log);
  return {
    scope: new Map(scopeOf(resolved.plan.parameters, deps.planDeps.config)),
    finished: [],
    changed: [],
    service: resolved.service,
    incident: run.incident,
    before: await deps.log.checks(run.before),
    hasChanged: false,
    healthyUntil: 0,
    last: null,
    broken: null,
  };
}

/** Takes over what an earlier leg did. */
async function recall(step: ResolvedStep, state: StepState, course: Course, { log }: CarryOutDeps): Promise<void> {
  if (state.status !== 'done') return;
  addResults(course, step.config.id, (await log.json<StepOutcome['results']>(state.results)) ?? {});
  course.changed.push(...step.prepared.changes);
  course.hasChanged ||= step.prepared.planned.mutates;
  course.finished.push({ planned: step.prepared.planned, status: 'done', summary: '' });
}

async function takeStep(
  run: RunRecord,
  written: ResolvedStep,
  course: Course,
  deps: CarryOutDeps,
): Promise<LegEnd | null> {
  const { config } = written;
  const condition = holds(config.when, course.scope);
  if (!condition.holds) return skip(run, config.id, 'condition', `left out: ${condition.reason}`, deps);
  const step = written.isPending ? await prepareNow(written, course, deps) : written;
  const { planned, asks, blockedBy, changes, healthyWithinMs } = step.prepared;
  if (asks !== undefined)
    return run.dry ? skip(run, config.id, 'dry-run', 'would ask', deps) : ask(run, config.id, asks.question, deps);
  if (run.dry && planned.mutates) return skip(run, config.id, 'dry-run', `would: ${planned.call}`, deps);
  course.last = config.id;
  if (healthyWithinMs !== undefined) course.healthyUntil = deps.clock.monotonicMs() + healthyWithinMs;
  const blocked = written.isPending ? (blockedBy[0]?.reason ?? tooGrave(step, run)) : null;
  const prepared = blocked === null ? step : refusing(step, blocked);
  const result = await runStep(
    {
      run,
      step: prepared,
      role: course.hasChanged ? null : 'before',
      known: course.before,
      undo: (outcome) => undoOf(step, outcome, course.scope, deps.planDeps),
      holdSeconds: holdOf(step, course.scope),
      abort: deps.abort,
    },
    deps,
  );
  if (result === null) return { kind: 'left' };
  course.hasChanged ||= planned.mutates;
  if (!course.hasChanged) course.before = mergeChecks(course.before, result.checks);
  course.changed.push(...changes);
  addResults(course, config.id, result.results);
  const finished = { planned, status: result.status, summary: result.summary };
  course.finished.push(finished);
  if (result.status !== 'done') course.broken = finished;
  return null;
}

async function prove(run: RunRecord, resolved: ResolvedPlan, course: Course, deps: CarryOutDeps): Promise<LegEnd> {
  const isWhole = course.broken === null;
  const patience =
    course.hasChanged && isWhole ? patienceUntil(course.healthyUntil, deps.verifyGraceMs, deps.clock) : NO_PATIENCE;
  const after = await verifyRun(run.id, resolved.verify, patience, deps);
  if (after === null) return { kind: 'left' };
  const conclusion = run.dry ? dryConclusion(run, course) : conclude(course.finished, course.before, after);
  return { kind: 'concluded', conclusion, broken: course.broken };
}

function dryConclusion(run: RunRecord, { broken }: Course): Conclusion {
  if (broken !== null) return { status: 'failed', verdict: null, summary: `dry run: ${broken.summary}` };
  const left = run.steps.filter(({ status, summary }) => status === 'skipped' && summary !== null).length;
  const steps =
    left === 1 ? '1 step that would change something was' : `${left} steps that would change something were`;
  return { status: 'succeeded', verdict: null, summary: `dry run: ${steps} left out; nothing was changed` };
}

async function prepareNow(written: ResolvedStep, course: Course, { planDeps }: CarryOutDeps): Promise<ResolvedStep> {
  const { scope, changed, service, incident } = course;
  return prepareStep(written.config, { scope, changed: [...changed], service, incident, isLate: true }, planDeps);
}

/** What stands in the way of a step that could be looked at only now. */
function refusing(step: ResolvedStep, reason: string): ResolvedStep {
  const unit = { name: '-', run: async () => ({ status: 'failed' as const, summary: reason }) };
  return { ...step, prepared: { ...step.prepared, units: [unit] } };
}

/** Who agreed to a run agreed to its risk: what shows itself as graver only now is not done. */
function tooGrave({ prepared: { raises } }: ResolvedStep, run: RunRecord): string | null {
  if (raises === undefined || !isGraver(raises.risk, run.risk)) return null;
  return `it is ${raises.risk} (${raises.because}), and ${run.risk} was agreed to; nothing was done`;
}

async function skip(
  run: RunRecord,
  step: string,
  why: 'condition' | 'dry-run',
  words: string,
  { log }: CarryOutDeps,
): Promise<null> {
  await log.record(run.id, (_, texts) => ({ kind: 'skip-step', step, why, summary: texts.line(words) }));
  return null;
}

async function ask(run: RunRecord, step: string, question: string, { log }: CarryOutDeps): Promise<LegEnd> {
  await log.record(run.id, (_, texts) => ({ kind: 'ask', step, question: texts.line(question) }));
  return { kind: 'asked' };
}

/** What takes a step back: the runbook's word, else the kind's own. Nothing, when nothing was touched. */
function undoOf(
  { config, prepared }: ResolvedStep,
  outcome: StepOutcome,
  scope: Scope,
  planDeps: StepPlanDeps,
): readonly UndoStep[] {
  if (!prepared.planned.mutates || !outcome.isTouched) return [];
  if (config.undo === null) return outcome.undo;
  const results = Object.entries(outcome.results).map(([name, value]) => [`${config.id}.${name}`, value] as const);
  const { on } = config.undo;
  const own = [...new Set(prepared.targets.map(({ host }) => host))].sort();
  const hosts = on === null ? own : hostsOf(substitute(on, scope), planDeps.config);
  const body = substitute(config.undo.body, new Map([...scope, ...results.map(asText)]));
  return [{ kind: config.undo.kind, body, hosts }];
}

function holdOf({ config }: ResolvedStep, scope: Scope): number | null {
  const hold = config.hold === null ? null : holdGiven(config.hold, scope);
  return hold === null ? null : parseDuration(hold);
}

function addResults({ scope }: Course, step: string, results: StepOutcome['results']): void {
  for (const [name, value] of Object.entries(results)) scope.set(...asText([`${step}.${name}`, value]));
}

function asText([name, value]: readonly [string, string | number | boolean]): [string, string | number] {
  return [name, typeof value === 'boolean' ? String(value) : value];
}

function stateOf(run: RunRecord, step: ResolvedStep): StepState {
  const state = run.steps.find(({ id }) => id === step.config.id);
  if (state === undefined) throw new Error(`${run.id} has no step ${step.config.id}`);
  return state;
}
