import { z } from 'zod';
import type { Path } from '../problem.ts';

type Schema = z.core.$ZodType;

/** Every schema that may describe the value at `path`: several where alternatives are open. */
export function schemasAt(schema: Schema, path: Path): Schema[] {
  let open = unwrap(schema);
  for (const part of path) open = open.flatMap((each) => childrenAt(each, part)).flatMap(unwrap);
  return open;
}

/** Keys that an object at `path` may have; empty when any name is allowed there. */
export function allowedKeys(schema: Schema, path: Path): string[] {
  const keys = new Set<string>();
  for (const each of schemasAt(schema, path)) {
    const def = definitionOf(each);
    if (def.type === 'object') for (const key of Object.keys(def.shape)) keys.add(key);
  }
  return [...keys];
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
