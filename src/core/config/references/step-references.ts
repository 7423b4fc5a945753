import { closest } from '../../suggest.ts';
import { didYouMean, type Path, type Report } from '../problem.ts';
import type { RunbookFile, WrittenStep } from '../schema/runbook.ts';
import { entryOf } from './names.ts';

const REFERENCE = /\$\{([^}]*)\}/g;
const FORM = /^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)*$/;
/** What a parameter of type service leads to: `${service.probes}` is the list of its probes. */
const SERVICE_FIELDS = ['probes'];

/** Whether a value holds a `${…}` reference, so that it is known only when the runbook is planned. */
export function isReference(text: string): boolean {
  return text.includes('${');
}

interface Place {
  readonly file: string;
  readonly path: Path;
  readonly runbook: RunbookFile;
  readonly step: WrittenStep;
  /** Ids of the steps before this one. */
  readonly earlier: readonly string[];
}

/** Each `${…}` of a step names a parameter or an earlier step; one that stands for a list stands alone (CONFIG.md). */
export function checkReferences(place: Place, report: Report): void {
  for (const { path, text } of textsOf(place.step, place.path)) {
    for (const [whole, inner = ''] of text.matchAll(REFERENCE)) {
      const wrong = whatIsWrong(place, inner, text === whole);
      if (wrong !== null) report({ file: place.file, path, ...wrong });
    }
  }
}

type Wrong = { message: string; hint?: string | null };

function whatIsWrong({ runbook, earlier }: Place, inner: string, isAlone: boolean): Wrong | null {
  if (/^[A-Z][A-Z0-9_]*$/.test(inner)) return null;
  if (!FORM.test(inner)) return { message: `"\${${inner}}" is no reference; write \${parameter} or \${step.result}` };
  const [first = '', field] = inner.split('.');
  const parameter = entryOf(runbook.parameters, first);
  const known = [...Object.keys(runbook.parameters), ...earlier];
  if (parameter === undefined) {
    if (earlier.includes(first)) return null;
    const names = known.length === 0 ? 'none' : known.join(', ');
    const message = `unknown parameter or earlier step "${first}"; there are ${names}`;
    return { message, hint: didYouMean(closest(first, known, 1)) };
  }
  if (field === undefined) return null;
  const fields = parameter.type === 'service' ? SERVICE_FIELDS : [];
  if (!fields.includes(field)) {
    const allowed = fields.length === 0 ? 'it has no parts' : `it has ${fields.join(', ')}`;
    return {
      message: `parameter "${first}" has no part "${field}"; ${allowed}`,
      hint: didYouMean(closest(field, fields, 1)),
    };
  }
  return isAlone ? null : { message: `"\${${inner}}" is a list: it stands alone as a value` };
}

function textsOf(value: unknown, path: Path): Array<{ path: Path; text: string }> {
  if (typeof value === 'string') return [{ path, text: value }];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, item]) => textsOf(item, [...path, key]));
}
