import * as z from 'zod';
import { wordIssues } from './issues.ts';
import type { Path } from './problem.ts';

export interface Checked<T> {
  /** The whole value when it fits; null when anything is wrong. */
  readonly whole: T | null;
  /** What is left once everything faulty is taken out, so that the rest can be checked further; null when nothing is. */
  readonly rest: Partial<T> | null;
  readonly findings: ReturnType<typeof wordIssues>;
  /** A path in `rest` → the path in the file (entries taken out of lists move the others). */
  origin(path: Path): Path;
}

const MOST_ROUNDS = 50;

/** Checks a value against a schema, finds all that is wrong, and keeps what is right. */
export function checkShape<T>(schema: z.ZodType<T>, value: unknown): Checked<T> {
  const whole = schema.safeParse(value);
  if (whole.success) return { whole: whole.data, rest: whole.data, findings: [], origin: (path) => path };
  const findings = wordIssues(schema, value, whole.error.issues);
  const pruned = structuredClone(value);
  const origins: Origins = new WeakMap();
  const rest = prune(lenient(schema), pruned, origins) as Partial<T> | null;
  return { whole: null, rest, findings, origin: (path) => originOf(pruned, origins, path) };
}

type Origins = WeakMap<unknown[], number[]>;

/** The same schema with every top-level key optional, so that one missing key does not hide the others. */
function lenient(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodObject ? schema.partial() : schema;
}

/** Takes out what the schema refuses until the rest fits; null when the top itself does not. */
function prune(schema: z.ZodType, value: unknown, origins: Origins): unknown {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    const paths = result.error.issues.flatMap(faultyPaths).sort(laterFirst);
    let removed = false;
    for (const path of paths) removed = remove(value, path, origins) || removed;
    if (!removed) return null;
  }
  return null;
}

function faultyPaths(issue: z.core.$ZodIssue): Path[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key]) : [path];
}

/** Higher list positions first, so that taking one out moves none that is still to come; then the deeper path. */
function laterFirst(a: Path, b: Path): number {
  for (const [index, part] of a.entries()) {
    const other = b[index];
    if (other === undefined) return -1;
    if (part === other) continue;
    if (typeof part === 'number' && typeof other === 'number') return other - part;
    return String(part) < String(other) ? -1 : 1;
  }
  return a.length < b.length ? 1 : 0;
}

/** Takes out the value at `path`, or the nearest thing around it that is there; false when that is the top itself. */
function remove(value: unknown, path: Path, origins: Origins): boolean {
  const parents: unknown[] = [value];
  for (const part of path) parents.push(child(parents.at(-1), part));
  for (let depth = path.length; depth > 0; depth -= 1) {
    const parent = parents[depth - 1];
    const part = path[depth - 1];
    if (part === undefined || parents[depth] === undefined) continue;
    return take(parent, part, origins);
  }
  return false;
}

function child(parent: unknown, part: string | number): unknown {
  if (parent === null || typeof parent !== 'object' || !Object.hasOwn(parent, part)) return undefined;
  return (parent as Record<string | number, unknown>)[part];
}

function take(parent: unknown, part: string | number, origins: Origins): boolean {
  if (Array.isArray(parent)) {
    const places = origins.get(parent) ?? parent.map((_, index) => index);
    parent.splice(Number(part), 1);
    places.splice(Number(part), 1);
    origins.set(parent, places);
    return true;
  }
  if (parent === null || typeof parent !== 'object') return false;
  return Reflect.deleteProperty(parent, part);
}

function originOf(pruned: unknown, origins: Origins, path: Path): Path {
  const original: Array<string | number> = [];
  let node = pruned;
  for (const part of path) {
    const places = Array.isArray(node) ? origins.get(node) : undefined;
    original.push(typeof part === 'number' ? (places?.[part] ?? part) : part);
    node = child(node, part);
  }
  return original;
}
