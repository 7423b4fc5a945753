import { firstLine } from '../../hosts/printable.ts';

type Results = Record<string, string | number | boolean>;

const NAME = /^[A-Za-z0-9_-]{1,60}$/;
const MOST = 50;
/** Characters of a text result. */
export const LONGEST_RESULT = 1000;

/**
 * The plain values of an object's first level, as `<prefix>.<name>`: at most 50, texts as one line of at most 1000
 * characters, with their secrets hidden before they are cut.
 */
export function plainResults(prefix: string, value: unknown, hide: (text: string) => string): Results {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return {};
  const results: Results = {};
  for (const [name, inner] of Object.entries(value)
    .filter(([key]) => NAME.test(key))
    .slice(0, MOST)) {
    if (typeof inner === 'string') results[`${prefix}.${name}`] = firstLine(hide(inner), LONGEST_RESULT);
    if (typeof inner === 'number' || typeof inner === 'boolean') results[`${prefix}.${name}`] = inner;
  }
  return results;
}

/** A text as JSON; undefined when it is none. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Not JSON: a fact like any other.
  }
}
