import type { JournalReader, StoredEvent } from '../journal/port.ts';
import { asIncidentEvent } from './events.ts';
import { viewIncident } from './views.ts';

const MOST_NAMED = 10;

/**
 * What a start has to tell about alerts: which of them asking Alertmanager found to have begun, and which ended, while
 * nobody was here.
 */
export function createTellAlerts(deps: {
  readonly journal: JournalReader;
  /** Whether Alertmanager answers when it is asked. */
  readonly alertmanager: () => 'up' | 'down' | 'off';
}): (since: { readonly startedAt: number; readonly events: readonly StoredEvent[] }) => Promise<string[]> {
  const { journal } = deps;
  return async ({ startedAt, events }) => {
    const found = new Set<string>();
    const gone = new Set<string>();
    for (const event of events.map(asIncidentEvent)) {
      if (event === null || !('because' in event.data)) continue;
      if (event.data.because === 'asked') found.add(event.id);
      if (event.data.because === 'gone') gone.add(event.id);
    }
    const ended = (await endedBefore(journal, events, startedAt)).filter((id) => !gone.has(id));
    const silent = 'Alertmanager does not answer: what began and what ended meanwhile is not known.';
    return [
      ...(deps.alertmanager() === 'down' ? [silent] : []),
      ...(await named(journal, [...found], 'had begun meanwhile; found by asking Alertmanager.')),
      ...(await named(journal, [...gone], 'ended meanwhile: Alertmanager no longer has it.')),
      ...(await named(journal, ended, 'ended meanwhile, as Alertmanager told afterwards.')),
    ];
  };
}

/** Incidents that recovered since, all of whose alerts had ended before. */
async function endedBefore(
  journal: JournalReader,
  events: readonly StoredEvent[],
  startedAt: number,
): Promise<string[]> {
  const recovered = new Set(events.filter(({ type }) => type === 'incident.recovered').map(({ id }) => id));
  const ended: string[] = [];
  for (const id of recovered) {
    const occurrences = await journal.occurrencesOf(id);
    if (occurrences.length > 0 && occurrences.every(({ endsAt }) => endsAt !== null && endsAt < startedAt))
      ended.push(id);
  }
  return ended;
}

async function named(journal: JournalReader, ids: readonly string[], what: string): Promise<string[]> {
  const lines: string[] = [];
  for (const id of ids.slice(0, MOST_NAMED)) {
    const view = await viewIncident(journal, id);
    const name = view === null ? id : `${id} (${view.about.alertname}, ${view.severity})`;
    lines.push(`${name} ${what}`);
  }
  const more = ids.length - MOST_NAMED;
  return more > 0 ? [...lines, `${more} more ${what}`] : lines;
}
