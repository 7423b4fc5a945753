import { isIP } from 'node:net';
import type { Config } from '../core/config/config.ts';
import { refuse } from '../core/errors.ts';
import type { Parameters } from './parameters.ts';
import { isSecretRef, type SecretRef } from './secret-ref.ts';

type Value = string | number | boolean | readonly string[] | SecretRef;
/** What `${…}` may name at one moment of a run: parameters and their parts, and results of steps that have ended. */
export type Scope = ReadonlyMap<string, Value>;
/** Results of steps that have ended, by step and name. */
export type StepResults = Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>;

const REFERENCE = /\$\{([A-Za-z0-9_.-]+)\}/g;
const ALONE = /^\$\{([A-Za-z0-9_.-]+)\}$/;
/** The name of a variable: no parameter and no step is called so. */
const VARIABLE = /^[A-Z][A-Z0-9_]*$/;

/** The scope that parameters give, and results as far as there are any; a service parameter brings its parts along. */
export function scopeOf(parameters: Parameters, config: Config, results: StepResults = {}): Scope {
  const scope = new Map<string, Value>(Object.entries(parameters));
  for (const [name, value] of Object.entries(parameters)) {
    if (typeof value !== 'string') continue;
    for (const [part, of] of Object.entries(partsOfAddress(value))) scope.set(`${name}.${part}`, of);
    if (!Object.hasOwn(config.services, value)) continue;
    const service = config.services[value];
    if (service === undefined) continue;
    scope.set(`${name}.probes`, service.probes).set(`${name}.host`, service.host);
    if (service.environment !== null) scope.set(`${name}.environment`, service.environment);
  }
  for (const [step, named] of Object.entries(results)) {
    for (const [name, value] of Object.entries(named)) scope.set(`${step}.${name}`, value);
  }
  return scope;
}

/** Of an address or a network: `family` 4 or 6, and `prefix`, how many bits are fixed; of anything else nothing. */
function partsOfAddress(value: string): Readonly<Record<string, number>> {
  const [address = '', prefix, ...more] = value.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return {};
  return { family, prefix: prefix === undefined ? (family === 4 ? 32 : 128) : Number(prefix) };
}

/**
 * Replaces `${name}` in every text of a step's keys, once: a value that holds `${…}` itself stays as it is. A reference
 * that stands alone keeps its type: a list, a number, and for `${NAME_IN_CAPITALS}` and secret parameters the name of
 * the variable, never its value. A list or a secret inside a longer text is refused (CONFIG.md: one argument or field,
 * never a line that something parses again).
 */
export function substitute(written: unknown, scope: Scope): unknown {
  if (typeof written === 'string') return substituteText(written, scope);
  if (Array.isArray(written)) return written.map((each) => substitute(each, scope));
  if (written === null || typeof written !== 'object') return written;
  return Object.fromEntries(Object.entries(written).map(([key, value]) => [key, substitute(value, scope)]));
}

/**
 * Whether a step refers to something that is not there yet: a result of a step that has not ended. It can be planned
 * only when it is its turn; what else is not there is never going to be, and `substitute` refuses it.
 */
export function isPending(written: unknown, scope: Scope): boolean {
  if (typeof written === 'string') {
    return [...written.matchAll(REFERENCE)].some(([, name = '']) => isResult(name, scope) && !scope.has(name));
  }
  if (written === null || typeof written !== 'object') return false;
  return Object.values(written).some((value) => isPending(value, scope));
}

/** For how long a step holds, in words; null: for good, since the parameter that says it was not given. */
export function holdGiven(written: string, scope: Scope): string | null {
  const alone = ALONE.exec(written)?.[1];
  return alone !== undefined && !scope.has(alone) ? null : String(substitute(written, scope));
}

/** `step.result`, and no part of a parameter. */
function isResult(name: string, scope: Scope): boolean {
  const [first = '', ...rest] = name.split('.');
  return rest.length > 0 && !scope.has(first);
}

function substituteText(text: string, scope: Scope): unknown {
  const alone = ALONE.exec(text)?.[1];
  if (alone !== undefined) return lookUp(alone, scope);
  return text.replace(REFERENCE, (_, name: string) => {
    const value = lookUp(name, scope);
    if (typeof value !== 'object') return String(value);
    const what = isSecretRef(value) ? 'secret' : 'list';
    throw refuse(
      'RUNBOOK_REFERENCE',
      `"\${${name}}" is a ${what} inside a longer text.`,
      'Let it stand alone as the value.',
    );
  });
}

function lookUp(name: string, scope: Scope): Value {
  if (VARIABLE.test(name)) return { secret: name };
  const value = scope.get(name);
  if (value !== undefined) return value;
  throw refuse('RUNBOOK_REFERENCE', `"\${${name}}" names nothing here.`, `There is: ${[...scope.keys()].join(', ')}.`);
}
