import type { TimelineEntry } from '../../alerts/change.ts';
import { dateToken, foreign } from '../mrkdwn.ts';
import type { IncidentCard, NameOf } from './cards.ts';
import { context, type MessagePayload, mrkdwn, type PlainBlock, section } from './payload.ts';

const SHOWN = 15;
const MAX_LINE = 180;
const MAX_NAME = 40;

/** The first reply of a thread, edited in place: the latest 15 lines of what happened (UX.md 3.2). */
export function renderTimeline(card: IncidentCard, nameOf: NameOf): MessagePayload {
  const earlier = Math.max(0, card.timeline.length - SHOWN);
  const lines = card.timeline.slice(-SHOWN).map((entry) => line(entry, nameOf));
  const body = lines.length === 0 ? 'nothing has happened yet' : lines.join('\n');
  const blocks: PlainBlock[] = [section(mrkdwn(`*Timeline*\n${body}`))];
  if (earlier > 0) blocks.push(context(`+${earlier} earlier`));
  const last = card.timeline.at(-1);
  return {
    text: `Timeline of ${card.view.id}: ${last === undefined ? 'nothing yet' : words(last, nameOf, 300)}`,
    blocks,
  };
}

function line(entry: TimelineEntry, nameOf: NameOf): string {
  return `${dateToken(entry.at, '{time}')} ${words(entry, nameOf, MAX_LINE - 45)}`;
}

/** What happened, and by whom when a person did it: `acknowledged by Anna`. */
function words({ text, by }: TimelineEntry, nameOf: NameOf, max: number): string {
  const isPerson = by.startsWith('slack:') || by === 'local';
  const who = isPerson ? ` by ${foreign(nameOf(by), MAX_NAME)}` : '';
  return `${foreign(text, max - who.length)}${who}`;
}
