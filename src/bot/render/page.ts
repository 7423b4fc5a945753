import { formatDuration } from '../../core/duration.ts';
import type { Beyond, PageRequest } from '../../oncall/page.ts';
import { dateToken, foreign, plain } from '../mrkdwn.ts';
import { beyondButtons, beyondOver, beyondWords, type ShownBeyond, withoutAnswer } from './beyond-page.ts';
import type { IncidentCard, NameOf } from './cards.ts';
import { ackButton, incidentButton, passOnButton } from './incident-actions.ts';
import {
  actions,
  type ButtonSpec,
  context,
  type MessagePayload,
  mrkdwn,
  type PlainBlock,
  plainText,
  section,
} from './payload.ts';
import { reached } from './words.ts';

/** Whom a message names. */
export interface Named {
  /** Slack user ids to mention, in the order of the request. */
  readonly mentions: readonly string[];
  /** People without a Slack id, named plainly. */
  readonly unnamed: readonly string[];
}

/** What must be said about the sending of a page. */
export interface Remarks {
  /** It may have been sent before: the first answer was lost. */
  readonly isRepeat: boolean;
  readonly lateSeconds: number;
}

/** A page as it is sent: the request, who it names by Slack id, and what must be said about its sending. */
export interface PageCard extends Named, Remarks {
  readonly request: PageRequest;
  /** Link to the thread; null while it is not known. */
  readonly permalink: string | null;
  /** Absent: a step of the policy. */
  readonly beyond?: ShownBeyond;
}

/** A late page says so from here on. */
const LATE_FROM_SECONDS = 60;

/** The page in the thread: mentions, because it demands action; a new message for each level (UX.md 3.3). */
export function renderThreadPage(card: IncidentCard, page: PageCard, nameOf: NameOf): MessagePayload {
  const { view } = card;
  const names = [...page.mentions.map((id) => `<@${id}>`), ...page.unnamed.map((name) => foreign(name, 60))];
  const who = names.length === 0 ? '' : `${names.join(' ')} `;
  const ask = `${drillMark(view)}🔔 ${who}${askOf(card, page, nameOf)}`;
  const rest = `${nextOf(page, nameOf)}${remarksText(page)}`;
  return {
    text: `${ask}: ${foreign(view.about.title, 200)}.${rest}`,
    blocks: [
      section(mrkdwn(`${ask}.${rest}`)),
      context(foreign(view.about.title, 300) || view.id),
      actions(`${view.id}:${view.version}:page`, buttonsOf(card, page)),
    ],
  };
}

function askOf(card: IncidentCard, { beyond }: PageCard, nameOf: NameOf): string {
  const { id, severity } = card.view;
  return beyond === undefined ? `please ack ${id} (${severity})` : beyondWords(card, beyond, nameOf);
}

function buttonsOf(card: IncidentCard, { beyond }: PageCard): ButtonSpec[] {
  const { id, version } = card.view;
  return beyond === undefined ? [ackButton(id, version)] : beyondButtons(card, beyond);
}

/** The page as a direct message. */
export function renderDmPage(card: IncidentCard, page: PageCard, nameOf: NameOf): MessagePayload {
  const { view } = card;
  const facts = [
    view.id,
    ...(view.service === null ? [] : [foreign(view.service, 60)]),
    ...(card.escalation?.respondBy == null ? [] : [`answer by ${dateToken(card.escalation.respondBy)}`]),
  ];
  const said = page.beyond === undefined ? '' : `${upperFirst(beyondWords(card, page.beyond, nameOf))}.`;
  const rest = `${said}${nextOf(page, nameOf)}${remarksText(page)}`.trim();
  const blocks: PlainBlock[] = [
    section(plainText(`${drillMark(view)}🔔 ${view.severity} ${plain(view.about.title, 300)}`)),
    context(facts.join(' · ')),
    ...(rest === '' ? [] : [section(mrkdwn(rest))]),
    actions(`${view.id}:${view.version}:page`, [...directButtons(card, page), ...threadButton(card, page)]),
  ];
  const ask = page.beyond === undefined ? `please ack ${view.id}` : beyondWords(card, page.beyond, nameOf);
  const text = `${drillMark(view)}🔔 ${view.severity} ${foreign(view.about.alertname, 120)} - ${foreign(view.about.title, 200)} - ${ask}`;
  return { text: `${text}${rest === '' ? '' : `. ${rest}`}`, blocks };
}

/** Stands before each page of a drill. */
function drillMark({ flags }: IncidentCard['view']): string {
  return flags.includes('drill') ? '🎓 DRILL ' : '';
}

function directButtons(card: IncidentCard, page: PageCard): ButtonSpec[] {
  const { view } = card;
  return page.beyond === undefined ? [ackButton(view.id, view.version), passOnButton(view)] : buttonsOf(card, page);
}

function threadButton({ view }: IncidentCard, { permalink }: PageCard): ButtonSpec[] {
  if (permalink === null) return [];
  return [{ ...incidentButton(view, 'open-thread', 'Open thread', `Open the thread of ${view.id}`), url: permalink }];
}

function upperFirst(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

/** A page that is no longer waited on: what became of it, without mention or button. */
export function renderPageOver(card: IncidentCard, sent: PageSent, nameOf: NameOf): MessagePayload {
  const text = overText(card, sent, nameOf);
  return { text, blocks: [context(text)] };
}

/** When a page was sent, and what it was. */
export interface PageSent {
  readonly sentAt: number;
  /** Absent: a step of the policy. */
  readonly beyond?: Pick<Beyond, 'why'>;
}

function overText(card: IncidentCard, { sentAt, beyond }: PageSent, nameOf: NameOf): string {
  const { view } = card;
  if (beyond !== undefined) return beyondOver(card, beyond, sentAt);
  const isLate = view.acknowledgedAt !== null && view.owner !== null && sentAt >= view.acknowledgedAt;
  if (isLate) return `✓ ${view.id} acknowledged by ${foreign(nameOf(view.owner ?? ''), 60)} meanwhile`;
  return `✓ ${view.id} paged ${dateToken(sentAt, '{time}')}${endOf(card)}`;
}

function endOf({ view }: IncidentCard): string {
  if (view.acknowledgedAt !== null) return `, acked ${dateToken(view.acknowledgedAt, '{time}')}`;
  if (view.recoveredAt !== null) return `, recovered ${dateToken(view.recoveredAt, '{time}')}`;
  return view.resolvedAt === null ? '' : `, resolved ${dateToken(view.resolvedAt, '{time}')}`;
}

function nextOf(page: PageCard, nameOf: NameOf): string {
  const { next } = page.request;
  if (page.beyond !== undefined) return withoutAnswer(next, page.beyond, nameOf) ?? '';
  const names = reached(next, nameOf);
  if (next === null || names === null) return '';
  return ` Next: ${foreign(names, 200)} at ${dateToken(next.at, '{time}')}.`;
}

/** ` (2m late)`, ` (may be a repeat)`, both, or nothing. */
export function remarksText(page: Remarks): string {
  const late = page.lateSeconds >= LATE_FROM_SECONDS ? ` (${formatDuration(page.lateSeconds)} late)` : '';
  return `${late}${page.isRepeat ? ' (may be a repeat)' : ''}`;
}
