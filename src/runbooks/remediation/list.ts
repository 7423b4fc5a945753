import { definitionOf } from './change-rule.ts';
import type { RemediationDeps } from './deps.ts';
import { freshRule, REMEDIATION, type RemediationState } from './remediation-state.ts';

/** A rule as the command line prints it. */
export interface ListedRule {
  readonly rule: string;
  /** `disabled`: by the configuration; `off`: it switched itself off. */
  readonly state: 'on' | 'disabled' | 'off';
  readonly runbook: string;
  readonly misses: number;
  readonly mostMisses: number;
  /** Runs that it asked for within the last hour, and the most that it may. */
  readonly lastHour: number;
  readonly mostPerHour: number;
  /** Runs that it ever asked for. */
  readonly runs: number;
  /** Its runs that are not over. */
  readonly open: ReadonlyArray<{ readonly run: string | null; readonly incident: string }>;
}

const HOUR_MS = 3600_000;

/** Every rule of the configuration in force, with what it has done. */
export async function listRules({
  journal,
  config,
  clock,
}: Pick<RemediationDeps, 'journal' | 'config' | 'clock'>): Promise<ListedRule[]> {
  const listed: ListedRule[] = [];
  for (const rule of config.current().policy.remediation) {
    const row = await journal.aggregate<RemediationState>(REMEDIATION, rule.name);
    const state = row?.state ?? freshRule(rule.name);
    const isOff = state.status === 'off' && state.offAs === definitionOf(rule);
    listed.push({
      rule: rule.name,
      state: !rule.isOn ? 'disabled' : isOff ? 'off' : 'on',
      runbook: rule.runbook,
      misses: state.misses,
      mostMisses: rule.mostMisses,
      lastHour: state.recent.filter((at) => at > clock.now() - HOUR_MS).length,
      mostPerHour: rule.mostPerHour,
      runs: state.asked,
      open: state.open.map(({ run, incident }) => ({ run, incident })),
    });
  }
  return listed;
}
