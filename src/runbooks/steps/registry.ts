import { probeStep } from './probe.ts';
import { serviceRestartStep } from './service-restart.ts';
import { serviceStartStep } from './service-start.ts';
import { serviceStopStep } from './service-stop.ts';
import type { StepKind } from './step.ts';
import { waitStep } from './wait.ts';

/** Every kind of step; a new one is its file and a line here. */
export const STEP_KINDS: readonly StepKind[] = [
  probeStep,
  serviceRestartStep,
  serviceStartStep,
  serviceStopStep,
  waitStep,
].map((kind) => kind as StepKind);

/** The kind of that name; undefined when there is none. */
export function stepKind(kind: string): StepKind | undefined {
  return STEP_KINDS.find((each) => each.kind === kind);
}
