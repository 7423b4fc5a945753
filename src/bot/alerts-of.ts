import type { OccurrenceAbout } from '../alerts/incident-state.ts';
import type { JournalReader } from '../journal/port.ts';
import type { ShownAlert } from './alert-labels.ts';

/** Alerts of an incident, one a fingerprint, those that fire first. */
export async function alertsOf(journal: JournalReader, incident: string): Promise<ShownAlert[]> {
  const occurrences = await journal.occurrencesOf(incident);
  const texts = await journal.payloads([...new Set(occurrences.map(({ about }) => about))]);
  const byFingerprint = new Map<string, ShownAlert>();
  for (const { fingerprint, status, about } of occurrences) {
    const isFiring = status === 'firing';
    if (byFingerprint.get(fingerprint)?.isFiring === true) continue;
    byFingerprint.set(fingerprint, { fingerprint, isFiring, labels: labelsIn(texts.get(about)) });
  }
  return [...byFingerprint.values()].sort((one, other) => Number(other.isFiring) - Number(one.isFiring));
}

function labelsIn(text: string | undefined): Readonly<Record<string, string>> {
  return text === undefined ? {} : (JSON.parse(text) as OccurrenceAbout).labels;
}
