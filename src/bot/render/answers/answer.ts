import type { PlainBlock } from '../payload.ts';

/** What one person is told: `text` is the fallback that a phone and a screen reader show. */
export interface Answer {
  readonly text: string;
  readonly blocks: PlainBlock[];
}

/** Longest text of a section that Slack takes is 3000; entities count as written. */
const LONGEST_SECTION = 2900;
/** Slack refuses blocks of about 13,200 characters in all. */
const LONGEST_ANSWER = 10_000;
const LONGEST_TEXT = 3_000;

/** An answer of paragraphs in mrkdwn, cut into sections at line ends; the fallback is its first lines. Lines must be shorter than 2900 characters. */
export function answerOf(paragraphs: readonly string[], extra: readonly PlainBlock[] = []): Answer {
  const filled = paragraphs.filter((paragraph) => paragraph !== '');
  const shown = fitLines(filled.join('\n\n'), LONGEST_ANSWER).split('\n\n');
  const sections = shown
    .flatMap((paragraph) => splitLines(paragraph))
    .map((text): PlainBlock => ({ type: 'section', text: { type: 'mrkdwn', text } }));
  return { text: fitLines(filled.join('\n'), LONGEST_TEXT), blocks: [...sections, ...extra] };
}

/** The first lines that fit: cutting inside a line could cut an entity in two. */
function fitLines(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const end = text.lastIndexOf('\n', longest - 2);
  return end <= 0 ? '…' : `${text.slice(0, end).trimEnd()}\n…`;
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
  return parts.filter((text) => text !== '');
}
