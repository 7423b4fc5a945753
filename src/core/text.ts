const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Cuts a text to `max` graphemes (what a reader counts as characters), the ellipsis included when it was cut. */
export function truncateGraphemes(text: string, max: number, ellipsis = '…'): string {
  if (text.length <= max) return text;
  const kept: string[] = [];
  const room = Math.max(0, max - lengthOf(ellipsis));
  let seen = 0;
  for (const { segment } of graphemes.segment(text)) {
    seen += 1;
    if (seen > max) return max <= 0 ? '' : kept.join('') + ellipsis;
    if (kept.length < room) kept.push(segment);
  }
  return text;
}

function lengthOf(text: string): number {
  return [...graphemes.segment(text)].length;
}

const ESC = '\\u001b';
const CSI = '\\u009b';
const BEL = '\\u0007';
/** Terminal sequences: CSI (`ESC [ … letter`), OSC and the other strings (`ESC ] … BEL` or `ESC \`), short escapes. */
const ANSI = new RegExp(
  [
    `(?:${ESC}\\[|${CSI})[0-?]*[ -/]*[@-~]`,
    `${ESC}[\\]PX^_][^${BEL}${ESC}\\n]*(?:${BEL}|${ESC}\\\\)?`,
    `${ESC}[ -/]*[0-~]`,
  ].join('|'),
  'g',
);
/** C0 and C1 but tab, line feed and carriage return. */
const CONTROLS = /(?![\t\n\r])\p{Cc}/gu;
/** Embedding, override, isolate and mark characters that reorder what a reader sees. */
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Half of a pair without the other half: no text, and refused by JSON parsers elsewhere. */
const LONE_SURROGATE = /\p{Surrogate}/gu;

/**
 * Makes foreign text safe to show: terminal sequences and control characters go, characters that reorder text become
 * a visible `⟨U+202E⟩`, lone surrogates become U+FFFD. Tabs and line breaks stay (`oneLine` folds them).
 */
export function stripControls(text: string): string {
  return text.replace(LONE_SURROGATE, '\ufffd').replace(ANSI, '').replace(CONTROLS, '').replace(BIDI, visible);
}

function visible(character: string): string {
  return `⟨U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`;
}

/** Folds every run of white space, line and paragraph separators included, into one space, and trims. */
export function oneLine(text: string): string {
  return text.replace(/[\s\u2028\u2029\u0085]+/gu, ' ').trim();
}
