import { unquoted } from './arguments.ts';
import { textOf, type Word } from './words.ts';

/** Words as the text they were; null: there are none. */
export function saidText(words: readonly Word[]): string | null {
  const text = unquoted(textOf(words));
  return text === '' ? null : text;
}

/** A reason as it was said: by `--reason`, else the words that are left. */
export function saidReason(option: string | undefined, rest: readonly Word[]): string | null {
  return option === undefined || option === '' ? saidText(rest) : option;
}
