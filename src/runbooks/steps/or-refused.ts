import { OpsError } from '../../core/errors.ts';
import type { StepRunDeps, UnitOutcome } from './step.ts';

/** Makes of a refusal that is met on the way, before anything was done, what a unit answers: it throws only for bugs. */
export function orRefused(
  run: (deps: StepRunDeps) => Promise<UnitOutcome>,
): (deps: StepRunDeps) => Promise<UnitOutcome> {
  return async (deps) => {
    try {
      return await run(deps);
    } catch (error) {
      if (!(error instanceof OpsError) || error.family === 'bug') throw error;
      return { status: 'failed', summary: `${error.message} ${error.remedy}` };
    }
  };
}
