import { setImmediate as otherWork } from 'node:timers/promises';
import { SEVERITIES, type Severity } from '../../core/config/config.ts';
import type { JournalReader, Occurrence } from '../../journal/port.ts';
import { NO_INCIDENT } from '../home.ts';
import type { OccurrenceAbout } from '../incident-state.ts';
import type { Labels } from '../payload.ts';
import type { RouteAlert } from '../routing.ts';
import type { MutedAlert } from './blast.ts';
import type { MatchLabels } from './match.ts';

/** What a silence would have muted. */
export interface MutedHistory {
  readonly alerts: readonly MutedAlert[];
  /** Alerts of the time whose labels were erased: nobody can tell whether they match. */
  readonly erased: number;
}

type History = Pick<JournalReader, 'occurrencesSince' | 'payloads'>;

/** So many rows are looked at before something else has its turn. */
const PAGE = 250;

/** The alerts that fired at `since` or later and that matchers match, by the severity that each had. */
export async function mutedSince(
  journal: History,
  matches: MatchLabels,
  route: RouteAlert,
  since: number,
): Promise<MutedHistory> {
  const alerts: MutedAlert[] = [];
  let erased = 0;
  for await (const page of labelledSince(journal, since)) {
    for (const { occurrence, labels } of page) {
      if (labels === null) erased += 1;
      else if (matches(labels)) alerts.push(mutedAlert(occurrence, labels, route));
    }
  }
  return { alerts, erased };
}

/** An occurrence with its labels; null: erased. */
export interface Labelled {
  readonly occurrence: Occurrence;
  readonly labels: Labels | null;
}

/** Occurrences that fire or ended at `since` or later, in pages; those that open nothing are left out. */
export async function* labelledSince(journal: History, since: number): AsyncGenerator<readonly Labelled[]> {
  let after: Occurrence | undefined;
  do {
    const page = await journal.occurrencesSince(since, PAGE, after);
    const known = page.filter(({ incident, about }) => incident !== NO_INCIDENT && about !== '');
    const texts = await journal.payloads([...new Set(known.map(({ about }) => about))]);
    yield known.map((occurrence) => ({ occurrence, labels: labelsIn(texts.get(occurrence.about)) }));
    after = page.length < PAGE ? undefined : page.at(-1);
    if (after !== undefined) await otherWork();
  } while (after !== undefined);
}

/** The labels in the text of an occurrence; null: it was erased. */
export function labelsIn(text: string | undefined): Labels | null {
  return text === undefined ? null : (JSON.parse(text) as OccurrenceAbout).labels;
}

function mutedAlert(occurrence: Occurrence, labels: Labels, route: RouteAlert): MutedAlert {
  const routed = route(labels);
  return {
    fingerprint: occurrence.fingerprint,
    incident: occurrence.incident,
    severity: severityIn(occurrence.severity) ?? routed.severity,
    service: routed.service,
    labels,
    firing: occurrence.status === 'firing',
  };
}

function severityIn(text: string): Severity | null {
  return SEVERITIES.find((severity) => severity === text) ?? null;
}
