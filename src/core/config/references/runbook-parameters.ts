import type { Written } from '../files.ts';
import { whyBadPattern } from '../label-match.ts';
import { readParameterValue } from '../parameter-values.ts';
import type { Path, Report } from '../problem.ts';
import { resolveParameter } from '../resolve/runbook.ts';
import type { RunbookFile } from '../schema/runbook.ts';
import { entriesOf } from './names.ts';

type WrittenParameter = RunbookFile['parameters'][string];
type BoundType = 'number' | 'duration';

/** What the forms and the command line ask of every run: a parameter of that name could never be given. */
const RESERVED: ReadonlySet<string> = new Set(['reason', 'dry_run', 'confirm']);

/** Parameters of a runbook are whole: what each type needs is there, and defaults are values that it takes. */
export function checkParameters(written: Written, file: string, runbook: RunbookFile, report: Report): void {
  for (const [name, parameter] of entriesOf(runbook.parameters)) {
    const path: Path = ['parameters', name];
    if (RESERVED.has(name)) {
      const message = `"${name}" is asked for with every run; give the parameter another name`;
      report({ file, path, at: 'key', message });
    }
    if (checkKeys(file, path, parameter, report)) checkDefault(written, file, path, parameter, report);
  }
}

/** Whether the keys fit the type, so that values can be read by them. */
function checkKeys(file: string, path: Path, parameter: WrittenParameter, report: Report): boolean {
  let isSound = true;
  const tell = (inner: Path, message: string, at: 'key' | 'value' = 'value') => {
    isSound = false;
    report({ file, path: [...path, ...inner], at, message });
  };
  const { type, options, pattern, min, max } = parameter;
  if (type === 'choice' && options === undefined) tell([], 'a choice needs options');
  if (type !== 'choice' && options !== undefined) tell(['options'], 'only a choice has options', 'key');
  if (type !== 'text' && pattern !== undefined) tell(['pattern'], 'only a text has a pattern', 'key');
  const why = pattern === undefined ? null : whyBadPattern(pattern);
  if (why !== null) tell(['pattern'], `not a regular expression (RE2): ${why}`);
  for (const [key, bound] of Object.entries({ min, max })) {
    if (bound === undefined) continue;
    if (!isBounded(type)) tell([key], 'only a number or a duration has min and max', 'key');
    else if ((typeof bound === 'number') !== (type === 'number')) {
      tell([key], type === 'number' ? 'must be a number' : 'must be a duration such as 15m');
    }
  }
  const rules = resolveParameter(parameter);
  if (isSound && rules.min !== null && rules.max !== null && rules.min > rules.max) {
    tell(['max'], `must not be less than min (${min})`);
  }
  return isSound;
}

function isBounded(type: WrittenParameter['type']): type is BoundType {
  return type === 'number' || type === 'duration';
}

function checkDefault(
  { hosts, names, whyMissing }: Written,
  file: string,
  path: Path,
  parameter: WrittenParameter,
  report: Report,
): void {
  const { type } = parameter;
  if (parameter.default === undefined || (hosts === null && (type === 'service' || type === 'host'))) return;
  const at = { file, path: [...path, 'default'] };
  const read = readParameterValue(resolveParameter(parameter), parameter.default, names);
  if (read.kind === 'refused') report({ ...at, message: `must be ${read.allowed}` });
  const missing = read.kind === 'value' && type === 'secret' ? whyMissing(String(read.value)) : null;
  if (missing !== null) report({ ...at, severity: 'warning', ...missing });
}
