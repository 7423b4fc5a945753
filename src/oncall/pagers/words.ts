import type { Severity } from '../../core/config/config.ts';
import { formatDuration } from '../../core/duration.ts';
import { truncateGraphemes } from '../../core/text.ts';
import type { PageAnswer } from '../page-answer.ts';
import { cleanLine } from './clean-line.ts';
import { fitsOneSms, toGsm } from './gsm.ts';
import { hostCommands, leadOf, type PageCall, sentenceOf } from './page-call.ts';
import { callLines } from './sms-call.ts';

/** What a page says, before a means puts it into its own form. Foreign text is stripped of controls, not escaped. */
export interface PageWords {
  readonly incident: string;
  readonly severity: Severity;
  /** One line. */
  readonly title: string;
  readonly service: string | null;
  /** Epoch milliseconds. */
  readonly since: number;
  readonly now: number;
  /** `Next: ben at 14:05 UTC`; null: nothing follows. */
  readonly next: string | null;
  /** Opens a page with a button; null without GIANNA_PUBLIC_URL. */
  readonly ackUrl: string | null;
  /** Of a page beside the policy: what is asked, and how it is answered. Absent: acknowledge it. */
  readonly call?: PageCall;
  /** Further incidents that the same message names; absent: none. */
  readonly others?: ReadonlyArray<Pick<PageWords, 'incident' | 'severity' | 'title' | 'call'>>;
  /** A test that somebody asked for. */
  readonly isTest: boolean;
}

const LONGEST_SERVICE = 60;
/** Twilio takes 4,000 characters of TwiML; the text is in it twice, and escaped. */
const LONGEST_SPOKEN = 600;
const LONGEST_ESCAPED = 1900;
const LONGEST_SPOKEN_MESSAGE = 200;

/** `P0 GI-42 Database is down (gianna)`, one line: the subject of a mail, the summary at PagerDuty. */
export function headline(words: PageWords): string {
  const service = words.service === null ? '' : ` (${cleanLine(words.service, LONGEST_SERVICE)})`;
  const title = `${leadOf(words.call)}${cleanLine(words.title)}`;
  return `${mark(words)}${words.severity} ${words.incident}${moreText(words)} ${title}${service}`;
}

/** How to act without Slack, on the host that the bot runs on. */
export function onTheHost({ call, incident }: PageWords): string {
  return `on the host: ${hostCommands(call, incident).join(' && ')}`;
}

/** The whole of a mail, plain text. */
export function mailText(words: PageWords): string {
  const lines = [headline(words), ''];
  if (words.call !== undefined) lines.push(sentenceOf(words.call));
  lines.push(`Since ${isoMinute(words.since)} (${agoText(words)}).`);
  for (const other of words.others ?? []) lines.push(...otherLines(other));
  if (words.next !== null) lines.push(words.next);
  lines.push('', ...howToAnswer(words));
  return `${lines.join('\n')}\n`;
}

function otherLines({ severity, incident, title, call }: NonNullable<PageWords['others']>[number]): string[] {
  const line = `${severity} ${incident} ${leadOf(call)}${cleanLine(title)}`;
  return call === undefined ? [line] : [line, sentenceOf(call)];
}

/** What the link of a page says, and what goes before the command on the host. */
const ACTS: Readonly<Record<PageAnswer, { readonly link: string; readonly host: string; readonly spoken: string }>> = {
  ack: { link: 'Acknowledge', host: 'Acknowledge', spoken: 'Acknowledge' },
  'still-on-it': { link: 'Still on it', host: 'Say so', spoken: 'Say that you are still on it' },
  'take-over': { link: 'Take over', host: 'Take over', spoken: 'Take over' },
};

function howToAnswer(words: PageWords): string[] {
  if (words.isTest) return ['This is a test: nothing is wrong, and nothing needs to be acknowledged.'];
  const act = ACTS[words.call?.answer ?? 'ack'];
  if (words.ackUrl === null) return [`${act.host} ${onTheHost(words)}`];
  return [`${act.link}: ${words.ackUrl}`, `or ${onTheHost(words)}`];
}

/**
 * One SMS where that is possible: the title gives way first, then what is next; a link is never cut. A title that GSM-7
 * cannot write (Cyrillic, say) leaves 70 places. What a page beside the policy asks gives way last.
 */
