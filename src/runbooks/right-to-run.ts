import type { Actor } from '../core/command.ts';
import { environmentOf } from './environment-of.ts';
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
  const config = deps.planDeps.config.current();
  const who = runbookOf(config, run.runbook)?.who ?? [];
  const about = { channel: incident?.channel ?? null, who, environment: environmentOf(run, config) };
  return deps.mayRun(actor, run.dry ? 'R0' : run.risk, run.service, about);
}
