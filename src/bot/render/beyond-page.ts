import type { IncidentView } from '../../alerts/incident-view.ts';
import type { AckView, Beyond, BeyondReason } from '../../oncall/page.ts';
import { incidentButtonValue, stayButtonValue } from '../button.ts';
import { dateToken, foreign } from '../mrkdwn.ts';
import type { IncidentCard, NameOf } from './cards.ts';
import { ackButton, incidentButton, passOnButton } from './incident-actions.ts';
import type { ButtonSpec } from './payload.ts';
import { reached, spoken } from './words.ts';

/** A page beside the policy as it is shown: with what its asker wrote. */
export interface ShownBeyond extends Beyond {
  readonly text: string | null;
}

/** Whether such a page still waits for somebody. */
export function isBeyondWanted(
  { view, escalation }: { readonly view: IncidentView; readonly escalation: { readonly ack: AckView | null } | null },
  { why, number }: Pick<Beyond, 'why' | 'number'>,
  sentAt: number,
): boolean {
  if (isOfClock(why)) return escalation?.ack != null && number > escalation.ack.answeredUpTo;
  if (view.status === 'firing') return true;
  return view.status === 'acknowledged' && sentAt >= (view.acknowledgedAt ?? 0);
}

/** What it says, after the mention: `please ack GI-1 (P0)`. */
export function beyondWords({ view, escalation }: IncidentCard, beyond: ShownBeyond, nameOf: NameOf): string {
  const what = `${view.id} (${view.severity})`;
  const who = beyond.by === null ? '' : foreign(nameOf(beyond.by), 60);
  const owner = view.owner === null ? 'Its owner' : foreign(nameOf(view.owner), 60);
  const asked = escalation?.ack?.askedAt ?? null;
  const since = asked === null ? '' : ` since ${dateToken(asked, '{time}')}`;
  switch (beyond.why) {
    case 'ask':
      return `still on it? ${what} was acknowledged, and nobody has said anything for a while`;
    case 'owner':
      return `${what} is yours, and you have not answered${since}: still on it?`;
    case 'level':
      return `${owner} has ${what} and does not answer: please look`;
    case 'pass-on':
      return `${who} passes ${what} on to you: please ack`;
    case 'help':
      return `${who} asks for help with ${what}`;
    case 'responder':
      return `${who} calls you in as a responder of ${what}`;
    case 'escalate':
      return `${who} escalates ${what} to you${beyond.text === null ? '' : `: ${foreign(beyond.text, 1_000)}`}`;
    default:
      return beyond.why satisfies never;
  }
}

/** Its buttons: an answer for its owner, a way to take it for everybody else. */
export function beyondButtons({ view }: IncidentCard, beyond: Beyond): ButtonSpec[] {
  const help = incidentButton(view, 'need-help', 'Need help', `Page the next level for ${view.id}`);
  switch (beyond.why) {
    case 'ask':
    case 'owner':
      return [stayButton(view, beyond.seconds), help, passOnButton(view, 'Pass on')];
    case 'level':
      return [takeOver(view), help];
    case 'pass-on':
      return [ackButton(view.id, view.version), ...(view.status === 'firing' ? [passOnButton(view)] : [])];
    case 'help':
    case 'responder':
    case 'escalate':
      return [view.status === 'firing' ? ackButton(view.id, view.version) : takeOver(view)];
    default:
      return beyond.why satisfies never;
  }
}

const OVER: Readonly<Record<BeyondReason, string>> = {
  ask: 'asked whether somebody is still on it',
  owner: 'owner paged',
  level: 'next level paged: the owner did not answer',
  'pass-on': 'passed on',
  help: 'help asked for',
  responder: 'responder called in',
  escalate: 'escalated',
};

/** What it was, once nobody is waited for any more. */
export function beyondOver({ view }: IncidentCard, { why }: Pick<Beyond, 'why'>, sentAt: number): string {
  return `✓ ${view.id}: ${OVER[why]} ${dateToken(sentAt, '{time}')}`;
}

/** What follows when nobody answers: `Without an answer: Marco Lima at 14:45.` */
export function withoutAnswer(
  next: { readonly at: number; readonly people: readonly string[]; readonly targets: readonly string[] } | null,
  { why }: Beyond,
  nameOf: NameOf,
): string | null {
  const names = why === 'ask' || why === 'owner' ? reached(next, nameOf) : null;
  if (next === null || names === null) return null;
  return ` Without an answer ${foreign(names, 200)} ${next.people.length > 1 ? 'are' : 'is'} paged at ${dateToken(next.at, '{time}')}.`;
}

function stayButton(view: IncidentView, seconds: number | null): ButtonSpec {
  const label = seconds === null ? 'Yes, still on it' : `Yes, ${spoken(seconds)} more`;
  const value = stayButtonValue(view.id, view.version, seconds);
  return { verb: 'still-on-it', label, spoken: `Still on ${view.id}`, value, isPrimary: true };
}

function takeOver(view: IncidentView): ButtonSpec {
  const value = incidentButtonValue(view.id, view.version);
  return { verb: 'take-over', label: 'Take over', spoken: `Take over ${view.id}`, value, isPrimary: true };
}

function isOfClock(why: BeyondReason): boolean {
  return why === 'ask' || why === 'owner' || why === 'level';
}
