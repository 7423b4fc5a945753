import { closest } from '../../suggest.ts';
import type { ParameterType } from '../config.ts';
import { didYouMean } from '../problem.ts';
import type { StepShape } from '../step-shape.ts';
import { entriesOf, entryOf } from './names.ts';
import type { StepPlace } from './step-place.ts';

const FORM = /^[a-z][a-z0-9_-]*(\.[A-Za-z0-9_-]+)*$/;
const ADDRESS_PARTS = ['family', 'prefix'];
/** What parameters of these types lead to. */
const PARTS: Readonly<Partial<Record<ParameterType, readonly string[]>>> = {
  service: ['probes', 'host', 'environment'],
  ip: ADDRESS_PARTS,
  cidr: ADDRESS_PARTS,
  address: ADDRESS_PARTS,
};

export type Wrong = { readonly message: string; readonly hint?: string | null };
/** What a name inside `${…}` or `when` leads to. */
export type Named =
  | {
      readonly kind: 'parameter';
      readonly name: string;
      readonly type: ParameterType;
      readonly isList: boolean;
      readonly part: string | null;
    }
  | { readonly kind: 'result' }
  | { readonly kind: 'nothing'; readonly wrong: Wrong };

/** What names are looked up in. */
export type NamingPlace = Pick<StepPlace, 'runbook' | 'earlier' | 'ids'>;

/** What `parameter`, `parameter.part` or `step.result` leads to, seen from a step. */
export function nameIn(place: NamingPlace, name: string): Named {
  if (!FORM.test(name)) return nothing(`"\${${name}}" is no reference; write \${parameter} or \${step.result}`);
  const first = name.split('.', 1)[0] ?? '';
  const part = name.length > first.length ? name.slice(first.length + 1) : null;
  const parameter = entryOf(place.runbook.parameters, first);
  if (parameter !== undefined) return partOf(first, parameter, part);
  const shape = place.earlier.get(first);
  return shape === undefined ? unknown(place, first) : resultOf(first, shape, part);
}

function partOf(
  name: string,
  { type, list }: { type: ParameterType; list?: boolean | undefined },
  part: string | null,
): Named {
  const isList = part === null ? (list ?? type === 'hosts') : part === 'probes';
  const parts = list === true ? [] : (PARTS[type] ?? []);
  if (part === null || parts.includes(part)) return { kind: 'parameter', name, type, isList, part };
  const allowed = parts.length === 0 ? 'it has no parts' : `it has ${parts.join(', ')}`;
  return nothing(`parameter "${name}" has no part "${part}"; ${allowed}`, didYouMean(closest(part, parts, 1)));
}

function resultOf(step: string, { kind, results }: StepShape, part: string | null): Named {
  const has = results.length === 0 ? 'no results' : `the results ${results.join(', ')}`;
  if (part === null) return nothing(`step "${step}" is no value itself; it has ${has}`);
  if (results.some((result) => matches(part, result))) return { kind: 'result' };
  const message = `step "${step}" (${kind}) has no result "${part}"; it has ${has}`;
  return nothing(message, didYouMean(closest(part, results, 1)));
}

function matches(part: string, result: string): boolean {
  return result.endsWith('.*') ? part.startsWith(result.slice(0, -1)) : part === result;
}

function unknown({ runbook, earlier, ids }: NamingPlace, name: string): Named {
  if (ids.includes(name)) return nothing(`step "${name}" is no earlier step: it has no results yet`);
  const known = [...entriesOf(runbook.parameters).map(([each]) => each), ...earlier.keys()];
  const there = known.length === 0 ? 'none' : known.join(', ');
  const message = `unknown parameter or earlier step "${name}"; there are ${there}`;
  return nothing(message, didYouMean(closest(name, known, 1)));
}

function nothing(message: string, hint: string | null = null): Named {
  return { kind: 'nothing', wrong: { message, hint } };
}
