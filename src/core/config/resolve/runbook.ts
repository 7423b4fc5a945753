import type { ParameterConfig, RunbookConfig, StepConfig } from '../config.ts';
import { type RunbookFile, STEP_KINDS, type WrittenStep } from '../schema/runbook.ts';
import { mapRecord } from './records.ts';

/** A runbook as rooms read it; steps of `verify` without an id are named `verify-1`, `verify-2`, … */
export function resolveRunbook(file: RunbookFile): RunbookConfig {
  return {
    runbook: file.runbook,
    summary: file.summary,
    risk: file.risk,
    parameters: mapRecord(file.parameters, resolveParameter),
    steps: file.steps.flatMap((step) => resolveStep(step, step.id)),
    verify: file.verify.flatMap((step, index) => resolveStep(step, step.id ?? `verify-${index + 1}`)),
    who: [],
    approvals: 0,
    cooldownSeconds: null,
    mostTargets: null,
    onFailure: 'stop',
  };
}

function resolveParameter(parameter: RunbookFile['parameters'][string]): ParameterConfig {
  return {
    type: parameter.type,
    options: parameter.options ?? [],
    default: parameter.default ?? null,
    required: parameter.required ?? parameter.default === undefined,
    min: null,
    max: null,
    pattern: null,
    says: null,
  };
}

function resolveStep(step: WrittenStep, id: string): StepConfig[] {
  const kind = STEP_KINDS.find((each) => step[each] !== undefined);
  if (kind === undefined) return [];
  const plain = { on: null, when: {}, retries: null, timeoutSeconds: null, rolling: null, undo: null, hold: null };
  return [{ id, kind, body: step[kind], ...plain, isIdempotent: null }];
}
