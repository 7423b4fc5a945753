import * as z from 'zod';
import type { Path } from '../problem.ts';

type Schema = z.core.$ZodType;

/** Every schema that may describe the value at `path`: several where alternatives are open. */
export function schemasAt(schema: Schema, path: Path): Schema[] {
  return wrappedAt(schema, path).flatMap(unwrap);
}

/** The same, each with what it is wrapped in. */
function wrappedAt(schema: Schema, path: Path): Schema[] {
  let open = [schema];
  for (const part of path) open = open.flatMap(unwrap).flatMap((each) => childrenAt(each, part));
  return open;
}

/**
 * Keys that an object at `path` may have; empty when any name is allowed there. Of several alternatives those count
 * whose own words (`kind: http`) stand in `written`, the value there.
 */
export function allowedKeys(schema: Schema, path: Path, written: unknown): string[] {
  const open = schemasAt(schema, path);
  const meant = open.filter((each) => isMeant(each, written));
  const keys = new Set<string>();
  for (const each of meant.length > 0 ? meant : open) {
    const def = definitionOf(each);
    if (def.type === 'object') for (const key of Object.keys(def.shape)) keys.add(key);
  }
  return [...keys];
}

/** Whether no fixed word of an alternative contradicts what is written. */
function isMeant(schema: Schema, written: unknown): boolean {
  const def = definitionOf(schema);
  if (def.type !== 'object' || written === null || typeof written !== 'object') return false;
  return Object.entries(def.shape).every(([key, child]) => {
    const isFixed = ['literal', 'enum'].includes(definitionOf(child).type) && Object.hasOwn(written, key);
    return !isFixed || z.safeParse(child, (written as Record<string, unknown>)[key]).success;
  });
}

/** Whether the value at `path` is marked secret, so that it may come from the environment and is never printed. */
export function isSecretAt(schema: Schema, path: Path): boolean {
  return wrappedAt(schema, path)
    .flatMap(layersOf)
    .some((each) => z.globalRegistry.get(each)?.writeOnly === true);
}

/** Every text of plain data with its place. */
export function textsOf(value: unknown, path: Path = []): Array<{ readonly path: Path; readonly text: string }> {
  if (typeof value === 'string') return [{ path, text: value }];
  if (value === null || typeof value !== 'object') return [];
  const isList = Array.isArray(value);
  return Object.entries(value).flatMap(([key, item]) => textsOf(item, [...path, isList ? Number(key) : key]));
}

function definitionOf(schema: Schema): z.core.$ZodTypes['_zod']['def'] {
  return (schema as z.core.$ZodTypes)._zod.def;
}

/** The schema itself, through optional, default and conversions, and each alternative of a union. */
function unwrap(schema: Schema): Schema[] {
  const inner = innerOf(schema);
  return inner.length === 0 ? [schema] : inner.flatMap(unwrap);
}

/** A schema and everything that it wraps: a mark may stand at each. */
function layersOf(schema: Schema): Schema[] {
  return [schema, ...innerOf(schema).flatMap(layersOf)];
}

function innerOf(schema: Schema): readonly Schema[] {
  const def = definitionOf(schema);
  switch (def.type) {
    case 'optional':
    case 'default':
    case 'prefault':
    case 'nullable':
    case 'readonly':
      return [def.innerType];
    case 'pipe':
      return [def.in];
    case 'union':
      return def.options;
    default:
      return [];
  }
}

function childrenAt(schema: Schema, part: string | number): Schema[] {
  const def = definitionOf(schema);
  if (def.type === 'object') {
    const child = Object.hasOwn(def.shape, part) ? def.shape[String(part)] : undefined;
    return child === undefined ? [] : [child];
  }
  if (def.type === 'record') return [def.valueType];
  return def.type === 'array' ? [def.element] : [];
}
