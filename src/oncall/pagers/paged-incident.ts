import type { IncidentAbout, IncidentState } from '../../alerts/incident-state.ts';
import type { JournalReader } from '../../journal/port.ts';
import type { PageRequest } from '../page.ts';
import type { PageWords } from './words.ts';

/** What a page says of its incident; null when there is none of that id. */
export async function wordsOf(
  journal: Pick<JournalReader, 'aggregate' | 'payload'>,
  request: PageRequest,
  { now, ackUrl }: Pick<PageWords, 'now' | 'ackUrl'>,
): Promise<PageWords | null> {
  const row = await journal.aggregate<IncidentState>('incident', request.incident);
  if (row === null) return null;
  const { id, severity, service, openedAt, about } = row.state;
  const text = await journal.payload(about);
  const title = text === null ? id : (JSON.parse(text) as IncidentAbout).title;
  return {
    incident: id,
    severity,
    title: request.notice === 'slack-silent' ? `Slack takes no pages, they go by other means. ${title}` : title,
    service,
    since: openedAt,
    now,
    next: nextText(request),
    ackUrl,
    isTest: false,
  };
}

function nextText({ next }: PageRequest): string | null {
  if (next === null) return null;
  const who = [...next.people, ...next.targets].join(', ');
  return who === '' ? null : `Next: ${who} at ${new Date(next.at).toISOString().slice(11, 16)} UTC`;
}
