import type { StepConfig } from '../../core/config/config.ts';
import { probeStep } from './probe.ts';
import { serviceRestartStep } from './service-restart.ts';
import type { StepKind } from './step.ts';
import { waitStep } from './wait.ts';

const KINDS: Readonly<Record<StepConfig['kind'], StepKind>> = {
  probe: probeStep,
  'service.restart': serviceRestartStep,
  wait: waitStep,
};

/** The kind of a step. Every kind that the configuration accepts has one. */
export function stepKind(kind: StepConfig['kind']): StepKind {
  return KINDS[kind];
}

/** The step's own keys, whether they stand beneath its kind or by themselves. */
export function stepBody(step: StepConfig): unknown {
  return Object.hasOwn(step.with, step.kind) ? step.with[step.kind] : step.with;
}
