import type { DescribeEvent, NameKey } from '../alerts/change.ts';
import { formatDuration } from '../core/duration.ts';
import type { JsonObject } from '../core/json.ts';
import type { StoredEvent } from '../journal/port.ts';
import { describeCall } from './describe-call.ts';
import { receivers } from './receivers.ts';

/** The timeline's words for the events of escalations and pages; people by name, else by their keys. */
export const describeEscalation: DescribeEvent = (event, _texts, nameOf = keyItself) => {
  if (event.kind !== 'escalation') return null;
  const { data } = event;
  switch (event.type) {
    case 'escalation.started':
      return started(data);
    case 'escalation.paged':
      return paged(data, nameOf);
    case 'escalation.scheduled':
      return scheduled(data);
    case 'escalation.superseded':
      return `${stepsText(data.steps)} passed over: a higher one was due too`;
    case 'escalation.unreachable':
      return `level ${word(data.level)} reached nobody by its own means: told channel ops instead`;
    case 'escalation.exhausted':
      return 'escalation exhausted: nobody has acknowledged after the last repeat';
    case 'escalation.stopped':
      return data.because === 'recovered' ? 'pages stopped: every alert has ended' : null;
    case 'escalation.resumed':
      return `escalation goes on at level ${word(data.level)}`;
    case 'escalation.called':
    case 'ack.struck':
    case 'ack.superseded':
    case 'ack.ended':
      return describeCall(event, nameOf);
    case 'page.skipped':
      return skipped(data, nameOf);
    case 'page.sent':
      return sent(data, nameOf);
    case 'page.failed':
      return `page to ${receivers(data, nameOf)} by ${word(data.means)} failed: ${word(data.error)}`;
    case 'page.delivered':
      return `page to ${receivers(data, nameOf)} by ${word(data.means)} was delivered (${word(data.detail)})`;
    case 'page.undelivered':
      return `page to ${receivers(data, nameOf)} by ${word(data.means)} was not delivered (${word(data.detail)})`;
    case 'page.superseded':
      return `page to ${receivers(data, nameOf)} by ${word(data.means)} (level ${word(data.level)}) not sent: superseded by a newer one`;
    case 'page.next-means':
      return nextMeans(data, nameOf);
    case 'page.released':
      return `quiet hours are over: paged ${receivers(data, nameOf)} (level ${word(data.level)})`;
    case 'page.admin-told':
      return `told ${receivers(data, nameOf)} by ${meansWord(data.means)} that Slack does not take pages`;
    case 'page.unknown':
      return `page to ${receivers(data, nameOf)} by ${word(data.means)}: not known whether it arrived`;
    default:
      return null;
  }
};

const STARTED: Readonly<Record<string, string>> = {
  unfolded: 'it stands on its own again',
  flapping: 'one page because it is flapping',
  stays: 'it stays firing',
};

function started({ reason, severity }: JsonObject): string | null {
  if (reason === 'opened' || reason === 'taken') return null;
  return `escalation starts again for ${word(severity)} (${STARTED[String(reason)] ?? word(reason)})`;
}

/** null: everybody's page waits, which has a line of its own. */
function paged(data: JsonObject, nameOf: NameKey): string | null {
  if (isEmpty(data.people) && isEmpty(data.targets)) return null;
  const round = Number(data.round) > 0 ? `, repeat ${word(data.round)}` : '';
  const late = Number(data.lateSeconds);
  const lateness = late > 5 ? `, late by ${formatDuration(late)}` : '';
  const verb = data.paper === true ? 'would have paged' : 'paged';
  return `${verb} ${receivers(data, nameOf)} (level ${word(data.level)}${round}${lateness})`;
}

/**
 * Only what is worth a line: one that came in after somebody had it, one that nobody may hear, one that had no message
 * of its own.
 */
