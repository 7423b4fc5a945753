import type { Report } from '../problem.ts';
import { toThreshold } from '../resolve/thresholds.ts';
import type { WrittenStep } from '../schema/step.ts';
import { type NamingPlace, nameIn } from './named.ts';
import { entryOf, requireName } from './names.ts';
import type { StepPlace } from './step-place.ts';

/** `when` of a step asks for parameters and results that exist, and of a choice for values that it may have. */
export function checkConditions(place: StepPlace, report: Report): void {
  checkEachCondition({ ...place, path: [...place.path, 'when'] }, place.step.when ?? {}, report);
}

/** The same of conditions that stand anywhere in a runbook, at `path`. */
export function checkEachCondition(
  place: NamingPlace & Pick<StepPlace, 'file' | 'path'>,
  conditions: NonNullable<WrittenStep['when']>,
  report: Report,
): void {
  for (const [name, condition] of Object.entries(conditions)) {
    const at = { file: place.file, path: [...place.path, name] };
    const named = nameIn(place, name);
    if (named.kind === 'nothing') report({ ...at, at: 'key', ...named.wrong });
    if (named.kind !== 'parameter') continue;
    if (named.type === 'secret') report({ ...at, at: 'key', message: `parameter "${named.name}" is a secret` });
    if (named.part === 'probes') report({ ...at, at: 'key', message: `"${name}" is a list, no value` });
    const options = entryOf(place.runbook.parameters, name)?.options;
    if (options === undefined || (typeof condition === 'string' && toThreshold(condition) !== null)) continue;
    for (const [index, value] of (Array.isArray(condition) ? condition : [condition]).entries()) {
      const path = Array.isArray(condition) ? [...at.path, index] : at.path;
      const asked = { what: 'option', name: String(value), known: options, knownIn: `parameter ${name}` };
      requireName(report, { file: place.file, path }, asked);
    }
  }
}
