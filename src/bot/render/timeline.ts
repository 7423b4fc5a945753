import type { TimelineEntry } from '../../alerts/change.ts';
import { dateToken, foreign } from '../mrkdwn.ts';
import type { IncidentCard } from './cards.ts';
import { context, type MessagePayload, mrkdwn, type PlainBlock, section } from './payload.ts';

const SHOWN = 15;
const MAX_LINE = 180;

/** The first reply of a thread, edited in place: the latest 15 lines of what happened (UX.md 3.2). */
export function renderTimeline(card: IncidentCard): MessagePayload {
  const earlier = Math.max(0, card.timeline.length - SHOWN);
  const lines = card.timeline.slice(-SHOWN).map(line);
  const body = lines.length === 0 ? 'nothing has happened yet' : lines.join('\n');
  const blocks: PlainBlock[] = [section(mrkdwn(`*Timeline*\n${body}`))];
  if (earlier > 0) blocks.push(context(`+${earlier} earlier`));
  const last = card.timeline.at(-1);
  return { text: `Timeline of ${card.view.id}: ${foreign(last?.text ?? 'nothing yet', 300)}`, blocks };
}

function line(entry: TimelineEntry): string {
  return `${dateToken(entry.at, '{time}')} ${foreign(entry.text, MAX_LINE - 45)}`;
}
