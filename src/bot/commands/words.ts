/** Longest command text that is read at all, in characters. */
export const LONGEST_COMMAND = 3_500;

const ENTITY = /<([^<>]{1,400})>/g;
const PERMALINK = /^https?:\/\/[^/]+\/archives\/([A-Z0-9]{3,20})\/p(\d{10})(\d{6})(?:\?(.*))?$/;
const INVISIBLE = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
const WORD = /[^\s\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+/g;
const QUOTES = /[`“”„«»"‘’‚']/g;

/** One word that a person typed. */
export interface Word {
  /** Evened out, for matching. */
  readonly word: string;
  /** As it was typed, entities decoded: for notes, titles, reasons. */
  readonly raw: string;
  /** It began a new line. */
  readonly newLine: boolean;
}

/**
 * Splits what a person typed into words: Slack's entities decoded (`<@U1|ana>` → `@U1`, `<http://a|a>` → `a`, a link to a
 * message kept as its URL), smart quotes, long dashes, no-break spaces, backticks and trailing punctuation evened out
 * (UX.md 3.13, Tolerance). Nothing is dropped that could be an argument.
 */
export function readWords(text: string): Word[] {
  const plain = decodeCharacters(text.replace(ENTITY, (_all, inner: string) => ` ${decodeEntity(inner)} `));
  const words: Word[] = [];
  let end = 0;
  for (const found of plain.replace(INVISIBLE, '').matchAll(WORD)) {
    const [raw] = found;
    const gap = found.input.slice(end, found.index);
    end = found.index + raw.length;
    const word = evenOut(raw.replace(QUOTES, ''));
    if (word !== '') words.push({ word, raw, newLine: gap.includes('\n') && words.length > 0 });
  }
  return words;
}

/** The evened words alone. */
export function wordsOf(text: string): string[] {
  return readWords(text).map(({ word }) => word);
}

/** What was typed, words parted as they were by a blank or a new line. */
export function textOf(words: readonly Word[]): string {
  return words.map(({ raw, newLine }, index) => `${index === 0 ? '' : newLine ? '\n' : ' '}${raw}`).join('');
}

function decodeEntity(inner: string): string {
  const [target = '', label] = inner.split('|', 2);
  if (/^[@#!]/.test(target)) return target;
  if (PERMALINK.test(decodeCharacters(target))) return target;
  return label ?? target.replace(/^mailto:/, '');
}

function decodeCharacters(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

function evenOut(word: string): string {
  const dashed = word.replace(/^[—–]/, '--').replace(/[‐‑‒–—−]/g, '-');
  return dashed === '?' ? dashed : dashed.replace(/[.,;:!?…]+$/, '');
}

/** A word as names are compared: lower case, `_` as `-`. */
export function nameOfWord(word: string): string {
  return word.toLowerCase().replaceAll('_', '-');
}

/** The thread that a link to a Slack message names, as `<channel>/<ts>`; null for any other word. */
export function threadOfPermalink(word: string): string | null {
  const found = PERMALINK.exec(word);
  if (found === null) return null;
  const [, channel, seconds, fraction, query] = found;
  const thread = /(?:^|&)thread_ts=(\d{10}\.\d{6})(?:&|$)/.exec(query ?? '')?.[1];
  return `${channel}/${thread ?? `${seconds}.${fraction}`}`;
}
