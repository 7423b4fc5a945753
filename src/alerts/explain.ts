import type { Config, LabelMatch, Severity } from '../core/config/config.ts';
import type { Labels } from './payload.ts';
import { compileRoutes, createFindService, type ServiceReason } from './routing.ts';

/** Why an alert goes where it goes: what `check --explain` says before it says who is paged. */
export interface ExplainedAlert {
  readonly labels: Labels;
  /** It proves that alerts arrive, and opens nothing: the rest is then what would hold for another alert. */
  readonly watchdog: boolean;
  /** The first route that matches; null: none does, and the defaults hold. */
  readonly route: { readonly position: number; readonly match: string } | null;
  readonly severity: Severity;
  readonly channel: string;
  /** No thread of its own: the daily digest tells it. */
  readonly digest: boolean;
  readonly service: { readonly name: string | null; readonly because: ServiceReason };
  readonly runbooks: readonly string[];
  readonly policyContact: string | null;
  /** What makes alerts one incident: Alertmanager's own group, or the values of these labels. */
  readonly group:
    | { readonly by: 'alertmanager' }
    | { readonly by: 'labels'; readonly values: Readonly<Record<string, string>> };
}

/** Explains one alert by its labels, as the configuration would route it. */
export function explainAlert(config: Config, labels: Labels): ExplainedAlert {
  const routed = compileRoutes(config)(labels);
  const route = config.routing.routes.find(({ position }) => position === routed.route) ?? null;
  const { service: name, because } = createFindService(config)(route, labels);
  return {
    labels,
    watchdog: labels.alertname === config.routing.watchdog.alertname,
    route: route === null ? null : { position: route.position, match: writeMatch(route.match) },
    severity: routed.severity,
    channel: routed.channel,
    digest: config.severities[routed.severity].digest,
    service: { name, because },
    runbooks: routed.runbooks,
    policyContact: routed.policyContact,
    group: groupOf(config.routing.groupBy, labels),
  };
}

function groupOf(groupBy: Config['routing']['groupBy'], labels: Labels): ExplainedAlert['group'] {
  if (groupBy === 'alertmanager') return { by: 'alertmanager' };
  return { by: 'labels', values: Object.fromEntries(groupBy.map((name) => [name, labels[name] ?? ''])) };
}

/** As it stands in routes.yml: `{ severity: critical, component: [application, health] }`. */
function writeMatch(match: Readonly<Record<string, LabelMatch>>): string {
  const conditions = Object.entries(match).map(([label, wanted]) => `${label}: ${writeWanted(wanted)}`);
  return conditions.length === 0 ? '{}' : `{ ${conditions.join(', ')} }`;
}

function writeWanted(wanted: LabelMatch): string {
  if (wanted.kind === 'pattern') return `/${wanted.pattern}/`;
  const [first = ''] = wanted.values;
  return wanted.values.length === 1 ? first : `[${wanted.values.join(', ')}]`;
}
