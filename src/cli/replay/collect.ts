import type { IncidentAbout, IncidentState } from '../../alerts/incident-state.ts';
import { isHigher } from '../../alerts/severity.ts';
import type { Severity } from '../../core/config/config.ts';
import type { AggregateRow, Batch, Effect, Journal } from '../../journal/port.ts';
import { PAGE_KINDS, type PageRequest } from '../../oncall/page.ts';
import type { ReplayedIncident, ReplayedPage, ReplayOutcome } from './outcome.ts';

/** Notes what a replay does, to be compared with another. */
export interface Collector {
  /** What a batch brings, once it is appended. */
  note(batch: Batch): void;
  /** Pages that a batch asked for and that are still wanted. */
  pagesOf(batch: Batch): Promise<readonly Effect[]>;
  /** Everything from `since` on, epoch ms. */
  outcome(since: number): Promise<Omit<ReplayOutcome, 'commands'>>;
}

/** Starts noting. */
export function createCollector(journal: Journal): Collector {
  const alertsOf = new Map<string, Set<string>>();
  const highest = new Map<string, Severity>();
  const sent: Effect[] = [];

  function noteIncident(id: string, { severity }: IncidentState): void {
    const before = highest.get(id);
    if (before === undefined || isHigher(severity, before)) highest.set(id, severity);
  }
  function noteAlert(incident: string, key: string): void {
    const alerts = alertsOf.get(incident) ?? new Set();
    alertsOf.set(incident, alerts.add(key));
  }

  return {
    note: ({ aggregates = [], occurrences = [] }) => {
      for (const { kind, id, state } of aggregates) if (kind === 'incident') noteIncident(id, state as IncidentState);
      for (const { incident, fingerprint, startsAt, status } of occurrences) {
        if (incident !== '' && status === 'firing') noteAlert(incident, `${fingerprint}|${startsAt}`);
      }
    },
    pagesOf: async ({ effects = [] }) => {
      const pages: Effect[] = [];
      for (const change of effects) {
        if (change.op !== 'ask' || !PAGE_KINDS.includes(change.kind)) continue;
        const effect = await journal.effect(change.key);
        if (effect?.state === 'wanted') pages.push(effect);
      }
      sent.push(...pages);
      return pages;
    },
    outcome: async (since) => {
      const rows = await journal.aggregates<IncidentState>('incident');
      const texts = await journal.payloads([...new Set(rows.map(({ state }) => state.about))]);
      const incidents = new Map(rows.map((row) => [row.id, incidentOf(row, texts, { alertsOf, highest })]));
      const isTold = ({ state }: AggregateRow<IncidentState>) => (state.closedAt ?? Number.POSITIVE_INFINITY) >= since;
      return {
        incidents: rows.filter(isTold).flatMap(({ id }) => incidents.get(id) ?? []),
        pages: sent.filter(({ askedAt }) => askedAt >= since).flatMap((effect) => pagesIn(effect, incidents)),
      };
    },
  };
}

function incidentOf(
  { id, state }: AggregateRow<IncidentState>,
  texts: ReadonlyMap<string, string>,
  noted: { readonly alertsOf: ReadonlyMap<string, Set<string>>; readonly highest: ReadonlyMap<string, Severity> },
): ReplayedIncident {
  const { alertname, title } = JSON.parse(texts.get(state.about) ?? '{}') as IncidentAbout;
  const { openedAt, channel, service, digest, status } = state;
  const severity = noted.highest.get(id) ?? state.severity;
  // what never held an alert is known by when it was opened
  const about = noted.alertsOf.get(id) ?? new Set([`opened|${openedAt}`]);
  return { id, alertname, title, openedAt, severity, channel, service, digest, status, about };
}

/** One for each receiver. */
function pagesIn({ askedAt, data }: Effect, incidents: ReadonlyMap<string, ReplayedIncident>): ReplayedPage[] {
  const { incident, severity, level, round, means, people, targets } = data as PageRequest;
  const { alertname = '', channel = '' } = incidents.get(incident) ?? {};
  const common = { at: askedAt, incident, alertname, severity, channel, level, repeat: round, means };
  return [...people, ...targets].map((to) => ({ ...common, to }));
}
