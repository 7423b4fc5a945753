import type { Clock } from '../core/clock.ts';
import type { RollingConfig, StepConfig } from '../core/config/config.ts';
import { OpsError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Redact } from '../core/redact.ts';
import type { DriverOf } from '../hosts/driver.ts';
import type { ShellOf } from '../hosts/shell.ts';
import type { CheckResult, RunProbes } from '../probes/check.ts';
import { createOutput } from './output.ts';
import type { ResolvedStep } from './plan-steps.ts';
import { pause } from './run-log.ts';
import type { UndoStep } from './run-state.ts';
import type { SecretRef } from './secret-ref.ts';
import type { PreparedUnit, StepDoors, StepRunDeps, UnitOutcome } from './steps/step.ts';
import { withName } from './with-name.ts';

export interface UnitsDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly driverOf: DriverOf;
  readonly shellOf: ShellOf;
  readonly doors: StepDoors;
  readonly runProbes: RunProbes;
  readonly secretOf: (ref: SecretRef) => string;
  readonly redact: Redact;
}

export interface UnitsToRun {
  readonly run: string;
  readonly by: string;
  readonly step: ResolvedStep;
  /** Which try of the step it is, from 1. */
  readonly tries: number;
  /** Cut by an abort; what must not be cut ignores it. */
  readonly signal: AbortSignal;
  /** Told of each target of several once it is done with, durably. */
  readonly finished: (unit: UnitEnd, of: number) => Promise<void>;
}

/** What a step came to, all its targets together. */
export interface StepOutcome {
  readonly status: 'done' | 'failed' | 'unknown';
  /** One line of plain text; may hold foreign text. */
  readonly summary: string;
  readonly checks: readonly CheckResult[] | null;
  readonly results: Readonly<Record<string, string | number | boolean>>;
  /** How what was done is taken back, last first; empty: the kind does not know. */
  readonly undo: readonly UndoStep[];
  /** What makes it so again where it was lost, while a lease holds it. */
  readonly keep: readonly UndoStep[];
  readonly log: string;
  /** At least one target was, or may have been, changed. */
  readonly isTouched: boolean;
}

export interface UnitEnd {
  readonly unit: PreparedUnit;
  readonly index: number;
  readonly outcome: UnitOutcome;
  readonly run: StepRunDeps;
  readonly log: string;
}

/** Hosts that a step goes to at the same time when it does not roll. */
const MOST_AT_ONCE = 20;
/** What the summary of many names, and gives the reason of; the full log has all. */
const MOST_NAMED = 20;
const MOST_EXPLAINED = 3;
/** No unit is waited for longer, whatever its kind says of time limits. */
const LONGEST_UNIT_MS = 30 * 60_000;
/** What a unit has beyond its own time limit to notice that it is over. */
const LAST_CALL_MS = 5000;

/**
 * Carries out a step target by target. Rolling: batch by batch, and the first batch in which one does not come to
 * `done` or is not well again ends it; the rest is left alone and named. On several hosts without rolling: all of
 * them, each with its own end. Else one after the other.
 */
export async function runUnits(what: UnitsToRun, deps: UnitsDeps): Promise<StepOutcome> {
  return what.step.isParallel ? runAtOnce(what, deps) : runInTurn(what, deps);
}

/** On the next host as soon as one is done with: those that are slow to be found dead keep nobody waiting. */
async function runAtOnce(what: UnitsToRun, deps: UnitsDeps): Promise<StepOutcome> {
  const { units } = what.step.prepared;
  const ends: UnitEnd[] = [];
  const waiting = units.map((unit, index) => ({ unit, index }));
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      ends.push(await runUnit(next.unit, next.index, what, deps));
      if (what.signal.aborted) return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(MOST_AT_ONCE, units.length) }, work));
  const left = waiting.map(({ unit }) => unit);
  ends.sort((one, other) => one.index - other.index);
  return gather(ends, left, left.length === 0 ? null : 'it was stopped');
}

