import type { z } from 'zod';
import { closest } from '../suggest.ts';
import { didYouMean, type Path } from './problem.ts';
import { NO_REFERENCE } from './schema/step.ts';
import { allowedKeys } from './schema/walk.ts';

/** What a schema refused, in words; `at` says whether the key or its value is meant. */
export interface Finding {
  readonly path: Path;
  readonly at: 'key' | 'value';
  readonly message: string;
  readonly hint: string | null;
}

type Issue = z.core.$ZodIssue;
const LONGEST_LIST = 30;

/** Words a schema's issues for the operator, one a place: what is allowed, and the name that was probably meant. */
export function wordIssues(schema: z.core.$ZodType, value: unknown, issues: readonly Issue[]): Finding[] {
  const told = new Set<string>();
  return issues
    .flatMap((issue) => wordIssue(schema, value, issue, []))
    .filter(({ path, at }) => {
      const place = JSON.stringify([path, at]);
      const isNew = !told.has(place);
      told.add(place);
      return isNew;
    });
}

function wordIssue(schema: z.core.$ZodType, value: unknown, issue: Issue, parent: Path): Finding[] {
  const path = [...parent, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))];
  const finding = (message: string, hint: string | null = null): Finding[] => [{ path, at: 'value', message, hint }];
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => unknownKey(allowedKeys(schema, path, valueAt(value, path)), path, key));
  if (issue.code === 'invalid_key') {
    return [{ path, at: 'key', message: issue.issues[0]?.message ?? 'is not a usable name', hint: null }];
  }
  if (isAbsent(value, path)) return missing(path);
  if (issue.code === 'invalid_union') return wordUnion(schema, value, issue, path);
  if (issue.code === 'invalid_value') return finding(oneOf(issue.values), near(valueAt(value, path), issue.values));
  if (issue.code === 'invalid_type') {
    const own = issue.message.startsWith('Invalid input') ? `must be ${typeName(issue.expected)}` : issue.message;
    return finding(`${own}, not ${typeOf(valueAt(value, path))}`);
  }
  if (issue.code === 'too_small' && issue.message.startsWith('Too small'))
    return finding(bound('at least', issue.minimum));
  if (issue.code === 'too_big' && issue.message.startsWith('Too big')) return finding(bound('at most', issue.maximum));
  return finding(issue.message);
}

function unknownKey(allowed: readonly string[], path: Path, key: string): Finding {
  return {
    path: [...path, key],
    at: 'key',
    message: `unknown key "${key}"; allowed here: ${list(allowed)}`,
    hint: didYouMean(closest(key, allowed, 1)),
  };
}

function missing(path: Path): Finding[] {
  const key = path.at(-1);
  const message = typeof key === 'string' ? `missing key "${key}"` : 'must not be empty';
  return [{ path, at: 'key', message, hint: null }];
}

type UnionIssue = Extract<Issue, { code: 'invalid_union' }>;

/**
 * Of several alternatives, words the one that was meant: the only one whose outer shape fits. That a reference might
 * stand there instead is not worded: whoever wrote none meant the field's own type.
 */
function wordUnion(schema: z.core.$ZodType, value: unknown, issue: UnionIssue, path: Path): Finding[] {
  if ('options' in issue && Array.isArray(issue.options)) {
    const options = issue.options.map(String);
    return [{ path, at: 'value', message: oneOf(options), hint: near(valueAt(value, path), options) }];
  }
  const own = issue.errors.filter((errors) => !errors.some(({ message }) => message === NO_REFERENCE));
  if (own.length === 1 && own.length < issue.errors.length) {
    return own.flat().flatMap((error) => wordIssue(schema, value, error, path));
  }
  const fitting = own.filter((errors) => !errors.some((error) => isOuter(error)));
  const [only] = fitting.sort((a, b) => weight(a) - weight(b));
  const message = issue.message === 'Invalid input' ? 'is of none of the allowed forms' : issue.message;
  if (only === undefined) {
    const values = own.flat().flatMap((error) => (error.code === 'invalid_value' ? error.values : []));
    return [{ path, at: 'value', message, hint: near(valueAt(value, path), values) }];
  }
  return only.flatMap((error) => wordIssue(schema, value, error, path));
}

function weight(issues: readonly Issue[]): number {
  return issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1), 0);
}

/** Whether an alternative failed at its outermost: another kind of value altogether. */
function isOuter(issue: Issue): boolean {
  return issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value');
}

function oneOf(values: readonly unknown[]): string {
  const names = values.map(String);
  return names.length === 1 ? `must be ${names[0]}` : `must be one of ${list(names)}`;
}

function near(written: unknown, values: readonly unknown[]): string | null {
  return typeof written === 'string' ? didYouMean(closest(written, values.map(String), 1)) : null;
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, LONGEST_LIST).join(', ');
  return names.length > LONGEST_LIST ? `${shown}, …` : shown;
}

function bound(word: string, limit: number | bigint): string {
  return `must be ${word} ${limit}`;
}

/** The value at a path of plain data; undefined where there is none. */
export function valueAt(value: unknown, path: Path): unknown {
  let current = value;
  for (const part of path) {
    if (current === null || typeof current !== 'object' || !Object.hasOwn(current, part)) return undefined;
    current = (current as Record<string | number, unknown>)[part];
  }
  return current;
}

function isAbsent(value: unknown, path: Path): boolean {
  return path.length > 0 && valueAt(value, path) === undefined;
}

function typeName(expected: string): string {
  const names: Record<string, string> = {
    string: 'a text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    array: 'a list',
    object: 'a group of keys',
    record: 'a group of keys',
  };
  return names[expected] ?? expected;
}

function typeOf(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a group of keys';
  if (typeof value === 'number') return 'a number';
  return typeof value === 'boolean' ? 'true or false' : 'a text';
}
