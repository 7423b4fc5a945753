import * as z from 'zod';
import type { Path } from '../problem.ts';

type Schema = z.core.$ZodType;

/** Every schema that may describe the value at `path`: several where alternatives are open. */
export function schemasAt(schema: Schema, path: Path): Schema[] {
  let open = unwrap(schema);
  for (const part of path) open = open.flatMap((each) => childrenAt(each, part)).flatMap(unwrap);
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
  return schemasAt(schema, path).some((each) => z.globalRegistry.get(each)?.writeOnly === true);
}

function definitionOf(schema: Schema): z.core.$ZodTypes['_zod']['def'] {
  return (schema as z.core.$ZodTypes)._zod.def;
}

/** The schema itself, through optional and default, and each alternative of a union. */
function unwrap(schema: Schema): Schema[] {
  const def = definitionOf(schema);
  switch (def.type) {
    case 'optional':
    case 'default':
    case 'nullable':
    case 'readonly':
      return unwrap(def.innerType);
    case 'union':
      return def.options.flatMap(unwrap);
    default:
      return [schema];
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
