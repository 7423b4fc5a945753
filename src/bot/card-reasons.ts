import { asIncidentEvent } from '../alerts/events.ts';
import type { IncidentView } from '../alerts/incident-view.ts';
import { viewIncident } from '../alerts/views.ts';
import type { Severity } from '../core/config/config.ts';
import type { JournalReader, StoredEvent } from '../journal/port.ts';
import type { CardReasons } from './render/cards.ts';

const CHILDREN_NAMED = 4;

/** The reasons that hold now, from the events that they were given with; null: there are none. */
export async function reasonsOf(
  journal: JournalReader,
  view: IncidentView,
  events: readonly StoredEvent[],
): Promise<CardReasons | null> {
  const said = (type: StoredEvent['type']) => events.findLast((event) => event.id === view.id && event.type === type);
  const quiet = view.quiet === null ? null : await reasonIn(journal, said('incident.quieted'));
  const fold = view.foldedUnder === null ? null : await reasonIn(journal, said('incident.folded'));
  const severity = await severityChosen(journal, view, events);
  return quiet === null && fold === null && severity === null ? null : { quiet, fold, severity };
}

/** The last change of severity, when a person made it. */
async function severityChosen(
  journal: JournalReader,
  view: IncidentView,
  events: readonly StoredEvent[],
): Promise<CardReasons['severity']> {
  const last = events.findLast(
    ({ id, type }) => id === view.id && (type === 'incident.severity-changed' || type === 'incident.severity-raised'),
  );
  const own = last === undefined ? null : asIncidentEvent(last);
  if (own?.type !== 'incident.severity-changed') return null;
  const from: Severity = own.data.from;
  return { from, by: own.actor, reason: await journal.payload(own.data.reason) };
}

async function reasonIn(journal: JournalReader, event: StoredEvent | undefined): Promise<string | null> {
  const digest = event?.data.reason;
  return typeof digest === 'string' ? journal.payload(digest) : null;
}

/** Titles of the first incidents that are folded beneath it. */
export async function childrenOf(
  journal: JournalReader,
  view: IncidentView,
): Promise<Array<{ readonly id: string; readonly title: string }>> {
  const views = await Promise.all(view.folded.slice(0, CHILDREN_NAMED).map((id) => viewIncident(journal, id)));
  return views.flatMap((child) => (child === null ? [] : [{ id: child.id, title: child.about.title }]));
}
