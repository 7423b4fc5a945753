import { closest } from '../../suggest.ts';
import type { ParameterType } from '../config.ts';
import { didYouMean, type Path, type Report } from '../problem.ts';
import { textsOf } from '../schema/walk.ts';
import { entryOf } from './names.ts';
import { type StepPlace, tellAt } from './step-place.ts';

const REFERENCE = /\$\{([^}]*)(\}?)/g;
const VARIABLE = /^[A-Z][A-Z0-9_]*$/;
const FORM = /^[a-z][a-z0-9_-]*(\.[A-Za-z0-9_-]+)*$/;
/** What a parameter of type service leads to. */
const SERVICE_PARTS = ['probes', 'host', 'environment'];
/** Parameters whose value may be a host's name. */
const HOST_LIKE: readonly ParameterType[] = ['host', 'choice', 'text'];
const DURATION_LIKE: readonly ParameterType[] = ['duration', 'choice'];

export type Wrong = { readonly message: string; readonly hint?: string | null };
/** What a name inside `${…}` or `when` leads to. */
export type Named =
  | { readonly kind: 'parameter'; readonly name: string; readonly type: ParameterType; readonly part: string | null }
  | { readonly kind: 'result' }
  | { readonly kind: 'nothing'; readonly wrong: Wrong };

/** Whether a value holds a `${…}` reference, so that it is known only when the runbook is planned. */
export function isReference(text: string): boolean {
  return text.includes('${');
}

/** Each `${…}` of a step leads to a parameter, an earlier step's result, or, in a secret field, a variable (CONFIG.md). */
export function checkReferences(place: StepPlace, report: Report): void {
  const tell = tellAt(place, report);
  for (const inner of keysWithReferences(place.step)) {
    tell(inner, { message: 'a reference stands in a value, not in a key' }, 'key');
  }
  const { when: _when, ...step } = place.step;
  for (const { path: inner, text } of textsOf(step)) {
    for (const [whole, name = '', end] of text.matchAll(REFERENCE)) {
      if (end === '') tell(inner, { message: '"${" is not closed; a reference is ${parameter} or ${step.result}' });
      else if (VARIABLE.test(name)) checkVariable(place, inner, name, text === whole, report);
      else {
        const wrong = whatIsWrong(place, inner, name, text === whole);
        if (wrong !== null) tell(inner, wrong);
      }
    }
  }
}

function checkVariable(place: StepPlace, inner: Path, name: string, isAlone: boolean, report: Report): void {
  const { file, path, isSecret, written } = place;
  const at = { file, path: [...path, ...inner] };
  if (!isSecret(at.path)) {
    return report({ ...at, message: `\${${name}} is allowed only in values marked secret` });
  }
  if (!isAlone) return report({ ...at, message: `"\${${name}}" is a secret: it stands alone as a value` });
  const missing = written.whyMissing(name);
  if (missing !== null) report({ ...at, severity: 'warning', ...missing });
}

function whatIsWrong(place: StepPlace, inner: Path, name: string, isAlone: boolean): Wrong | null {
  const named = nameIn(place, name);
  if (named.kind === 'nothing') return named.wrong;
  if (named.kind === 'result') return whyNoResult(place, inner, name);
  if (named.type === 'secret') {
    if (!place.isSecret([...place.path, ...inner])) {
      return { message: `parameter "${named.name}" is a secret: it is allowed only in values marked secret` };
    }
    return isAlone ? null : { message: `"\${${name}}" is a secret: it stands alone as a value` };
  }
  if (named.part === 'probes' && !isAlone) return { message: `"\${${name}}" is a list: it stands alone as a value` };
  return whyWrongType(named, inner, name);
}

/** The plan names targets and times, so that they cannot wait for what an earlier step says. */
function whyNoResult({ mutates }: StepPlace, inner: Path, name: string): Wrong | null {
  if (inner[0] === 'hold')
    return { message: `"\${${name}}" is known only when it runs: a hold is a duration or a parameter` };
  const isTarget = inner[0] === 'undo' ? isTargetField(inner.slice(1)) : isTargetField(inner);
  if (!mutates || !isTarget) return null;
  return { message: `"\${${name}}" is known only when it runs: what a step changes must stand in the plan` };
}

function whyWrongType(named: Extract<Named, { kind: 'parameter' }>, inner: Path, name: string): Wrong | null {
  const isOn = inner[0] === 'on' || (inner[0] === 'undo' && inner[1] === 'on');
  if (isOn && !(named.part === 'host' || (named.part === null && HOST_LIKE.includes(named.type)))) {
    const hint = named.type === 'service' ? `write "\${${named.name}.host}"` : null;
    return { message: `"\${${name}}" is no host`, hint };
  }
  if (inner[0] === 'hold' && !(named.part === null && DURATION_LIKE.includes(named.type))) {
    return { message: `"\${${name}}" is no duration` };
  }
  return null;
}

/** `on`, or a field of the step's own keys that says what it acts on. */
function isTargetField(inner: Path): boolean {
  return inner[0] === 'on' || ['service', 'services', 'host', 'hosts'].includes(String(inner[1]));
}

/** What `parameter`, `parameter.part` or `step.result` leads to, seen from a step. */
export function nameIn({ runbook, earlier, ids }: StepPlace, name: string): Named {
  const nothing = (message: string, hint: string | null = null): Named => ({
    kind: 'nothing',
    wrong: { message, hint },
  });
  if (!FORM.test(name)) return nothing(`"\${${name}}" is no reference; write \${parameter} or \${step.result}`);
  const first = name.split('.', 1)[0] ?? '';
  const part = name.length > first.length ? name.slice(first.length + 1) : null;
  const parameter = entryOf(runbook.parameters, first);
  if (parameter !== undefined) {
    const parts = parameter.type === 'service' ? SERVICE_PARTS : [];
    if (part === null || parts.includes(part)) return { kind: 'parameter', name: first, type: parameter.type, part };
    const allowed = parts.length === 0 ? 'it has no parts' : `it has ${parts.join(', ')}`;
    return nothing(`parameter "${first}" has no part "${part}"; ${allowed}`, didYouMean(closest(part, parts, 1)));
  }
  const shape = earlier.get(first);
  if (shape === undefined) {
    if (ids.includes(first)) return nothing(`step "${first}" is no earlier step: it has no results yet`);
    const known = [...Object.keys(runbook.parameters), ...earlier.keys()];
    const there = known.length === 0 ? 'none' : known.join(', ');
    return nothing(
      `unknown parameter or earlier step "${first}"; there are ${there}`,
      didYouMean(closest(first, known, 1)),
    );
  }
  const results = shape.results.length === 0 ? 'no results' : `the results ${shape.results.join(', ')}`;
  if (part === null) return nothing(`step "${first}" is no value itself; it has ${results}`);
  if (shape.results.some((result) => matches(part, result))) return { kind: 'result' };
  const message = `step "${first}" (${shape.kind}) has no result "${part}"; it has ${results}`;
  return nothing(message, didYouMean(closest(part, shape.results, 1)));
}

function matches(part: string, result: string): boolean {
  return result.endsWith('.*') ? part.startsWith(result.slice(0, -1)) : part === result;
}

function keysWithReferences(value: unknown, path: Path = []): Path[] {
  if (value === null || typeof value !== 'object') return [];
  const isList = Array.isArray(value);
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = [...path, isList ? Number(key) : key];
    return [...(!isList && isReference(key) ? [here] : []), ...keysWithReferences(inner, here)];
  });
}
