import type { RemediationRule } from '../../core/config/config.ts';
import { compileLabelMatch } from '../../core/config/label-match.ts';
import type { RemediableIncident } from './deps.ts';

/** When the alert that a rule means has fired for long enough, by the one that fires longest; null: none that it means fires. */
export function ripeAt(
  rule: Pick<RemediationRule, 'match' | 'afterSeconds'>,
  incident: RemediableIncident,
): number | null {
  const isMeant = compileLabelMatch(rule.match);
  const since = incident.firing.filter(({ labels }) => isMeant(labels)).map((alert) => alert.since);
  return since.length === 0 ? null : Math.min(...since) + rule.afterSeconds * 1000;
}
