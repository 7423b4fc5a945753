import type { Config } from '../core/config/config.ts';
import { refuse } from '../core/errors.ts';
import type { Parameters } from './parameters.ts';

type Value = string | number | readonly string[];
/** What `${…}` may name in one run: parameters, and `${<parameter>.probes}` of a service. */
export type Scope = ReadonlyMap<string, Value>;

const REFERENCE = /\$\{([a-z0-9_.-]+)\}/gi;
const ALONE = /^\$\{([a-z0-9_.-]+)\}$/i;

/** The scope that a runbook's parameters give; a service parameter brings its probes along. */
export function scopeOf(parameters: Parameters, config: Config): Scope {
  const scope = new Map<string, Value>(Object.entries(parameters));
  for (const [name, value] of Object.entries(parameters)) {
    const service = Object.hasOwn(config.services, value) ? config.services[value] : undefined;
    if (service !== undefined) scope.set(`${name}.probes`, service.probes).set(`${name}.host`, service.host);
  }
  return scope;
}

/**
 * Replaces `${name}` in every text of a step's keys, once: a value that holds `${…}` itself stays as it is. A reference
 * that stands alone keeps its type, a list among them; a list inside a longer text is refused (CONFIG.md: one argument
 * or field, never a line that something parses again).
 */
export function substitute(written: unknown, scope: Scope): unknown {
  if (typeof written === 'string') return substituteText(written, scope);
  if (Array.isArray(written)) return written.map((each) => substitute(each, scope));
  if (written === null || typeof written !== 'object') return written;
  return Object.fromEntries(Object.entries(written).map(([key, value]) => [key, substitute(value, scope)]));
}

/** Whether a step refers to something that is not there yet: a result of an earlier step. */
export function isPending(written: unknown, scope: Scope): boolean {
  if (typeof written === 'string') {
    return [...written.matchAll(REFERENCE)].some(([, name = '']) => name.includes('.') && !scope.has(name));
  }
  if (written === null || typeof written !== 'object') return false;
  return Object.values(written).some((value) => isPending(value, scope));
}

function substituteText(text: string, scope: Scope): unknown {
  const alone = ALONE.exec(text)?.[1];
  if (alone !== undefined) return lookUp(alone, scope);
  return text.replace(REFERENCE, (_, name: string) => {
    const value = lookUp(name, scope);
    if (typeof value === 'object') {
      throw refuse(
        'RUNBOOK_REFERENCE',
        `"\${${name}}" is a list inside a longer text.`,
        'Let it stand alone as the value.',
      );
    }
    return String(value);
  });
}

function lookUp(name: string, scope: Scope): Value {
  const value = scope.get(name);
  if (value !== undefined) return value;
  throw refuse('RUNBOOK_REFERENCE', `"\${${name}}" names nothing here.`, `There is: ${[...scope.keys()].join(', ')}.`);
}
