import type { ParameterConfig, RollingConfig, RunbookConfig, StepCondition, StepConfig } from '../config.ts';
import type { RunbookFile } from '../schema/runbook.ts';
import { kindOf, type WrittenStep, type WrittenUndo } from '../schema/step.ts';
import type { StepShape } from '../step-shape.ts';
import { mapRecord, seconds } from './records.ts';
import { toThreshold } from './thresholds.ts';

const HEALTHY_WITHIN = '90s';
const STABLE = '10s';

/** A runbook as rooms read it. */
export function resolveRunbook(file: RunbookFile, shapes: readonly StepShape[]): RunbookConfig {
  return {
    runbook: file.runbook,
    summary: file.summary,
    risk: file.risk,
    riskWhen: (file.risk_when ?? []).map((rule) => ({
      when: mapRecord(rule.if, resolveCondition),
      risk: rule.risk,
      says: rule.says ?? null,
    })),
    parameters: mapRecord(file.parameters, resolveParameter),
    steps: file.steps.flatMap((step, index) => resolveStep(step, idOf('steps', step, index), shapes)),
    verify: file.verify.flatMap((step, index) => resolveStep(step, idOf('verify', step, index), shapes)),
    who: file.who ?? [],
    approvals: file.approvals ?? 0,
    cooldownSeconds: file.cooldown === undefined ? null : seconds(file.cooldown),
    mostTargets: file.most_targets ?? null,
    onFailure: file.on_failure ?? 'stop',
    word: file.word ?? null,
  };
}

/** Steps without an id are named by where they stand: `verify-1`, `verify-2`, … */
export function idOf(section: 'steps' | 'verify', step: WrittenStep, index: number): string {
  return step.id ?? `${section}-${index + 1}`;
}

/** A parameter as rooms read it. */
export function resolveParameter(parameter: RunbookFile['parameters'][string]): ParameterConfig {
  return {
    type: parameter.type,
    list: parameter.list ?? parameter.type === 'hosts',
    options: parameter.options ?? [],
    default: parameter.default ?? null,
    required: parameter.required ?? parameter.default === undefined,
    min: resolveBound(parameter.min),
    max: resolveBound(parameter.max),
    pattern: parameter.pattern ?? null,
    says: parameter.says ?? null,
  };
}

function resolveBound(bound: string | number | undefined): number | null {
  if (bound === undefined) return null;
  return typeof bound === 'number' ? bound : seconds(bound);
}

function resolveStep(step: WrittenStep, id: string, shapes: readonly StepShape[]): StepConfig[] {
  const found = kindOf(step, shapes);
  if (found === null) return [];
  const { retries } = step;
  return [
    {
      id,
      kind: found.shape.kind,
      body: found.body,
      on: step.on ?? null,
      when: mapRecord(step.when ?? {}, resolveCondition),
      retries: retries === undefined ? null : { times: retries.times, everySeconds: seconds(retries.every) },
      timeoutSeconds: step.timeout === undefined ? null : seconds(step.timeout),
      rolling: step.rolling === undefined ? null : resolveRolling(step.rolling),
      undo: step.undo === undefined ? null : resolveUndo(step.undo, shapes),
      hold: step.hold ?? null,
      isIdempotent: step.idempotent ?? null,
    },
  ];
}

type WrittenCondition = NonNullable<WrittenStep['when']>[string];

function resolveCondition(written: WrittenCondition): StepCondition {
  const threshold = typeof written === 'string' ? toThreshold(written) : null;
  if (threshold !== null) return { kind: 'threshold', threshold };
  return { kind: 'values', values: Array.isArray(written) ? written : [written] };
}

function resolveRolling(written: NonNullable<WrittenStep['rolling']>): RollingConfig {
  const { batch } = written;
  return {
    batch: typeof batch === 'number' ? { count: batch } : { percent: Number.parseInt(batch, 10) },
    healthyWithinSeconds: seconds(written.healthy_within ?? HEALTHY_WITHIN),
    stableSeconds: seconds(written.stable ?? STABLE),
    probe: written.probe ?? null,
  };
}

function resolveUndo(undo: WrittenUndo, shapes: readonly StepShape[]): StepConfig['undo'] {
  const found = kindOf(undo, shapes);
  return found === null ? null : { kind: found.shape.kind, body: found.body, on: undo.on ?? null };
}
