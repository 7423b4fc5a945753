import type { RunbookConfig } from '../../../core/config/config.ts';
import { digestOf } from '../../../journal/digest.ts';
import type { Plan } from '../../../runbooks/run-state.ts';
import { referenceOf } from '../../commands/reference.ts';
import type { Desk } from '../../listen/deps.ts';
import type { Answer } from '../../render/answers/answer.ts';
import { renderThrown } from '../../render/answers/refusal.ts';
import { digestsOf, type RunMeta } from './run-meta.ts';
import { missingParameters, type RunValues, wrongParameters } from './run-values.ts';

/** What the form shows beneath its fields. */
export type ShownInForm =
  | { readonly kind: 'plan'; readonly plan: Plan }
  /** Required fields that are empty yet. */
  | { readonly kind: 'missing'; readonly names: readonly string[] }
  /** By field. */
  | { readonly kind: 'wrong'; readonly errors: Readonly<Record<string, string>> }
  | { readonly kind: 'problem'; readonly answer: Answer };

export interface PlannedForm {
  /** With the plan's hash and targets filled in; without a plan with none. */
  readonly meta: RunMeta;
  readonly shown: ShownInForm;
}

/** Plans what stands in the form; a refusal becomes the words to show. Never throws. */
export async function planForm(
  runbook: RunbookConfig,
  meta: RunMeta,
  values: RunValues,
  deps: Desk,
): Promise<PlannedForm> {
  const { parameters, dryRun } = values;
  const without = { ...meta, planHash: null, targets: null, risk: null, dryRun, shown: {} };
  try {
    const facts = await valueFacts(meta.incident, deps);
    const names = missingParameters(runbook, parameters, facts);
    if (names.length > 0) return { meta: without, shown: { kind: 'missing', names } };
    const errors = wrongParameters(runbook, parameters, facts);
    if (Object.keys(errors).length > 0) return { meta: without, shown: { kind: 'wrong', errors } };
    const plan = await deps.plan({ runbook: runbook.runbook, parameters, incident: meta.incident });
    // a form that cannot be run agrees to nothing: its next submission only looks again
    if (!isRunnable(plan, values)) return { meta: without, shown: { kind: 'plan', plan } };
    const seen = { planHash: plan.hash, targets: targetsDigest(plan), risk: plan.risk, shown: digestsOf(parameters) };
    return { meta: { ...without, ...seen }, shown: { kind: 'plan', plan } };
  } catch (error) {
    const reference = referenceOf(`${runbook.runbook}${deps.clock.now()}`);
    deps.logger.warn({ err: error, reference, runbook: runbook.runbook }, 'run could not be planned');
    return { meta: without, shown: { kind: 'problem', answer: renderThrown(error, 'plan it', reference) } };
  }
}

/** Whether it could be asked for now; to look at what is in the way is no harm. */
export function isRunnable({ blockedBy }: Plan, { dryRun }: RunValues): boolean {
  return dryRun || blockedBy.length === 0;
}

/** What parameters are checked against. */
export async function valueFacts(incident: string | null, deps: Desk) {
  const incidentService = incident === null ? null : ((await deps.incident(incident))?.service ?? null);
  return { config: deps.config.current(), incidentService };
}

function targetsDigest(plan: Plan): string {
  return digestOf(plan.targets.map((target) => `${target.host}/${target.service}/${target.id}`).join('\n'));
}
