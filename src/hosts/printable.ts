import { stripVTControlCharacters } from 'node:util';

const CONTROL = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/gu;
const LINE_ENDS = /\r\n?/g;

/**
 * Foreign text as it may be shown: terminal sequences, control characters and direction overrides removed, line ends
 * unified. Line feeds and tabs stay.
 */
export function printable(text: string): string {
  return stripVTControlCharacters(text)
    .replace(LINE_ENDS, '\n')
    .replace(CONTROL, (found) => (found === '\n' || found === '\t' ? found : ''));
}

/** The first line that says something, cut to `longest` characters; empty when there is none. */
export function firstLine(text: string, longest = 160): string {
  const line =
    printable(text)
      .split('\n')
      .map((each) => each.trim())
      .find((each) => each !== '') ?? '';
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}
