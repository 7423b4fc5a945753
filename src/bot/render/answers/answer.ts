import type { KnownBlock } from '@slack/types';
import { truncateGraphemes } from '../../../core/text.ts';

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
