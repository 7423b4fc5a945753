import type { Config, ParameterConfig } from '../../../core/config/config.ts';
import { closest } from '../../../core/suggest.ts';
import { nameOfWord } from '../../commands/words.ts';

/** Most options that Slack shows in one select, and the longest that it takes. */
export const MOST_OPTIONS = 100;
export const LONGEST_OPTION = 75;

/** The names that a parameter may have; null: it is typed. */
export function namesFor(parameter: ParameterConfig, config: Config): readonly string[] | null {
  if (parameter.list) return null;
  if (parameter.type === 'service') return Object.keys(config.services);
  if (parameter.type === 'host') return Object.keys(config.hosts);
  if (parameter.type !== 'choice') return null;
  // a longer one could not be picked
  return parameter.options.every((each) => each.length <= LONGEST_OPTION) ? parameter.options : null;
}

/** Names that complete what was typed, best first: those that begin so, that hold it, that are near. */
export function completions(typed: string, names: readonly string[]): string[] {
  const asked = nameOfWord(typed.trim());
  if (asked === '') return names.slice(0, MOST_OPTIONS);
  const begins = names.filter((name) => nameOfWord(name).startsWith(asked));
  const holds = names.filter((name) => nameOfWord(name).includes(asked) && !begins.includes(name));
  const found = [...begins, ...holds];
  return (found.length > 0 ? found : [...closest(asked, names)]).slice(0, MOST_OPTIONS);
}
