import { readMoment } from './moments.ts';
import { readSpan } from './spans.ts';
import type { Word } from './words.ts';
import { nameOfWord, textOf } from './words.ts';

/** Words after the verb of a command that takes texts: options by name, the rest in order. */
export interface Arguments {
  readonly positional: readonly Word[];
  /** As they were typed, quotes around them taken off. */
  readonly options: ReadonlyMap<string, string>;
  /** An option that the command does not have. */
  readonly unknown: string | null;
}

const QUOTE = /^[`“”„«»"‘’‚']|[`“”„«»"‘’‚']$/g;
const OPENS = /^[“”„«"‘‚']/;
const CLOSES = /[“”»"’']$/;

/** What follows an option: one word, a length (`2 hours`), a time (`tomorrow 9am`), or a text up to the next option or its closing quote. */
export type OptionKinds = Readonly<Record<string, 'word' | 'span' | 'moment' | 'text'>>;

/**
 * Parts options from the other words: `--key value`, `--key=value`, and `key=value` for the names that the command has.
 * Options that it does not have take what a text would.
 */
export function readArguments(words: readonly Word[], kinds: OptionKinds): Arguments {
  const positional: Word[] = [];
  const options = new Map<string, string>();
  let unknown: string | null = null;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index];
    if (word === undefined) break;
    const option = optionOf(word, kinds);
    if (option === null) {
      positional.push(word);
      continue;
    }
    if (!Object.hasOwn(kinds, option.name)) unknown ??= option.name;
    const value = valueAfter(option, words.slice(index + 1), kinds);
    options.set(option.name, value.text);
    index += value.taken;
  }
  return { positional, options, unknown };
}

interface OptionRead {
  readonly name: string;
  /** What stood behind its `=`. */
  readonly first: Word | null;
}

function optionOf(word: Word, kinds: OptionKinds): OptionRead | null {
  const [, dashes, given = '', value] = /^(--?)?([a-z][a-z0-9_-]*)(?:=(.*))?$/i.exec(word.word) ?? [];
  const name = nameOfWord(given);
  if (given === '' || (dashes === undefined && (value === undefined || !Object.hasOwn(kinds, name)))) return null;
  if (value === undefined) return { name, first: null };
  return { name, first: { ...word, word: value, raw: word.raw.slice(word.raw.indexOf('=') + 1) } };
}

function valueAfter({ name, first }: OptionRead, rest: readonly Word[], kinds: OptionKinds) {
  const all = first === null ? rest : [first, ...rest];
  const end = all.findIndex((word) => word !== first && optionOf(word, kinds) !== null);
  const candidates = end < 0 ? all : all.slice(0, end);
  const count = countOf(candidates, Object.hasOwn(kinds, name) ? kinds[name] : 'text');
  const text = unquoted(textOf(candidates.slice(0, count)));
  return { text, taken: first === null ? count : Math.max(0, count - 1) };
}

/** How many of the words are the option's value. */
function countOf(words: readonly Word[], kind: OptionKinds[string] | undefined): number {
  if (kind === 'word') return Math.min(1, words.length);
  if (kind === 'moment') return readMoment(words.map(({ word }) => word))?.taken ?? Math.min(1, words.length);
  if (kind === 'span') return readSpan(words.map(({ word }) => word))?.taken ?? Math.min(1, words.length);
  const closed = words.findIndex((_word, index) => isClosed(words.slice(0, index + 1)));
  return closed < 0 ? words.length : closed + 1;
}

/** It began with a quote, and that has ended. */
function isClosed(words: readonly Word[]): boolean {
  const [first] = words;
  const last = words.at(-1);
  if (first === undefined || last === undefined || !OPENS.test(first.raw)) return false;
  return CLOSES.test(last.raw) && (words.length > 1 || last.raw.length > 1);
}

/** The text without the quotes around it. */
export function unquoted(text: string): string {
  const trimmed = text.trim();
  return OPENS.test(trimmed) && CLOSES.test(trimmed) ? trimmed.replace(QUOTE, '').trim() : trimmed;
}
