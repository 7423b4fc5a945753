import type { ConfigSource } from '../core/config/config.ts';
import type { Journal } from '../journal/port.ts';
import type { IncidentFacts } from './plan.ts';
import type { MayRun } from './request.ts';
import { rightToRun } from './right-to-run.ts';
import { RUN_KIND } from './run-change.ts';
import type { RunRecord } from './run-record.ts';
import type { MayApprove } from './start-check.ts';

/** Whether whoever asked for a run, and whoever agreed to it, still may; a yes that was never given is none. */
export async function stillAgreed(
  id: string,
  deps: {
    readonly journal: Pick<Journal, 'aggregate'>;
    readonly config: ConfigSource;
    readonly incident: IncidentFacts;
    readonly mayRun: MayRun;
    readonly mayApprove: MayApprove;
  },
): Promise<{ readonly allowed: boolean; readonly reason: string }> {
  const run = (await deps.journal.aggregate<RunRecord>(RUN_KIND, id))?.state;
  if (run?.approval?.state !== 'given') return { allowed: false, reason: 'nobody agreed to it' };
  const right = await rightToRun(run.by, run, { mayRun: deps.mayRun, planDeps: deps });
  const { by, breakGlass } = run.approval;
  if (!right.allowed || by === null || breakGlass) return right;
  return deps.mayApprove(by, run);
}
