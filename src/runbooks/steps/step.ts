import type { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import type { Config, StepConfig } from '../../core/config/config.ts';
import { refuse } from '../../core/errors.ts';
import type { DriverOf } from '../../hosts/driver.ts';
import type { CheckResult, RunProbes } from '../../probes/check.ts';
import type { PlannedStep, PlanTarget } from '../run-state.ts';

/** One kind of step. Comes in: the step's own keys, substituted. Goes out: what it would do, and the way to do it. */
export interface StepKind {
  readonly kind: StepConfig['kind'];
  /** Looks, changes nothing. Refuses keys that it cannot read; what stands in its way goes into `blockedBy`. */
  plan(input: StepInput, deps: StepPlanDeps): Promise<PreparedStep>;
}

export interface StepInput {
  readonly id: string;
  /** The step's own keys after substitution. */
  readonly body: unknown;
  /** Services that earlier steps of this run change, in order. */
  readonly changed: readonly string[];
  /** The service the run is about, when a parameter names one. */
  readonly service: string | null;
}

export interface StepPlanDeps {
  readonly config: Config;
  readonly driverOf: DriverOf;
}

/** A step with its targets resolved: bound to ids, not to names. */
export interface PreparedStep {
  readonly planned: PlannedStep;
  readonly targets: readonly PlanTarget[];
  /** What an approval is bound to, one object a target. */
  readonly facts: ReadonlyArray<Readonly<Record<string, string>>>;
  /** Services it changes. */
  readonly changes: readonly string[];
  /** Probes it runs. */
  readonly probes: readonly string[];
  readonly blockedBy: ReadonlyArray<{ readonly kind: string; readonly reason: string }>;
  /** For how long from its begin the runbook gives what it changed to become healthy, milliseconds. */
  readonly healthyWithinMs?: number;
  /** Carries it out, once. Throws only for bugs. */
  run(deps: StepRunDeps): Promise<StepOutcome>;
}

export interface StepRunDeps {
  /** `RUN-<n>`. */
  readonly run: string;
  readonly driverOf: DriverOf;
  readonly runProbes: RunProbes;
  readonly clock: Clock;
  /** Aborts what only looks; a call that changes something is never cut. */
  readonly signal: AbortSignal;
}

export interface StepOutcome {
  readonly status: 'done' | 'failed' | 'unknown';
  /** One line of plain text; may hold foreign text. */
  readonly summary: string;
  readonly checks: readonly CheckResult[] | null;
}

/** Reads a step's own keys; a refusal names the step and the key. */
export function readBody<T>(schema: z.ZodType<T>, input: StepInput): T {
  const read = schema.safeParse(input.body);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? '' : ` (${issue.path.join('.')})`;
  throw refuse(
    'RUNBOOK_STEP',
    `The step "${input.id}" cannot be read${where}: ${issue?.message ?? 'wrong shape'}.`,
    'Correct the runbook file; `gianna-ops check` names the line.',
  );
}
