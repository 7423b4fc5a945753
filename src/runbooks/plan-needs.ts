import type { Config, PolicyConfig, RunbookConfig, RunMatch } from '../core/config/config.ts';
import type { Plan } from './run-state.ts';

export interface NeedsAsked {
  /** With the risk that this run has. */
  readonly runbook: RunbookConfig;
  /** Why that is higher than what the runbook says. */
  readonly riskBecause: readonly string[];
  /** What it changes: services by name. */
  readonly services: readonly string[];
  /** Why a step of it needs a second person, in words. */
  readonly steps: readonly string[];
  /** Why it is frozen, in words; an approval overrides that. */
  readonly frozen: readonly string[];
}

/**
 * Who has to agree to a run, and why (CONFIG.md, Rights: R3 needs a second person; policy.yml names more; a freeze is
 * overridden by an approval).
 */
export function needsOf({ runbook, riskBecause, services, steps, frozen }: NeedsAsked, config: Config): Plan['needs'] {
  const because = [
    ...(runbook.risk === 'R3' ? [['its risk is R3', ...riskBecause].join(': ')] : []),
    ...(runbook.approvals > 0 ? ['the runbook asks for it'] : []),
    ...(isRequired(runbook, services, config) ? ['policy.yml asks for it'] : []),
    ...steps,
    ...frozen,
  ];
  if (because.length === 0) return { approvals: 0, roles: ['responder'], because };
  return { approvals: 1, roles: ['responder', 'approver'], because };
}

function isRequired(runbook: RunbookConfig, services: readonly string[], config: Config): boolean {
  const { required }: PolicyConfig['approvals'] = config.policy.approvals;
  return required.some((match) => isMeant(match, runbook, services, config));
}

/** Whether a run is one of those that a rule of policy.yml means; an empty list means whatever it is. */
export function isMeant(match: RunMatch, runbook: RunbookConfig, services: readonly string[], config: Config): boolean {
  const environments = services.map((service) => config.services[service]?.environment ?? null);
  return (
    (match.runbooks.length === 0 || match.runbooks.includes(runbook.runbook)) &&
    (match.risks.length === 0 || match.risks.includes(runbook.risk)) &&
    (match.services.length === 0 || services.some((service) => match.services.includes(service))) &&
    (match.environments.length === 0 || environments.some((each) => each !== null && match.environments.includes(each)))
  );
}
