import { digestOf } from '../journal/digest.ts';
import type { AlertGroup } from './correlation.ts';
import type { IncidentAbout, OccurrenceAbout } from './incident-state.ts';
import type { Alert } from './payload.ts';

/** A text and the digest that events and rows carry in its place. */
export interface Text {
  readonly digest: string;
  readonly text: string;
}

const LONGEST_TITLE = 300;

/** What an incident is called, from the alert that opens it. */
export function incidentAbout(alert: Alert, group: AlertGroup): Text {
  const alertname = alert.labels.alertname || 'unnamed alert';
  const about: IncidentAbout = {
    alertname,
    title: shortened(oneLine(alert.annotations.summary || alertname)),
    description: alert.annotations.description ?? null,
    runbookUrl: alert.annotations.runbook_url ?? null,
    generatorUrl: alert.generatorUrl,
    groupLabels: group.groupLabels,
    labels: alert.labels,
  };
  return asText(JSON.stringify(about));
}

/** What one alert says about itself. */
export function occurrenceAbout(alert: Alert): Text {
  const about: OccurrenceAbout = {
    labels: alert.labels,
    annotations: alert.annotations,
    generatorUrl: alert.generatorUrl,
  };
  return asText(JSON.stringify(about));
}

/** A text with its digest. */
export function asText(text: string): Text {
  return { digest: digestOf(text), text };
}

/** The same text without line breaks. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function shortened(line: string): string {
  const points = [...line.slice(0, 2 * LONGEST_TITLE)];
  return points.length <= LONGEST_TITLE ? line : `${points.slice(0, LONGEST_TITLE - 1).join('')}…`;
}
