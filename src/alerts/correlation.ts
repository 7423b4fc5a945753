import type { RoutingConfig } from '../core/config/config.ts';
import { canonicalJson } from '../core/json.ts';
import { digestOf } from '../journal/digest.ts';
import type { Labels } from './payload.ts';

/** What brings an alert: the receiver and labels of its Alertmanager group. */
export interface AlertGroup {
  readonly receiver: string;
  readonly groupLabels: Labels;
}

/**
 * The key under which an alert finds its incident: channel and group (CONFIG.md, routes.yml). The group is receiver
 * and groupLabels, never groupKey, which changes with Alertmanager's configuration; or the alert's own values of the
 * label names of `group_by`. Label values are foreign text, so the key holds their digest.
 */
export function incidentKey(
  groupBy: RoutingConfig['groupBy'],
  channel: string,
  group: AlertGroup,
  labels: Labels,
): string {
  const parts =
    groupBy === 'alertmanager'
      ? [group.receiver, group.groupLabels]
      : groupBy.map((name) => [name, labels[name] ?? '']);
  return `${channel}|${digestOf(canonicalJson(parts))}`;
}
