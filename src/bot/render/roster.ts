import type { IncidentView } from '../../alerts/incident-view.ts';
import { SEVERITIES } from '../../core/config/config.ts';
import { formatDuration } from '../../core/duration.ts';
import { dateToken, foreign } from '../mrkdwn.ts';
import { ackAllButton, waitsForAck } from './folded-page.ts';
import type { Named } from './page.ts';
import { actions, context, header, type MessagePayload, mrkdwn, type PlainBlock, section } from './payload.ts';
import { counted, countsBySeverity } from './words.ts';

/** One list of a storm: more new incidents than the channel takes threads at once. */
export interface RosterCard {
  /** Identifies it, for its buttons. */
  readonly id: string;
  readonly startedAt: number;
  /** 1-based number of this list, and how many there are. */
  readonly part: number;
  readonly parts: number;
  /** Of the whole storm. */
  readonly total: number;
  readonly waiting: number;
  readonly isOver: boolean;
  readonly members: ReadonlyArray<{ readonly view: IncidentView; readonly hasThread: boolean }>;
  /** Mentioned when it is posted. */
  readonly named: Named;
  /** Age of the oldest message that waits; null while none waits for long. */
  readonly delayedSeconds: number | null;
}

const LONGEST_NAME = 80;
const SHORTEST_NAME = 8;
/** Room for the list within the 12,000 characters of a message's blocks. */
const MOST_LIST = 10_300;
const A_SECTION = 2_900;

/** The roster of a storm: names every group of it, P0 first, with its counts (UX.md 3.12). */
export function renderRoster(card: RosterCard): MessagePayload {
  const views = card.members.map(({ view }) => view);
  const counts = countsBySeverity(views);
  const alerts = views.reduce((sum, { alerts: { firing } }) => sum + firing, 0);
  const list = card.parts > 1 ? `, list ${card.part} of ${card.parts}` : '';
  const title = card.isOver
    ? `🌩 Storm over: ${counted(card.total, 'incident')}, every thread is open${list}`
    : `🌩 STORM: ${counted(card.total, 'new incident')}${list}`;
  const names = [
    ...card.named.mentions.map((id) => `<@${id}>`),
    ...card.named.unnamed.map((name) => foreign(name, 60)),
  ];
  const ask = names.length === 0 ? '' : `🔔 ${names.join(' ')} please look. `;
  const state = card.isOver
    ? `Every incident below has its thread.`
    : `${card.waiting} of ${card.total} wait for a thread of their own: P0 first, about one a second.`;
  const waiting = views.filter(waitsForAck);
  const blocks: PlainBlock[] = [
    header(title),
    section(mrkdwn(`${ask}${counts} in this list, ${counted(alerts, 'alert')} firing. ${state}`)),
    ...listOf(card).map((text) => section(mrkdwn(text))),
    context(`since ${dateToken(card.startedAt, '{time}')}${delayOf(card)}`),
    ...(waiting.length > 0 && !card.isOver
      ? [actions(`${card.id}:${waiting.length}:roster`, [ackButton(waiting)])]
      : []),
  ];
  const first = views
    .slice(0, 20)
    .map(({ id }) => id)
    .join(', ');
  return {
    text: `${title}. ${ask}${counts}, ${counted(alerts, 'alert')} firing: ${first}${views.length > 20 ? ' …' : ''}`,
    blocks,
  };
}

function ackButton(waiting: readonly IncidentView[]) {
  const confirm = `Acknowledge ${counted(waiting.length, 'incident')}? Their pages stop, and you own them.`;
  return { ...ackAllButton(waiting), isPrimary: false, confirm };
}

/** The roster of a process that is gone: what it knew is on a new one, or in threads. */
export function renderRosterOver(startedAt: number): MessagePayload {
  const text = `🌩 This list of the storm of ${dateToken(startedAt)} ended with a restart of the bot; every incident gets its thread.`;
  return { text, blocks: [context(text)] };
}

function delayOf({ delayedSeconds }: RosterCard): string {
  return delayedSeconds === null ? '' : ` · ⏱ updates delayed: the oldest waits ${formatDuration(delayedSeconds)}`;
}

/** The longest names that fit, in sections. */
function listOf(card: RosterCard): string[] {
  for (let longest = LONGEST_NAME; ; longest = Math.floor(longest * 0.7)) {
    const lines = linesOf(card, Math.max(SHORTEST_NAME, longest));
    if (longest <= SHORTEST_NAME || JSON.stringify(lines).length <= MOST_LIST) return sectioned(lines);
  }
}

function linesOf({ members }: RosterCard, longest: number): string[] {
  return SEVERITIES.flatMap((severity) => {
    const of = members.filter(({ view }) => view.severity === severity);
    return of.length === 0 ? [] : [`*${severity}* (${of.length})`, ...of.map((member) => line(member, longest))];
  });
}

function line({ view, hasThread }: RosterCard['members'][number], longest: number): string {
  const { firing, resolved } = view.alerts;
  const count = firing <= 1 ? '' : ` ×${firing}`;
  // opened by hand: what it is called says more than that it has no alert
  const name = firing + resolved === 0 ? view.about.title : view.about.alertname;
  return `${view.id} ${foreign(name, longest)}${count}${stateOf(view)}${hasThread ? ' · open' : ''}`;
}

function stateOf({ status }: IncidentView): string {
  switch (status) {
    case 'firing':
      return '';
    case 'acknowledged':
      return ' · acked';
    case 'recovered':
    case 'resolved':
    case 'closed':
      return ` · ${status}`;
    default:
      return status satisfies never;
  }
}

function sectioned(lines: readonly string[]): string[] {
  const sections: string[] = [];
  for (const text of lines) {
    const last = sections.at(-1);
    if (last !== undefined && last.length + text.length < A_SECTION) sections.splice(-1, 1, `${last}\n${text}`);
    else sections.push(text);
  }
  return sections;
}
