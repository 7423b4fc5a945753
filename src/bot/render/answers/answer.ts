import type { KnownBlock } from '@slack/types';
import { oneLine, stripControls, truncateGraphemes } from '../../../core/text.ts';
import { escapeMrkdwn } from '../../mrkdwn.ts';

/** What one person is told: `text` is the fallback that a phone and a screen reader show. */
export interface Answer {
  readonly text: string;
  readonly blocks: KnownBlock[];
}

/** Longest text of a section that Slack takes is 3000; entities count as written. */
const LONGEST_SECTION = 2900;
const MOST_SECTIONS = 40;

/** An answer of paragraphs in mrkdwn, cut into sections; the fallback is its first lines. */
export function answerOf(paragraphs: readonly string[], extra: readonly KnownBlock[] = []): Answer {
  const sections = paragraphs
    .filter((paragraph) => paragraph !== '')
    .flatMap((paragraph) => splitLines(paragraph))
    .slice(0, MOST_SECTIONS)
    .map((text): KnownBlock => ({ type: 'section', text: { type: 'mrkdwn', text } }));
  return { text: truncateGraphemes(paragraphs.join('\n'), 3000), blocks: [...sections, ...extra] };
}

function splitLines(paragraph: string): string[] {
  const parts: string[] = [];
  let part = '';
  for (const line of paragraph.split('\n')) {
    const next = part === '' ? line : `${part}\n${line}`;
    if (next.length > LONGEST_SECTION && part !== '') {
      parts.push(part);
      part = line;
    } else part = next;
  }
  parts.push(part);
  return parts.map((text) => text.slice(0, 3000));
}

/**
 * Foreign text inside a line of mrkdwn: one line, cut, control and reordering characters gone or visible, `& < >`
 * escaped, and the characters that format, mention or link broken by a word joiner, so that it is read as it stands.
 */
export function foreign(text: string, longest = 200): string {
  const short = truncateGraphemes(oneLine(stripControls(text)), longest);
  return escapeMrkdwn(short).replace(FORMATTING, '$&\u2060').replaceAll('://', ':\u2060//');
}

/** Formatting works at the edge of a word only, so that `memory_usage_bytes` may stay as it is; `@` and back-tick never may. */
const FORMATTING = /[`@]|(?<![\p{L}\p{N}])[*_~]|[*_~](?![\p{L}\p{N}])/gu;

/** An identifier in a code span; back-ticks in it become primes. */
export function code(text: string, longest = 120): string {
  const short = truncateGraphemes(oneLine(stripControls(text)), longest).replaceAll('`', 'ʼ');
  return `\`${escapeMrkdwn(short) || ' '}\``;
}

/** A moment in the reader's own zone, with UTC for clients that cannot. */
export function moment(at: number): string {
  const utc = new Date(at).toISOString().slice(0, 16).replace('T', ' ');
  return `<!date^${Math.floor(at / 1000)}^{date_short_pretty} {time}|${utc} UTC>`;
}
