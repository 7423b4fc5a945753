/** Blast radius: how many alerts and incidents a silence mutes, by severity and by service. Pure. */
import { SEVERITIES, type Severity } from '../../core/config/config.ts';
import type { Labels } from '../payload.ts';

/** An alert that matchers match. */
export interface MutedAlert {
  readonly fingerprint: string;
  /** null: known to Alertmanager alone. */
  readonly incident: string | null;
  readonly severity: Severity;
  /** Key of hosts.yml's services; null: none. */
  readonly service: string | null;
  readonly labels: Labels;
  readonly firing: boolean;
}

/** Distinct alerts (fingerprints) and the incidents that they belong to. */
export interface BlastCount {
  readonly alerts: number;
  readonly incidents: number;
}

/** What is muted, counted. */
export interface BlastRadius extends BlastCount {
  /** Highest first; severities without an alert are left out. */
  readonly bySeverity: ReadonlyArray<BlastCount & { readonly severity: Severity }>;
  /** Most alerts first; `null`: alerts of no configured service. */
  readonly byService: ReadonlyArray<BlastCount & { readonly service: string | null }>;
  /** Ids, newest first. */
  readonly incidentIds: readonly string[];
}

/** Counts alerts; one that fired several times counts once. */
export function countBlast(alerts: readonly MutedAlert[]): BlastRadius {
  const bySeverity = SEVERITIES.map((severity) => {
    return { severity, ...count(alerts.filter((alert) => alert.severity === severity)) };
  });
  const services = [...new Set(alerts.map(({ service }) => service))];
  const byService = services.map((service) => {
    return { service, ...count(alerts.filter((alert) => alert.service === service)) };
  });
  return {
    ...count(alerts),
    bySeverity: bySeverity.filter((each) => each.alerts > 0),
    byService: byService.sort((one, other) => other.alerts - one.alerts),
    incidentIds: incidentsOf(alerts),
  };
}

/** The most urgent severity among alerts; null: there are none. */
export function highestOf(alerts: readonly MutedAlert[]): Severity | null {
  return SEVERITIES.find((severity) => alerts.some((alert) => alert.severity === severity)) ?? null;
}

/** Ids of the incidents that alerts belong to, newest first. */
export function incidentsOf(alerts: readonly MutedAlert[]): string[] {
  const ids = new Set(alerts.flatMap(({ incident }) => (incident === null ? [] : [incident])));
  return [...ids].sort((one, other) => numberOf(other) - numberOf(one));
}

function count(alerts: readonly MutedAlert[]): BlastCount {
  return {
    alerts: new Set(alerts.map(({ fingerprint }) => fingerprint)).size,
    incidents: incidentsOf(alerts).length,
  };
}

function numberOf(id: string): number {
  return Number(id.slice('GI-'.length));
}
