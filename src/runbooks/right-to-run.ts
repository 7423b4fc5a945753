import type { Actor } from '../core/command.ts';
import { runbookOf } from './own-runbooks.ts';
import type { PlanDeps } from './plan.ts';
import type { MayRun } from './request.ts';
import type { RunRecord } from './run-record.ts';

/** Whether somebody may do something with a run that is there: by its risk, its incident's channel and its runbook's `who`, as they are now. */
export async function rightToRun(
  actor: Actor,
  run: RunRecord,
  deps: { readonly mayRun: MayRun; readonly planDeps: Pick<PlanDeps, 'config' | 'incident'> },
): Promise<{ readonly allowed: boolean; readonly reason: string }> {
  const incident = run.incident === null ? null : await deps.planDeps.incident(run.incident);
  const who = runbookOf(deps.planDeps.config.current(), run.runbook)?.who ?? [];
  return deps.mayRun(actor, run.dry ? 'R0' : run.risk, run.service, { channel: incident?.channel ?? null, who });
}
