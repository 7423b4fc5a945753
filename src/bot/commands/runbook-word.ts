import type { Vocabulary } from './names.ts';
import { nameOfWord } from './words.ts';

/** The runbook whose own word this is, by its name or an alias; null: it is no runbook's. */
export function runbookOfWord(word: string, { runbookWords }: Pick<Vocabulary, 'runbookWords'>): string | null {
  const name = nameOfWord(word);
  const found = Object.entries(runbookWords).find(
    ([runbook, { aliases }]) => nameOfWord(runbook) === name || aliases.some((alias) => nameOfWord(alias) === name),
  );
  return found?.[0] ?? null;
}
