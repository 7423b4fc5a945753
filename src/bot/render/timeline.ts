import type { TimelineEntry } from '../../alerts/change.ts';
import { isByPerson } from '../../core/command.ts';
import { dateToken, foreign } from '../mrkdwn.ts';
import type { IncidentCard, NameOf } from './cards.ts';
import { context, type MessagePayload, mrkdwn, type PlainBlock, section } from './payload.ts';

const SHOWN = 15;
const MAX_LINE = 180;
/** What a person did: the line ends in who. */
const DONE_BY_PEOPLE: ReadonlySet<string> = new Set([
  'incident.opened',
  'incident.acknowledged',
  'incident.resolved',
  'incident.assigned',
  'incident.diagnosis-asked',
  'run.requested',
]);
/** The same, and what they said stands in the line: who follows after a dash. */
const SAID_BY_PEOPLE: ReadonlySet<string> = new Set([
  'incident.noted',
  'incident.severity-changed',
  'incident.quieted',
  'incident.unquieted',
  'incident.unfolded',
  'incident.split-off',
  'incident.reopened',
  'silence.created',
  'silence.extended',
  'silence.lifted',
]);

/** The first reply of a thread, edited in place: the latest 15 lines of what happened (UX.md 3.2). */
export function renderTimeline(card: IncidentCard, nameOf: NameOf): MessagePayload {
  const earlier = Math.max(0, card.timeline.length - SHOWN);
  const lines = card.timeline.slice(-SHOWN).map((entry) => `${dateToken(entry.at, '{time}')} ${words(entry, nameOf)}`);
  const body = lines.length === 0 ? 'nothing has happened yet' : lines.join('\n');
  const blocks: PlainBlock[] = [section(mrkdwn(`*Timeline*\n${body}`))];
  if (earlier > 0) blocks.push(context(`+${earlier} earlier`));
  const last = card.timeline.at(-1);
  return { text: `Timeline of ${card.view.id}: ${last === undefined ? 'nothing yet' : words(last, nameOf)}`, blocks };
}

function words(entry: TimelineEntry, nameOf: NameOf): string {
  const text = foreign(entry.text, MAX_LINE - 45);
  if (!isByPerson(entry.by)) return text;
  const name = foreign(nameOf(entry.by), 40);
  if (SAID_BY_PEOPLE.has(entry.kind)) return `${text} – ${name}`;
  return DONE_BY_PEOPLE.has(entry.kind) ? `${text} by ${name}` : text;
}
