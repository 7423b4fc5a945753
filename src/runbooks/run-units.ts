import type { Clock } from '../core/clock.ts';
import type { RollingConfig } from '../core/config/config.ts';
import { refuse } from '../core/errors.ts';
import type { DriverOf } from '../hosts/driver.ts';
import type { ShellOf } from '../hosts/shell.ts';
import type { CheckResult, RunProbes } from '../probes/check.ts';
import type { PreparedStep, PreparedUnit, StepDoors, StepRunDeps, UnitOutcome } from './steps/step.ts';

export interface UnitsDeps {
  readonly clock: Clock;
  readonly driverOf: DriverOf;
  readonly shellOf: ShellOf;
  readonly doors: StepDoors;
  readonly runProbes: RunProbes;
  readonly signal: AbortSignal;
}

/** What a step came to, all its targets together. */
export interface StepOutcome {
  readonly status: 'done' | 'failed' | 'unknown';
  /** One line of plain text; may hold foreign text. */
  readonly summary: string;
  readonly checks: readonly CheckResult[] | null;
}

/**
 * Carries out a step target by target, batch by batch: the first batch in which one does not come to `done`, or is
 * not well again where that is asked for, ends it; the rest is left alone and named.
 */
export async function runUnits(
  what: { readonly run: string; readonly step: PreparedStep },
  deps: UnitsDeps,
): Promise<StepOutcome> {
  const { units } = what.step;
  const rolling = what.step.rolling ?? null;
  const size = batchSize(rolling, units.length);
  const said: string[] = [];
  const checks: CheckResult[] = [];
  for (let begin = 0; begin < units.length; begin += size) {
    const batch = units.slice(begin, begin + size);
    const left = units.slice(begin + size);
    const ends = await Promise.all(batch.map((unit, index) => runUnit(unit, begin + index, what, deps)));
    for (const { outcome } of ends) {
      said.push(outcome.summary);
      checks.push(...(outcome.checks ?? []));
    }
    const broken = ends.find(({ outcome }) => outcome.status !== 'done');
    if (broken !== undefined) return stopped(broken.outcome.status, said, left, checks);
    if (rolling === null || left.length === 0) continue;
    const unwell = await gateAll(ends, rolling);
    if (unwell.length === 0) continue;
    return stopped('failed', [...said, ...unwell], left, checks);
  }
  return { status: 'done', summary: said.join('; '), checks: checks.length === 0 ? null : checks };
}

interface UnitEnd {
  readonly unit: PreparedUnit;
  readonly outcome: UnitOutcome;
  readonly run: StepRunDeps;
}

async function runUnit(
  unit: PreparedUnit,
  index: number,
  { run, step }: { readonly run: string; readonly step: PreparedStep },
  deps: UnitsDeps,
): Promise<UnitEnd> {
  const key = index === 0 ? `${run}-${step.planned.id}` : `${run}-${step.planned.id}-${index + 1}`;
  const runDeps: StepRunDeps = {
    ...deps,
    run,
    key,
    by: 'auto',
    log: () => undefined,
    secretOf: ({ secret }) => {
      throw refuse('SECRET_UNKNOWN', `There is no secret ${secret}.`, `Set ${secret} or ${secret}_FILE.`);
    },
  };
  return { unit, run: runDeps, outcome: await unit.run(runDeps) };
}

async function gateAll(ends: readonly UnitEnd[], rolling: RollingConfig): Promise<string[]> {
  const limits = { healthyWithinMs: rolling.healthyWithinSeconds * 1000, stableMs: rolling.stableSeconds * 1000 };
  const seen = await Promise.all(
    ends.map(async ({ unit, run }) => ({
      unit,
      gate: (await unit.gate?.(limits, run)) ?? { isWell: true, reason: '' },
    })),
  );
  return seen.flatMap(({ unit, gate }) => (gate.isWell ? [] : [`${unit.name} did not come back well: ${gate.reason}`]));
}

function batchSize(rolling: RollingConfig | null, all: number): number {
  if (rolling === null) return 1;
  const { batch } = rolling;
  const size = 'count' in batch ? batch.count : Math.floor((all * batch.percent) / 100);
  return Math.max(1, size);
}

function stopped(
  status: 'done' | 'failed' | 'unknown',
  said: readonly string[],
  left: readonly PreparedUnit[],
  checks: readonly CheckResult[],
): StepOutcome {
  const rest = left.length === 0 ? [] : [`not touched: ${left.map(({ name }) => name).join(', ')}`];
  return {
    status: status === 'unknown' ? 'unknown' : 'failed',
    summary: [...said, ...rest].join('; '),
    checks: checks.length === 0 ? null : checks,
  };
}