async function runInTurn(what: UnitsToRun, deps: UnitsDeps): Promise<StepOutcome> {
  const { units } = what.step.prepared;
  const rolling = what.step.config.rolling ?? what.step.prepared.rolling ?? null;
  const size = batchSize(rolling, units.length);
  const ends: UnitEnd[] = [];
  for (let begin = 0; begin < units.length; begin += size) {
    const left = units.slice(begin + size);
    if (what.signal.aborted && begin > 0) return gather(ends, units.slice(begin), 'it was stopped');
    const batch = await Promise.all(
      units.slice(begin, begin + size).map((unit, index) => runUnit(unit, begin + index, what, deps)),
    );
    ends.push(...batch);
    if (batch.some(({ outcome }) => outcome.status !== 'done')) return gather(ends, left);
    const isGated = left.length > 0 || batch.some(({ unit }) => unit.settle !== undefined);
    if (rolling === null || !isGated) continue;
    const unwell = (await gateAll(batch, rolling, deps)) ?? (await settleAll(batch));
    if (unwell !== null) return gather(ends, left, unwell);
  }
  return gather(ends, []);
}

async function runUnit(unit: PreparedUnit, index: number, what: UnitsToRun, deps: UnitsDeps): Promise<UnitEnd> {
  const output = createOutput(deps.redact);
  const run: StepRunDeps = {
    run: what.run,
    key: keyOf(what, index),
    by: what.by,
    driverOf: deps.driverOf,
    shellOf: deps.shellOf,
    runProbes: deps.runProbes,
    doors: deps.doors,
    secretOf: deps.secretOf,
    clock: deps.clock,
    signal: what.signal,
    redact: deps.redact,
    log: output.take,
  };
  const outcome = await tryUnit(unit, run, what, deps);
  const end = { unit, index, outcome: { ...outcome, summary: deps.redact(outcome.summary) }, run, log: output.text() };
  if (what.step.prepared.units.length > 1) await what.finished(end, what.step.prepared.units.length);
  return end;
}

/** A unit whose step may be repeated is tried again while it fails; every other one is carried out once. */
async function tryUnit(
  unit: PreparedUnit,
  run: StepRunDeps,
  { step, signal }: UnitsToRun,
  deps: UnitsDeps,
): Promise<UnitOutcome> {
  const retries = step.isIdempotent ? step.config.retries : null;
  for (let tries = 1; ; tries += 1) {
    const again = tries === 1 ? run : { ...run, key: `${run.key}.again-${tries}` };
    const outcome = await runOnce(unit, again, step, deps);
    if (outcome.status === 'done' || retries === null || tries > retries.times || signal.aborted) {
      return tries === 1 ? outcome : { ...outcome, summary: `${outcome.summary} (try ${tries})` };
    }
    await pause(deps.clock, retries.everySeconds * 1000, signal);
  }
}

async function runOnce(
  unit: PreparedUnit,
  run: StepRunDeps,
  step: ResolvedStep,
  { clock, logger }: UnitsDeps,
): Promise<UnitOutcome> {
  const { mutates } = step.prepared.planned;
  const limit = new AbortController();
  const limitMs = longestOf(step.config, step);
  const cancel = clock.after(limitMs, () => limit.abort());
  let cancelLate = () => {};
  const late = new Promise<UnitOutcome>((resolve) => {
    cancelLate = clock.after(limitMs + LAST_CALL_MS, () => {
      const summary = `no end within ${Math.round(limitMs / 1000)} s; it is no longer waited for`;
      resolve({ status: mutates ? 'unknown' : 'failed', summary });
    });
  });
  try {
    const signal = AbortSignal.any([run.signal, limit.signal]);
    return await Promise.race([unit.run({ ...run, signal }), late]);
  } catch (error) {
    const isKnown = error instanceof OpsError && error.family !== 'bug';
    if (!isKnown) logger.error({ err: error, run: run.run, key: run.key }, 'step broke off');
    const summary = isKnown ? `${error.message} ${error.remedy}` : 'it broke off inside; see the log';
    // a refusal is thrown before anything is done
    const isUndone = error instanceof OpsError && error.family === 'refusal';
    return { status: mutates && !isUndone ? 'unknown' : 'failed', summary };
  } finally {
    cancel();
    cancelLate();
  }
}

function longestOf({ timeoutSeconds }: StepConfig, { prepared }: ResolvedStep): number {
  const own = timeoutSeconds === null ? LONGEST_UNIT_MS : timeoutSeconds * 1000 + LAST_CALL_MS;
  return Math.max(own, (prepared.healthyWithinMs ?? 0) * 2);
}