function sent(data: JsonObject, nameOf: NameKey): string | null {
  if (data.meanwhile !== undefined) {
    return `page to ${receivers(data, nameOf)} by ${word(data.means)} was on its way when somebody acknowledged`;
  }
  if (data.doNotDisturb === true) return `${receivers(data, nameOf)} paged while in Do Not Disturb`;
  const named = Number(data.folded ?? 1);
  if (named <= 1) return null;
  return `page to ${receivers(data, nameOf)} by ${word(data.means)}: in one message with ${named - 1} other${named === 2 ? '' : 's'}`;
}

/** `Ana Souza by e-mail instead: Slack refuses the page (user_disabled)`. */
function nextMeans(data: JsonObject, nameOf: NameKey): string {
  const next = Array.isArray(data.next) ? (data.next as readonly JsonObject[]) : [];
  const left = Array.isArray(data.left) ? data.left.map((key) => nameOf(String(key))) : [];
  const instead = next.map((page) => `${receivers(page, nameOf)} by ${meansWord(page.means)}`);
  const nothing = left.length === 0 ? '' : `no other means is left for ${left.join(', ')}`;
  const paged = instead.length === 0 ? '' : `${instead.join(', ')} instead`;
  return `${[paged, nothing].filter((part) => part !== '').join('; ')}: ${whyInstead(data)}`;
}

function whyInstead({ why, means, error }: JsonObject): string {
  const by = means === 'dm' || means === 'thread' ? 'Slack' : meansWord(means);
  if (why === 'unsent') return 'Slack has not taken the page for 30 s';
  if (why === 'do-not-disturb') return 'in Do Not Disturb';
  if (why === 'unknown') return `it is not known whether the page by ${by} arrived`;
  return by === 'Slack' ? `Slack refuses the page (${word(error)})` : `${by} failed (${word(error)})`;
}

const MEANS_WORDS: Readonly<Record<string, string>> = { email: 'e-mail', sms: 'SMS', voice: 'phone' };

function meansWord(means: JsonObject[string]): string {
  return MEANS_WORDS[String(means)] ?? word(means);
}

function scheduled(data: JsonObject): string | null {
  const next = data.next as { at: number; deferred: boolean } | undefined;
  if (next === undefined || !next.deferred) return null;
  return `out of hours: the first page waits until ${isoMinute(next.at)}`;
}

const REASONS: Readonly<Record<string, string>> = {
  'not-configured': 'this means is not set up',
  // as journals of earlier releases say it
  'not-built': 'this means was not available yet',
  'not-applicable': 'no number or address is set',
  'nobody-on-call': 'nobody is on call',
  'quiet-hours': 'quiet hours',
  'not-preferred': 'they prefer other means',
};

/** `not paged: Ana Souza, Marco Lima by sms, voice (…)`: who shares the same means stands together. */
function skipped(data: JsonObject, nameOf: NameKey): string {
  const pages = Array.isArray(data.pages) ? (data.pages as ReadonlyArray<Record<string, string | null>>) : [];
  const means = new Map<string, Set<string>>();
  for (const page of pages) {
    const who = page.person == null ? (page.target ?? '?') : nameOf(page.person);
    means.set(who, (means.get(who) ?? new Set()).add(page.means ?? '?'));
  }
  const people = new Map<string, string[]>();
  for (const [who, by] of means) {
    const how = [...by].join(', ');
    people.set(how, [...(people.get(how) ?? []), who]);
  }
  const list = [...people].map(([how, who]) => `${who.join(', ')} by ${how}`);
  const until = typeof data.until === 'number' ? ` until ${isoMinute(data.until)}` : '';
  return `not paged: ${list.join('; ')} (${REASONS[String(data.reason)] ?? word(data.reason)}${until})`;
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function keyItself(key: string): string {
  return key;
}

function stepsText(steps: unknown): string {
  const list = Array.isArray(steps) ? (steps as ReadonlyArray<{ level: number; round: number }>) : [];
  return list
    .map(({ level, round }) => (round > 0 ? `repeat ${round} of level ${level}` : `level ${level}`))
    .join(', ');
}

function isoMinute(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function word(value: StoredEvent['data'][string]): string {
  return value === null || value === undefined ? '?' : String(value);
}
