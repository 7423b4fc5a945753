import type { ParameterType } from '../config.ts';
import type { Path, Report } from '../problem.ts';
import { textsOf } from '../schema/walk.ts';
import { type Named, nameIn, type Wrong } from './named.ts';
import { type StepPlace, tellAt } from './step-place.ts';

const REFERENCE = /\$\{([^}]*)(\}?)/g;
const VARIABLE = /^[A-Z][A-Z0-9_]*$/;
/** Parameters whose value may be a host's name. */
const HOST_LIKE: readonly ParameterType[] = ['host', 'hosts', 'choice', 'text'];
const DURATION_LIKE: readonly ParameterType[] = ['duration', 'choice'];

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
  const at = { file: place.file, path: [...place.path, ...inner] };
  const isSecret = place.isSecret(at.path);
  const missing = isSecret && isAlone ? place.written.whyMissing(name) : null;
  if (!isSecret) report({ ...at, message: `\${${name}} is allowed only in values marked secret` });
  else if (!isAlone) report({ ...at, message: `"\${${name}}" is a secret: it stands alone as a value` });
  else if (missing !== null) report({ ...at, severity: 'warning', ...missing });
}

function whatIsWrong(place: StepPlace, inner: Path, name: string, isAlone: boolean): Wrong | null {
  const named = nameIn(inner[0] === 'undo' ? afterIt(place) : place, name);
  if (named.kind === 'nothing') return named.wrong;
  if (named.kind === 'result') return whyNoResult(place, inner, name);
  if (named.type === 'secret') {
    if (!place.isSecret([...place.path, ...inner])) {
      return { message: `parameter "${named.name}" is a secret: it is allowed only in values marked secret` };
    }
    return isAlone ? null : { message: `"\${${name}}" is a secret: it stands alone as a value` };
  }
  if (named.isList && !isAlone) return { message: `"\${${name}}" is a list: it stands alone as a value` };
  return whyWrongType(named, inner, name);
}

/** An undo may speak of what the step itself came to. */
function afterIt(place: StepPlace): StepPlace {
  return { ...place, earlier: new Map([...place.earlier, [place.id, place.found.shape]]) };
}

/** What the plan must name cannot wait for what an earlier step says; nor can what proves the outcome. */
function whyNoResult({ mutates, path }: StepPlace, inner: Path, name: string): Wrong | null {
  const late = `"\${${name}}" is known only when it runs`;
  if (path[0] === 'verify') return { message: `${late}: what proves the outcome is planned before` };
  if (inner[0] === 'hold') return { message: `${late}: a hold is a duration or a parameter` };
  const [first, second] = inner[0] === 'undo' ? inner.slice(1) : inner;
  if (first === 'on') return { message: `${late}: the plan names the hosts` };
  const isTarget = ['service', 'services', 'host', 'hosts'].includes(String(second));
  return mutates && isTarget ? { message: `${late}: what a step changes must stand in the plan` } : null;
}

function whyWrongType(named: Extract<Named, { kind: 'parameter' }>, inner: Path, name: string): Wrong | null {
  const [first, second] = inner[0] === 'undo' ? inner.slice(1) : inner;
  const isOn = first === 'on' && second !== 'role' && second !== 'label';
  if (isOn && !(named.part === 'host' || (named.part === null && HOST_LIKE.includes(named.type)))) {
    const hint = named.type === 'service' ? `write "\${${named.name}.host}"` : null;
    return { message: `"\${${name}}" is no host`, hint };
  }
  if (inner[0] === 'hold' && !(named.part === null && DURATION_LIKE.includes(named.type))) {
    return { message: `"\${${name}}" is no duration` };
  }
  return null;
}

function keysWithReferences(value: unknown, path: Path = []): Path[] {
  if (value === null || typeof value !== 'object') return [];
  const isList = Array.isArray(value);
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = [...path, isList ? Number(key) : key];
    return [...(!isList && isReference(key) ? [here] : []), ...keysWithReferences(inner, here)];
  });
}
