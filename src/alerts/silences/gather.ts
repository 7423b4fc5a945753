/** What a silence would mute, gathered for the judgement: from the store, and from Alertmanager when it is asked. */
import type { ActiveAlert } from '../alertmanager.ts';
import type { IncidentState } from '../incident-state.ts';
import type { RouteAlert } from '../routing.ts';
import type { MutedAlert } from './blast.ts';
import type { Case } from './case.ts';
import { mutedSince } from './history.ts';
import { compileMatchers } from './match.ts';
import { labelsOfMatchers } from './narrow.ts';
import type { SilenceRequest } from './request.ts';
import type { SilenceDeps } from './sources.ts';

export type GatherDeps = Pick<SilenceDeps, 'journal' | 'config' | 'clock' | 'route'>;

/** A case, and how much of the history could not be read any more. */
export interface Gathered {
  readonly given: Case;
  readonly erased: number;
}

const WEEK_MS = 7 * 86_400_000;

/** Gathers the case of a request whose matchers are sound. `held`: what Alertmanager has; null: it was not asked. */
export async function gatherCase(
  deps: GatherDeps,
  request: SilenceRequest,
  held: readonly ActiveAlert[] | null,
): Promise<Gathered> {
  const { routing } = deps.config.current();
  const route = deps.route();
  const matches = compileMatchers(request.matchers);
  const { alerts, erased } = await mutedSince(deps.journal, matches, route, deps.clock.now() - WEEK_MS);
  const firing = alerts.filter((alert) => alert.firing);
  const known = new Set(firing.map(({ fingerprint }) => fingerprint));
  const further = (held ?? []).filter(({ fingerprint, labels }) => !known.has(fingerprint) && matches(labels));
  const given: Case = {
    request,
    incident: await incidentOf(deps, request),
    now: [...firing, ...further.map((alert) => mutedOf(alert, route))],
    week: alerts,
    openP0: await openP0(deps),
    routed: route(labelsOfMatchers(request.matchers)),
    longest: routing.silences.longestSeconds,
    watchdog: routing.watchdog.alertname,
  };
  return { given, erased };
}

async function incidentOf({ journal }: GatherDeps, { incident }: SilenceRequest): Promise<Case['incident']> {
  const row = incident === undefined ? null : await journal.aggregate<IncidentState>('incident', incident);
  return row === null ? null : { id: row.id, severity: row.state.severity, service: row.state.service };
}

async function openP0({ journal }: GatherDeps): Promise<ReadonlySet<string>> {
  const rows = await journal.aggregates<IncidentState>('incident', { open: true });
  const isP0 = ({ status, severity }: IncidentState) =>
    severity === 'P0' && status !== 'resolved' && status !== 'closed';
  return new Set(rows.filter(({ state }) => isP0(state)).map(({ id }) => id));
}

function mutedOf({ fingerprint, labels }: ActiveAlert, route: RouteAlert): MutedAlert {
  const { severity, service } = route(labels);
  return { fingerprint, incident: null, severity, service, labels, firing: true };
}
