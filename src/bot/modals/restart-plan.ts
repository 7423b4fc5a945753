import { digestOf } from '../../journal/digest.ts';
import type { Plan } from '../../runbooks/run-state.ts';
import { referenceOf } from '../commands/reference.ts';
import type { Desk } from '../listen/deps.ts';
import type { Answer } from '../render/answers/answer.ts';
import { renderThrown } from '../render/answers/refusal.ts';
import type { RestartChoices, RestartMeta } from './restart-view.ts';

export interface PlannedRestart {
  /** The metadata with the plan's hash and targets filled in. */
  readonly meta: RestartMeta;
  readonly plan: Plan | { readonly problem: Answer };
}

/** Plans the restart that was chosen; a refusal becomes the words to show. Never throws. */
export async function planRestart(meta: RestartMeta, deps: Desk): Promise<PlannedRestart> {
  try {
    const plan = await deps.plan({ runbook: 'restart', parameters: parametersOf(meta, deps), incident: meta.incident });
    return { meta: { ...meta, planHash: plan.hash, targets: targetsDigest(plan) }, plan };
  } catch (error) {
    const reference = referenceOf(`${meta.service}${deps.clock.now()}`);
    deps.logger.warn({ err: error, reference, service: meta.service }, 'restart could not be planned');
    const problem = renderThrown(error, 'plan the restart', reference);
    return { meta: { ...meta, planHash: null, targets: null }, plan: { problem } };
  }
}

/** The runbook's parameters for what was chosen; `mode` only when the runbook has it. */
export function parametersOf(choice: Pick<RestartMeta, 'service' | 'mode'>, deps: Desk): Record<string, string> {
  const hasMode = restartChoices(deps).modes.length > 0;
  return hasMode ? { service: choice.service, mode: choice.mode } : { service: choice.service };
}

/** What may be chosen in the form, from the configuration in force. */
export function restartChoices(deps: Pick<Desk, 'config'>): RestartChoices & { readonly defaultMode: string } {
  const config = deps.config.current();
  const mode = config.runbooks.restart?.parameters.mode;
  const modes = mode?.options ?? [];
  return {
    services: Object.keys(config.services),
    modes,
    defaultMode: typeof mode?.default === 'string' ? mode.default : (modes[0] ?? ''),
  };
}

function targetsDigest(plan: Plan): string {
  return digestOf(plan.targets.map((target) => `${target.host}/${target.service}/${target.id}`).join('\n'));
}
