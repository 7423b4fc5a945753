import { refuse } from '../../../core/errors.ts';
import type { CliContext } from '../../context.ts';
import type { PlanJson } from '../../shapes.ts';

/** The plan of a run, as it was asked for; a refusal when there is none. */
export async function planOf(id: string, context: CliContext): Promise<PlanJson> {
  const plan = await context.read('run-plan', { id }, (api) => api.runPlan(id));
  if (plan !== null) return plan;
  throw refuse('RUN_UNKNOWN', `There is no plan of ${id}.`, 'List the runs with: gianna-ops runs');
}
