import { closest } from '../../suggest.ts';
import { didYouMean, type Path, type Report } from '../problem.ts';

/** Entries of a group whose values are there; a faulty entry was taken out before. */
export function entriesOf<T>(group: Readonly<Record<string, T>> | undefined): Array<[string, T]> {
  return Object.entries(group ?? {});
}

/** Reads an own key of a group; never what every object inherits. */
export function entryOf<T>(group: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return group !== undefined && Object.hasOwn(group, key) ? group[key] : undefined;
}

/** Reports a name that stands nowhere: what is allowed, where, and the name that was probably meant. */
export function requireName(
  report: Report,
  place: { file: string; path: Path; severity?: 'error' | 'warning' },
  asked: { what: string; name: string; known: readonly string[]; knownIn: string },
): boolean {
  if (asked.known.includes(asked.name)) return true;
  const listed = asked.known.length === 0 ? 'there are none' : `there are ${asked.known.slice(0, 20).join(', ')}`;
  report({
    ...place,
    message: `unknown ${asked.what} "${asked.name}"; in ${asked.knownIn} ${listed}`,
    hint: didYouMean(closest(asked.name, asked.known, 1)),
  });
  return false;
}
