import type { Environment } from './env-references.ts';
import type { StepShape } from './step-shape.ts';

/** What a configuration is read with. */
export interface LoadInputs {
  readonly env: Environment;
  /** Kinds of step that runbooks may be made of. */
  readonly steps: readonly StepShape[];
}
