import { closest } from '../../core/suggest.ts';
import { nameOfWord } from './words.ts';

/** Names that exist, from the configuration in force. */
export interface Vocabulary {
  readonly services: readonly string[];
  readonly probes: readonly string[];
  /** Keys of oncall.yml. */
  readonly people: readonly string[];
  readonly schedules: readonly string[];
  readonly restartModes: readonly string[];
  /** Names of the parameters of each runbook. */
  readonly runbooks: Readonly<Record<string, readonly string[]>>;
  /** Runbooks whose name is a word of its own, by it. */
  readonly runbookWords: Readonly<Record<string, RunbookWordKnown>>;
  /** Service of the incident whose thread it is. */
  readonly serviceOfThread: string | null;
}

/** How the words after a runbook's own word are read. */
export interface RunbookWordKnown {
  readonly aliases: readonly string[];
  /** Parameters that words without a name are for, in order; a list takes all that are left. */
  readonly takes: ReadonlyArray<{ readonly name: string; readonly isList: boolean }>;
}

type NameFound =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'ambiguous'; readonly word: string; readonly candidates: readonly string[] }
  | {
      readonly kind: 'unknown';
      readonly what: 'service' | 'person' | 'schedule' | 'runbook';
      readonly word: string;
      readonly suggestions: readonly string[];
    };

const MOST_CANDIDATES = 5;

/** Finds a name: exactly (any case, `_` as `-`), or by a prefix that only one has. Corrections are only suggested. */
export function resolveName(
  word: string,
  names: readonly string[],
  what: 'service' | 'person' | 'schedule' | 'runbook' = 'service',
): NameFound {
  const asked = nameOfWord(word);
  const exact = names.find((name) => name === word) ?? names.find((name) => nameOfWord(name) === asked);
  if (exact !== undefined) return { kind: 'name', name: exact };
  const begins = [...new Set(names.filter((name) => nameOfWord(name).startsWith(asked)))];
  const [only, ...others] = begins;
  if (only !== undefined && others.length === 0) return { kind: 'name', name: only };
  if (only !== undefined) return { kind: 'ambiguous', word, candidates: begins.slice(0, MOST_CANDIDATES) };
  return { kind: 'unknown', what, word, suggestions: closest(asked, [...new Set(names)], MOST_CANDIDATES) };
}
