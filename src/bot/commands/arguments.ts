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

/**
 * Parts options from the other words: `--key value`, `--key=value`, and `key=value` for the names that the command has.
 * A value goes on to the next option, or to its closing quote: `--reason deploy of the api`.
 */
export function readArguments(words: readonly Word[], names: readonly string[]): Arguments {
  const positional: Word[] = [];
  const options = new Map<string, string>();
  let unknown: string | null = null;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index];
    if (word === undefined) break;
    const option = optionOf(word, names);
    if (option === null) {
      positional.push(word);
      continue;
    }
    if (!names.includes(option.name)) unknown ??= option.name;
    const value = valueAfter(option.first === null ? [] : [option.first], words.slice(index + 1), names);
    options.set(option.name, value.text);
    index += value.taken;
  }
  return { positional, options, unknown };
}

function optionOf(word: Word, names: readonly string[]): { readonly name: string; readonly first: Word | null } | null {
  const [, dashes, given = '', value] = /^(--?)?([a-z][a-z0-9_-]*)(?:=(.*))?$/i.exec(word.word) ?? [];
  const name = nameOfWord(given);
  if (dashes === undefined && (value === undefined || !names.includes(name))) return null;
  if (given === '') return null;
  if (value === undefined) return { name, first: null };
  return { name, first: { ...word, word: value, raw: word.raw.slice(word.raw.indexOf('=') + 1) } };
}

function valueAfter(first: readonly Word[], rest: readonly Word[], names: readonly string[]) {
  const taken: Word[] = [...first];
  let count = 0;
  for (const word of rest) {
    if (isClosed(taken) || optionOf(word, names) !== null) break;
    taken.push(word);
    count += 1;
  }
  return { text: unquoted(textOf(taken)), taken: count };
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