export function smsText(words: PageWords): string {
  const act = smsAct(words);
  const title = toGsm(cleanLine(words.title));
  const next = words.next === null || words.isTest ? '' : `\n${toGsm(words.next)}`;
  const service = words.service === null ? '' : ` (${toGsm(cleanLine(words.service, LONGEST_SERVICE))})`;
  const since = ` since ${new Date(words.since).toISOString().slice(11, 16)}Z`;
  const front = `${mark(words)}${words.severity} ${words.incident}${moreText(words)} `;
  const start = words.call === undefined ? front : `${front}${toGsm(sentenceOf(words.call))} `;
  const whole = `${start}${title}${service}${since}${next}\n${act}`;
  if (fitsOneSms(whole)) return whole;
  const characters = [...title];
  for (const [rest, fewest] of [
    [`${service}${since}\n${act}`, 20],
    [`${since}\n${act}`, 12],
    [`\n${act}`, 0],
  ] as const) {
    for (let kept = characters.length; kept >= fewest; kept -= 1) {
      const cut = kept < characters.length ? `${characters.slice(0, kept).join('')}...` : title;
      if (fitsOneSms(`${start}${cut}${rest}`)) return `${start}${cut}${rest}`;
    }
  }
  if (words.call === undefined) return `${front}${characters.slice(0, 40).join('')}\n${act}`;
  const lines = callLines(words.call).map((line) => `${front}${line}\n${act}`);
  return lines.find(fitsOneSms) ?? `${front}${words.call.brief}\n${words.ackUrl ?? act}`;
}

function smsAct(words: PageWords): string {
  if (words.isTest) return 'Nothing to do.';
  const { call, ackUrl } = words;
  if (call === undefined) return ackUrl ?? `Ack ${onTheHost(words)}`;
  const act = ACTS[call.answer];
  return ackUrl === null ? `${act.host} ${onTheHost(words)}` : `${act.link}: ${ackUrl}`;
}

/** What a call says: TwiML, spoken twice, with foreign text escaped. */
export function callTwiml(words: PageWords): string {
  const say = `<Say>${escapeXml(fitSpoken(spokenText(words), spokenAct(words)))}</Say>`;
  return `<Response>${say}<Pause length="2"/>${say}</Response>`;
}

/** What is wrong gives way; what to do about it does not. */
function fitSpoken(text: string, act: string): string {
  for (let most = LONGEST_SPOKEN - act.length; most > 0; most -= 20) {
    const spoken = `${truncateGraphemes(text, most)}${act}`;
    if (escapeXml(spoken).length <= LONGEST_ESCAPED) return spoken;
  }
  return act;
}

function spokenAct({ isTest, call, incident }: PageWords): string {
  if (isTest) return '';
  const host = hostCommands(call, spokenId(incident)).join(', then ');
  return ` ${ACTS[call?.answer ?? 'ack'].spoken} in Slack, by the link in your messages, or on the host with ${host}.`;
}

function spokenText(words: PageWords): string {
  const id = spokenId(words.incident);
  const service = words.service === null ? '' : ` Service ${cleanLine(words.service, LONGEST_SERVICE)}.`;
  const start = words.isTest ? 'This is a test page from Gianna Ops. Nothing is wrong.' : 'This is Gianna Ops.';
  const asked = words.call === undefined ? '' : ` ${sentenceOf(words.call, LONGEST_SPOKEN_MESSAGE)}`;
  const next = words.next === null ? '' : ` ${words.next}.`;
  const others = words.others ?? [];
  const more =
    others.length === 0
      ? ''
      : ` And ${others.length} more: ${others.map((each) => spokenId(each.incident)).join(', ')}.`;
  return `${start} ${words.severity} incident ${id}.${asked} ${cleanLine(words.title)}.${service}${more}${next}`;
}

function spokenId(incident: string): string {
  return incident.replace('GI-', 'G I ');
}

const XML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** Text for an XML document: no markup comes through, and no character that XML 1.0 forbids. */
export function escapeXml(text: string): string {
  return text.replace(/[\ufffe\uffff]/g, '').replace(/[&<>"']/g, (character) => XML[character] ?? '');
}

const MOST_IDS = 3;

/** ` +2 (GI-43 GI-44)`; empty when it is alone. */
function moreText({ others = [] }: PageWords): string {
  if (others.length === 0) return '';
  const ids = others.slice(0, MOST_IDS).map(({ incident }) => incident);
  return ` +${others.length} (${ids.join(' ')}${others.length > MOST_IDS ? ' ...' : ''})`;
}

function mark({ isTest }: PageWords): string {
  return isTest ? 'TEST ' : '';
}

function agoText({ since, now }: PageWords): string {
  const seconds = Math.max(0, Math.floor((now - since) / 1000));
  return seconds < 60 ? 'just now' : `${formatDuration(seconds - (seconds % 60))} ago`;
}

function isoMinute(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
