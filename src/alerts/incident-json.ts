/** The JSON of `incidents` (DESIGN.md, Shapes of --json): times ISO 8601 UTC, more keys may follow. */
import type { JsonObject } from '../core/json.ts';
import type { JournalReader, Occurrence } from '../journal/port.ts';
import type { DescribeEvent } from './change.ts';
import type { OccurrenceAbout } from './incident-state.ts';
import type { IncidentView } from './incident-view.ts';
import { timelineOf } from './timeline.ts';
import { listIncidents, viewIncident } from './views.ts';

/** How far the pages of an incident have got; null: nobody is paged for it. */
export type EscalationOf = (
  incident: string,
) => Promise<{ readonly level: number; readonly nextAt: number | null; readonly ackExpiresAt: number | null } | null>;

export interface IncidentJsonDeps {
  readonly journal: JournalReader;
  readonly escalationOf: EscalationOf;
  readonly describers: readonly DescribeEvent[];
  /** Whether it waits for its thread because too many came at once; only a running bot knows. */
  readonly waitsInStorm?: (incident: string) => boolean;
}

/** `incidents`, and `incidents --alerts` with `alerts: true`. */
export async function incidentsJson(
  deps: IncidentJsonDeps,
  options: { readonly now: number; readonly alerts?: boolean; readonly all?: boolean },
): Promise<JsonObject[]> {
  const list: JsonObject[] = [];
  for (const view of await listIncidents(deps.journal, options)) {
    const incident = await incidentFacts(deps, view);
    list.push(options.alerts === true ? { ...incident, alerts: await alertsJson(deps.journal, view.id) } : incident);
  }
  return list;
}

/** `incidents GI-1`: one with its alerts and its timeline; null when there is none of this id. */
export async function incidentJson(deps: IncidentJsonDeps, id: string): Promise<JsonObject | null> {
  const view = await viewIncident(deps.journal, id);
  if (view === null) return null;
  const timeline = await timelineOf(deps.journal, id, deps.describers);
  return {
    ...(await incidentFacts(deps, view)),
    alerts: await alertsJson(deps.journal, id),
    timeline: timeline.map(({ at, kind, by, text }) => ({ at: iso(at), kind, by, text })),
  };
}

async function incidentFacts(deps: IncidentJsonDeps, view: IncidentView): Promise<JsonObject> {
  const escalation = await deps.escalationOf(view.id);
  return {
    id: view.id,
    title: view.about.title,
    alertname: view.about.alertname,
    severity: view.severity,
    status: view.status,
    flags: deps.waitsInStorm?.(view.id) === true ? [...view.flags, 'storm'] : view.flags,
    service: view.service,
    channel: view.channel,
    owner: view.owner,
    responders: view.responders,
    openedAt: iso(view.openedAt),
    acknowledgedAt: iso(view.acknowledgedAt),
    ackExpiresAt: iso(escalation?.ackExpiresAt ?? null),
    recoveredAt: iso(view.recoveredAt),
    resolvedAt: iso(view.resolvedAt),
    closedAt: iso(view.closedAt),
    previous: view.previous,
    byHand: view.byHand,
    quiet: quietJson(view),
    foldedUnder: view.foldedUnder,
    foldedBy: view.foldedBy,
    folded: view.folded,
    splitFrom: view.splitFrom,
    flapping: flappingJson(view),
    alerts: { firing: view.alerts.firing, resolved: view.alerts.resolved },
    escalation: { level: escalation?.level ?? 0, nextAt: iso(escalation?.nextAt ?? null) },
  };
}

function quietJson({ quiet }: IncidentView): JsonObject | null {
  if (quiet === null) return null;
  return { kind: quiet.kind, until: iso(quiet.until), by: quiet.by, silence: quiet.silence ?? null };
}

function flappingJson({ flapping }: IncidentView): JsonObject | null {
  if (flapping === null) return null;
  return { since: iso(flapping.since), count: flapping.count, changes: flapping.changes.map(iso) };
}

async function alertsJson(journal: JournalReader, id: string): Promise<JsonObject[]> {
  const occurrences = await journal.occurrencesOf(id);
  const texts = await journal.payloads([...new Set(occurrences.map((occurrence) => occurrence.about))]);
  return occurrences.map((occurrence) => alertJson(occurrence, texts));
}

function alertJson(occurrence: Occurrence, texts: ReadonlyMap<string, string>): JsonObject {
  const about = texts.get(occurrence.about);
  return {
    fingerprint: occurrence.fingerprint,
    startsAt: iso(occurrence.startsAt),
    endsAt: iso(occurrence.endsAt),
    status: occurrence.status,
    labels: about === undefined ? {} : (JSON.parse(about) as OccurrenceAbout).labels,
  };
}

function iso(at: number | null): string | null {
  if (at === null) return null;
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
