import type { ModalView } from '@slack/types';
import type { Risk, RunbookConfig } from '../../../core/config/config.ts';
import { graver } from '../../../runbooks/risk.ts';
import type { Plan } from '../../../runbooks/run-state.ts';
import type { Desk } from '../../listen/deps.ts';
import { plain } from '../../mrkdwn.ts';
import { digestsOf, type RunMeta } from './run-meta.ts';
import { isRunnable, planForm } from './run-plan.ts';
import type { RunValues } from './run-values.ts';
import { renderRunForm, renderRunLoading } from './run-view.ts';

/** Slack waits three seconds for the acknowledgement; the plan may take this much of them. */
const PLAN_PATIENCE_MS = 1_000;

type AgreedPlan =
  /** `risk`: of that plan, which may be above the runbook's own. */
  | { readonly kind: 'agreed'; readonly planHash: string; readonly risk: Risk }
  | { readonly kind: 'blocked'; readonly text: string }
  /** `isPlanned`: false while the plan is still being made. */
  | { readonly kind: 'look-again'; readonly view: ModalView; readonly isPlanned: boolean };

/**
 * The plan that its reader agreed to. Another choice on the very targets that were shown is agreed too; whatever else
 * was changed has to be looked at: it is shown, and nothing is run.
 */
export async function agreedPlan(
  { runbook, meta, values }: { runbook: RunbookConfig; meta: RunMeta; values: RunValues },
  deps: Desk,
): Promise<AgreedPlan> {
  const changed = changedNames(meta, values);
  // what was shown as a dry run is not carried out because somebody was faster than the form
  const saidLess = meta.dryRun && !values.dryRun;
  const isSeen = meta.planHash !== null && !saidLess;
  if (isSeen && meta.planHash !== null && changed.length === 0) {
    return { kind: 'agreed', planHash: meta.planHash, risk: graver(meta.risk ?? runbook.risk, runbook.risk) };
  }
  const late = new Promise<null>((resolve) => deps.clock.after(PLAN_PATIENCE_MS, () => resolve(null)));
  const planned = await Promise.race([planForm(runbook, meta, values, deps), late]);
  if (planned === null) return { kind: 'look-again', view: renderRunLoading(runbook, meta, values), isPlanned: false };
  const { shown } = planned;
  const isGrave = runbook.risk === 'R3' || (shown.kind === 'plan' && shown.plan.risk === 'R3');
  const isChoice = !isGrave && changed.every((name) => runbook.parameters[name]?.type === 'choice');
  if (
    shown.kind === 'plan' &&
    graver(runbook.risk, shown.plan.risk) !== 'R3' &&
    isSeen &&
    isChoice &&
    planned.meta.targets === meta.targets
  ) {
    const { plan } = shown;
    if (isRunnable(plan, values)) return { kind: 'agreed', planHash: plan.hash, risk: graver(plan.risk, runbook.risk) };
    return { kind: 'blocked', text: reasons(plan.blockedBy) };
  }
  const view = renderRunForm(runbook, planned, values, deps.config.current());
  return { kind: 'look-again', view, isPlanned: true };
}

/** Parameters that are others than those of the plan that was shown. */
function changedNames({ shown }: RunMeta, { parameters }: RunValues): string[] {
  const now = digestsOf(parameters);
  const names = new Set([...Object.keys(now), ...Object.keys(shown)]);
  return [...names].filter((name) => now[name] !== shown[name]);
}

function reasons(blockedBy: Plan['blockedBy']): string {
  return blockedBy
    .map(({ reason }) => plain(reason, 600))
    .join(' · ')
    .slice(0, 1900);
}
