import type { IncidentView } from '../../alerts/incident-view.ts';
import { incidentsButtonValue, rangesOf, rangesText } from '../button.ts';
import { dateToken, foreign } from '../mrkdwn.ts';
import { type Named, type Remarks, remarksText } from './page.ts';
import { actions, context, type MessagePayload, mrkdwn, type PlainBlock, section } from './payload.ts';
import { counted, countsBySeverity } from './words.ts';

/** Shown with a line each; of the others only the ids. */
const SHOWN = 10;
/** Leaves room for the ids in one section, and for the button's value. */
const MOST_IDS_TEXT = 1_800;

/** Whether somebody is still asked to acknowledge it. */
export function waitsForAck(view: Pick<IncidentView, 'status'>): boolean {
  return view.status === 'firing';
}

/** Most that one message names. */
const MOST_NAMED = 400;

/** As many of these incidents as one message and its button can name, in their order. */
export function fittingIncidents(incidents: readonly string[]): Set<string> {
  const all = [...new Set(incidents)];
  const fits = (count: number) => count <= MOST_NAMED && rangesOf(all.slice(0, count)).length <= MOST_IDS_TEXT;
  if (fits(all.length)) return new Set(all);
  let [least, most] = [1, Math.min(all.length, MOST_NAMED)];
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (fits(middle)) least = middle;
    else most = middle - 1;
  }
  return new Set(all.slice(0, least));
}

/** One page about several incidents: counts, the gravest with a line each, every id, one Ack for what it names. */
export function renderFoldedPage(views: readonly IncidentView[], page: Named & Remarks): MessagePayload {
  const waiting = views.filter(waitsForAck).sort(byUrgency);
  const names = [...page.mentions.map((id) => `<@${id}>`), ...page.unnamed.map((name) => foreign(name, 60))];
  const who = names.length === 0 ? '' : `${names.join(' ')} `;
  const ask = `🔔 ${who}please ack ${counted(waiting.length, 'incident')} (${countsBySeverity(waiting)})`;
  const rest = remarksText(page);
  const gone = views.length - waiting.length;
  const lines = waiting.slice(0, SHOWN).map(line);
  const others = waiting.slice(SHOWN).map(({ id }) => id);
  if (others.length > 0) lines.push(`+${others.length} more: ${rangesText(others)}`);
  const first = waiting[0] === undefined ? '' : `: ${foreign(waiting[0].about.title, 200)}`;
  const blocks: PlainBlock[] = [
    section(mrkdwn(`${ask}.${rest}`)),
    section(mrkdwn(lines.join('\n') || '-')),
    ...(gone > 0
      ? [context(`${counted(gone, 'other')} named here before no longer ${gone === 1 ? 'waits' : 'wait'}`)]
      : []),
    actions(`fold:${waiting[0]?.id ?? ''}:page`, [ackAllButton(waiting)]),
  ];
  return { text: `${ask}${first} (${rangesText(waiting.map(({ id }) => id)).slice(0, 1_000)}).${rest}`, blocks };
}

/** The same once nobody is waited for any more: what became of it, without mention or button. */
export function renderFoldedOver(views: readonly IncidentView[], sentAt: number): MessagePayload {
  const acked = views.filter(({ acknowledgedAt }) => acknowledgedAt !== null).length;
  const ids = rangesText(views.map(({ id }) => id)).slice(0, 2_000);
  const text = `✓ ${counted(views.length, 'incident')} paged ${dateToken(sentAt, '{time}')}, ${acked} acked: ${ids}`;
  return { text, blocks: [context(text)] };
}

/** Acknowledges these incidents, whichever of them still wait then. */
export function ackAllButton(waiting: readonly IncidentView[]) {
  const ids = waiting.map(({ id }) => id);
  return {
    verb: 'ack-all',
    label: ids.length === 1 ? 'Ack' : `Ack all ${ids.length}`,
    spoken: `Acknowledge ${counted(ids.length, 'incident')}`,
    value: incidentsButtonValue(ids),
    isPrimary: true,
  } as const;
}

function line(view: IncidentView): string {
  return `${view.id} ${view.severity} ${foreign(view.about.title, 110)}`;
}

function byUrgency(one: IncidentView, other: IncidentView): number {
  if (one.severity !== other.severity) return one.severity < other.severity ? -1 : 1;
  return one.openedAt - other.openedAt;
}