async function gateAll(ends: readonly UnitEnd[], rolling: RollingConfig, deps: UnitsDeps): Promise<string | null> {
  const limits = { healthyWithinMs: rolling.healthyWithinSeconds * 1000, stableMs: rolling.stableSeconds * 1000 };
  const seen = await Promise.all(
    ends.map(async ({ unit, run }) => ({
      unit,
      gate: (await unit.gate?.(limits, run)) ?? { isWell: true, reason: '' },
    })),
  );
  const unwell = seen.filter(({ gate }) => !gate.isWell);
  if (unwell.length > 0) {
    return unwell.map(({ unit, gate }) => `${unit.name} did not come back well: ${gate.reason}`).join('; ');
  }
  if (rolling.probe === null) return null;
  const checks = await deps.runProbes([rolling.probe]);
  const bad = checks.find(({ result }) => result === 'fail' || result === 'unknown');
  return bad === undefined ? null : `${bad.probe} ${bad.result}: ${bad.summary}`;
}

/** Puts what is well into service, one after the other; null, or what went wrong. */
async function settleAll(ends: readonly UnitEnd[]): Promise<string | null> {
  const wrong: string[] = [];
  for (const { unit, run } of ends) {
    const said = (await unit.settle?.(run)) ?? null;
    if (said !== null) wrong.push(said);
  }
  return wrong.length === 0 ? null : wrong.join('; ');
}

function batchSize(rolling: RollingConfig | null, all: number): number {
  if (rolling === null) return 1;
  const { batch } = rolling;
  const size = 'count' in batch ? batch.count : Math.floor((all * batch.percent) / 100);
  return Math.max(1, size);
}

/** `RUN-1-restart`; a further target has its place added, a further try its number. */
function keyOf({ run, step, tries }: UnitsToRun, index: number): string {
  const place = index === 0 ? '' : `-${index + 1}`;
  return `${run}-${step.config.id}${place}${tries === 1 ? '' : `.${tries}`}`;
}

function gather(ends: readonly UnitEnd[], left: readonly PreparedUnit[], broken: string | null = null): StepOutcome {
  const checks = ends.flatMap(({ outcome }) => outcome.checks ?? []);
  const rest = left.length === 0 ? [] : [`not touched: ${left.map(({ name }) => name).join(', ')}`];
  const worst = ends.find(({ outcome }) => outcome.status === 'unknown') ?? ends.find(isBroken);
  const status = worst?.outcome.status ?? (broken === null ? 'done' : 'failed');
  const said = ends.length > 3 ? countEnds(ends) : ends.map(({ outcome }) => outcome.summary);
  return {
    status,
    summary: [...said, ...(broken === null ? [] : [broken]), ...rest].join('; '),
    checks: checks.length === 0 ? null : checks,
    results: Object.assign({}, ...[...ends].sort(brokenLast).map(({ outcome }) => outcome.results ?? {})),
    undo: ends.flatMap(({ outcome }) => stepIn(outcome.undo)).reverse(),
    keep: ends.flatMap(({ outcome }) => stepIn(outcome.keep)),
    log: ends.map(logOf).join(''),
    isTouched: ends.some(({ outcome }) => outcome.status !== 'failed'),
  };
}

/** `180 of 200 done; unknown: web-7; failed: web-9, …; web-7: no answer`: the first that broke by name, and why those in front did. */
function countEnds(ends: readonly UnitEnd[]): string[] {
  const broken = ends.filter(isBroken);
  const byStatus = (['unknown', 'failed'] as const).flatMap((status) => {
    const names = broken.filter(({ outcome }) => outcome.status === status).map(({ unit }) => unit.name);
    if (names.length === 0) return [];
    const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
    return [`${status}: ${names.slice(0, MOST_NAMED).join(', ')}${more}`];
  });
  const why = broken.slice(0, MOST_EXPLAINED).map(({ unit, outcome }) => withName(unit.name, outcome.summary));
  return [`${ends.length - broken.length} of ${ends.length} done`, ...(broken.length > 1 ? byStatus : []), ...why];
}

function isBroken({ outcome }: UnitEnd): boolean {
  return outcome.status !== 'done';
}

function brokenLast(one: UnitEnd, other: UnitEnd): number {
  return Number(isBroken(one)) - Number(isBroken(other)) || one.index - other.index;
}

function stepIn(step: UnitOutcome['undo']): UndoStep[] {
  return step === undefined ? [] : [{ kind: step.kind, body: step.body, hosts: step.hosts ?? [] }];
}

function logOf({ unit, outcome, log }: UnitEnd): string {
  const name = unit.name === '-' ? '' : `${unit.name}: `;
  return `${name}${outcome.status}: ${outcome.summary}\n${log === '' || log.endsWith('\n') ? log : `${log}\n`}`;
}
