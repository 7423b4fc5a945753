import { nameOfWord } from './words.ts';

/** Words after the verb, parted: `--key value`, `--key=value`, `key=value`, `--flag` (empty value) and the rest in order. */
export interface Options {
  readonly positional: readonly string[];
  readonly options: ReadonlyMap<string, string>;
}

const FLAGS = ['share'];

/** Parts options from positional words. A name without a value is a flag. */
export function readOptions(words: readonly string[]): Options {
  const positional: string[] = [];
  const options = new Map<string, string>();
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    const pair = /^(?:--?)?([a-z][a-z0-9_-]*)=(.*)$/i.exec(word);
    if (pair?.[1] !== undefined) {
      options.set(nameOfWord(pair[1]), nameOfWord(pair[2] ?? ''));
      continue;
    }
    if (!word.startsWith('-')) {
      positional.push(word);
      continue;
    }
    const name = nameOfWord(word.replace(/^-+/, ''));
    const next = words[index + 1];
    const takesNext = !FLAGS.includes(name) && next !== undefined && !next.startsWith('-');
    options.set(name, takesNext ? nameOfWord(next) : '');
    if (takesNext) index += 1;
  }
  return { positional, options };
}
