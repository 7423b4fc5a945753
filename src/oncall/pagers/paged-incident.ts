import type { IncidentAbout, IncidentState } from '../../alerts/incident-state.ts';
import type { JournalReader } from '../../journal/port.ts';
import type { PageRequest } from '../page.ts';
import { isOfClock } from '../waiting.ts';
import { type CallContext, callOf } from './page-call.ts';
import type { PageWords } from './words.ts';

/** What a page says of its incident; null when there is none of that id. */
export async function wordsOf(
  journal: Pick<JournalReader, 'aggregate' | 'payload'>,
  request: PageRequest,
  { now, ackUrl, ...context }: Pick<PageWords, 'now' | 'ackUrl'> & CallContext,
): Promise<PageWords | null> {
  const row = await journal.aggregate<IncidentState>('incident', request.incident);
  if (row === null) return null;
  const { id, severity, service, openedAt, about } = row.state;
  const text = await journal.payload(about);
  const title = text === null ? id : (JSON.parse(text) as IncidentAbout).title;
  const { beyond } = request;
  const message = beyond?.message == null ? null : await journal.payload(beyond.message);
  const call = callOf(request, row.state, message, context);
  return {
    incident: id,
    severity,
    title: request.notice === 'slack-silent' ? `Slack takes no pages, they go by other means. ${title}` : title,
    service,
    since: openedAt,
    now,
    next: nextText(request),
    ackUrl,
    ...(call === undefined ? {} : { call }),
    isTest: false,
  };
}

/** Who follows: a next level that is asked to look for the owner has nobody after it. */
function nextText({ next, beyond }: PageRequest): string | null {
  if (next === null || beyond?.why === 'level') return null;
  const who = [...next.people, ...next.targets].join(', ');
  const when = isOfClock(beyond) ? 'Without an answer' : 'Next';
  return who === '' ? null : `${when}: ${who} at ${new Date(next.at).toISOString().slice(11, 16)} UTC`;
}
