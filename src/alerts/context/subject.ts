import { SEVERITIES, type Severity } from '../../core/config/config.ts';
import type { JournalReader, Occurrence } from '../../journal/port.ts';
import type { IncidentAbout, IncidentState, OccurrenceAbout } from '../incident-state.ts';
import type { ContextSubject } from './source.ts';

/** Texts of so many alerts are read. */
const MOST_ALERTS = 50;

/** What sources are asked about an incident: its most severe alert, and those that look at the same expression. */
export async function subjectOf(
  journal: Pick<JournalReader, 'occurrencesOf' | 'payload' | 'payloads'>,
  incident: IncidentState,
  now: number,
): Promise<ContextSubject> {
  const about = aboutOf(await journal.payload(incident.about));
  const { severity, service } = incident;
  const overAt = incident.recoveredAt ?? incident.resolvedAt;
  const occurrences = worstFirst(await journal.occurrencesOf(incident.id)).slice(0, MOST_ALERTS);
  const texts = await journal.payloads(occurrences.map((occurrence) => occurrence.about));
  const alerts = occurrences.flatMap(({ about: digest, startsAt }) => {
    const text = texts.get(digest);
    return text === undefined ? [] : [{ ...(JSON.parse(text) as OccurrenceAbout), startsAt }];
  });
  const alert = alerts[0] ?? { ...byHand(about), startsAt: incident.openedAt };
  return {
    incident,
    alertname: alert.labels.alertname ?? about.alertname,
    severity,
    service,
    alert,
    firing: alerts.filter(({ generatorUrl }) => generatorUrl === alert.generatorUrl).map(({ labels }) => labels),
    firedAt: alert.startsAt,
    now,
    overAt,
  };
}

/** Firing ones first, then the most severe, then the earliest; when none fires, those that ended last. */
function worstFirst(occurrences: readonly Occurrence[]): Occurrence[] {
  const firing = occurrences.filter(({ status }) => status === 'firing');
  const among = firing.length > 0 ? firing : occurrences;
  return [...among].sort((one, other) => rankOf(one) - rankOf(other) || one.startsAt - other.startsAt);
}

function rankOf({ severity }: Occurrence): number {
  const rank = SEVERITIES.indexOf(severity as Severity);
  return rank === -1 ? SEVERITIES.length : rank;
}

function aboutOf(text: string | null): IncidentAbout {
  if (text !== null) return JSON.parse(text) as IncidentAbout;
  return {
    alertname: '',
    title: '',
    description: null,
    runbookUrl: null,
    generatorUrl: null,
    groupLabels: {},
    labels: {},
  };
}

/** Opened by a person: no alert says more than the incident. */
function byHand({ labels, runbookUrl, generatorUrl }: IncidentAbout): OccurrenceAbout {
  return { labels, annotations: runbookUrl === null ? {} : { runbook_url: runbookUrl }, generatorUrl };
}
