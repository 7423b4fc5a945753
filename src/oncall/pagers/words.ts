import type { Severity } from '../../core/config/config.ts';
import { formatDuration } from '../../core/duration.ts';
import { oneLine, stripControls, truncateGraphemes } from '../../core/text.ts';
import { fitsOneSms, toGsm } from './gsm.ts';

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
  /** Further incidents that the same message names; absent: none. */
  readonly others?: ReadonlyArray<{ readonly incident: string; readonly severity: Severity; readonly title: string }>;
  /** A test that somebody asked for. */
  readonly isTest: boolean;
}

const LONGEST_TITLE = 200;
const LONGEST_SERVICE = 60;
/** Twilio takes 4,000 characters of TwiML; the text is in it twice. */
const LONGEST_SPOKEN = 600;

/** Makes foreign text one safe line. */
export function cleanLine(text: string, most = LONGEST_TITLE): string {
  return truncateGraphemes(oneLine(stripControls(text)), most);
}

/** `P0 GI-42 Database is down (gianna)`, one line: the subject of a mail, the summary at PagerDuty. */
export function headline(words: PageWords): string {
  const service = words.service === null ? '' : ` (${cleanLine(words.service, LONGEST_SERVICE)})`;
  return `${mark(words)}${words.severity} ${words.incident}${moreText(words)} ${cleanLine(words.title)}${service}`;
}

/** How to act without Slack, on the host that the bot runs on. */
export function onTheHost({ incident }: PageWords): string {
  return `on the host: gianna-ops ack ${incident}`;
}

/** The whole of a mail, plain text. */
export function mailText(words: PageWords): string {
  const lines = [headline(words), '', `Since ${isoMinute(words.since)} (${agoText(words)}).`];
  for (const { severity, incident, title } of words.others ?? [])
    lines.push(`${severity} ${incident} ${cleanLine(title)}`);
  if (words.next !== null) lines.push(words.next);
  lines.push('', ...howToAcknowledge(words));
  return `${lines.join('\n')}\n`;
}

function howToAcknowledge(words: PageWords): string[] {
  if (words.isTest) return ['This is a test: nothing is wrong, and nothing needs to be acknowledged.'];
  const host = `Acknowledge ${onTheHost(words)}`;
  return words.ackUrl === null ? [host] : [`Acknowledge: ${words.ackUrl}`, `or ${onTheHost(words)}`];
}

/**
 * One SMS where that is possible: the title gives way first, then what is next; a link is never cut. A title that GSM-7
 * cannot write (Cyrillic, say) leaves 70 places.
 */
export function smsText(words: PageWords): string {
  const act = words.isTest ? 'Nothing to do.' : (words.ackUrl ?? `Ack ${onTheHost(words)}`);
  const title = toGsm(cleanLine(words.title));
  const next = words.next === null || words.isTest ? '' : `\n${toGsm(words.next)}`;
  const service = words.service === null ? '' : ` (${toGsm(cleanLine(words.service, LONGEST_SERVICE))})`;
  const since = ` since ${new Date(words.since).toISOString().slice(11, 16)}Z`;
  const start = `${mark(words)}${words.severity} ${words.incident}${moreText(words)} `;
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
  return `${start}${characters.slice(0, 40).join('')}\n${act}`;
}

/** What a call says: TwiML, spoken twice, with foreign text escaped. */
export function callTwiml(words: PageWords): string {
  const spoken = truncateGraphemes(spokenText(words), LONGEST_SPOKEN);
  const say = `<Say>${escapeXml(spoken)}</Say>`;
  return `<Response>${say}<Pause length="2"/>${say}</Response>`;
}

function spokenText(words: PageWords): string {
  const id = words.incident.replace('GI-', 'G I ');
  const service = words.service === null ? '' : ` Service ${cleanLine(words.service, LONGEST_SERVICE)}.`;
  const start = words.isTest ? 'This is a test page from Gianna Ops. Nothing is wrong.' : 'This is Gianna Ops.';
  const act = words.isTest
    ? ''
    : ` Acknowledge in Slack, by the link in your messages, or on the host with gianna-ops ack ${id}.`;
  const next = words.next === null ? '' : ` ${words.next}.`;
  const others = words.others ?? [];
  const more =
    others.length === 0
      ? ''
      : ` And ${others.length} more: ${others.map((each) => each.incident.replace('GI-', 'G I ')).join(', ')}.`;
  return `${start} ${words.severity} incident ${id}. ${cleanLine(words.title)}.${service}${more}${next}${act}`;
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
