import type { Written } from '../files.ts';
import type { Path, Report } from '../problem.ts';
import { idOf } from '../resolve/runbook.ts';
import type { RunbookFile } from '../schema/runbook.ts';
import { isIdempotentAsWritten, kindOf, mutatesAsWritten, type WrittenStep } from '../schema/step.ts';
import { isSecretAt } from '../schema/walk.ts';
import type { StepShape } from '../step-shape.ts';
import { checkConditions } from './step-conditions.ts';
import { checkNames } from './step-names.ts';
import { actsOf, type StepPlace, tellAt } from './step-place.ts';
import { checkReferences } from './step-references.ts';

type Section = 'steps' | 'verify';
interface Listed {
  readonly section: Section;
  readonly index: number;
  readonly id: string;
  readonly step: WrittenStep;
}

/** Steps of a runbook: each can be done as it is written, and says nothing of what does not exist. */
export function checkSteps(written: Written, file: string, runbook: RunbookFile, report: Report): void {
  const steps = [...listSteps('steps', runbook.steps), ...listSteps('verify', runbook.verify)];
  const ids = steps.map(({ id }) => id);
  const isSecret = (path: Path) => isSecretAt(written.runbookSchema, path);
  const earlier = new Map<string, StepShape>();
  for (const { section, index, id, step } of steps) {
    const path: Path = [section, index];
    const found = kindOf(step, written.steps);
    if (found === null) continue;
    checkId(file, runbook, { path, id, isTaken: earlier.has(id) }, report);
    const mutates = mutatesAsWritten(found);
    const seen = new Map(earlier);
    const place: StepPlace = { written, file, path, runbook, step, id, found, mutates, earlier: seen, ids, isSecret };
    for (const rule of RULES) rule(place, report);
    earlier.set(id, found.shape);
  }
}

const RULES = [checkReferences, checkConditions, checkNames, checkHosts, checkChange, checkRepeats] as const;

function listSteps(section: Section, steps: readonly WrittenStep[]): Listed[] {
  return steps.map((step, index) => ({ section, index, id: idOf(section, step, index), step }));
}

function checkId(
  file: string,
  runbook: RunbookFile,
  { path, id, isTaken }: { readonly path: Path; readonly id: string; readonly isTaken: boolean },
  report: Report,
): void {
  const at = { file, path: [...path, 'id'] };
  if (isTaken) report({ ...at, message: `step "${id}" is there already` });
  if (!Object.hasOwn(runbook.parameters, id)) return;
  report({ ...at, message: `"${id}" is a parameter already: \${${id}} would mean either` });
}

/** `on` stands where the kind acts on hosts, and only there; an undo goes to the step's own hosts unless it says others. */
function checkHosts(place: StepPlace, report: Report): void {
  const tell = tellAt(place, report);
  for (const { inner, on, found } of actsOf(place)) {
    const { kind, needsHosts } = found.shape;
    const isOwn = inner.length === 0;
    const isMissing = on === undefined && (isOwn || (place.step.on === undefined && !place.found.shape.needsHosts));
    if (needsHosts && isMissing)
      tell([...inner, kind], { message: `${kind} needs "on": the hosts that it acts on` }, 'key');
    if (!needsHosts && on !== undefined) {
      tell([...inner, 'on'], { message: `${kind} acts on no hosts of its own: leave "on" out` }, 'key');
    }
  }
}

/** What takes a change back, or ends it, belongs to a step that changes something. */
function checkChange(place: StepPlace, report: Report): void {
  const { kind } = place.found.shape;
  const tell = tellAt(place, report);
  const unfit = place.mutates ? whyMustNotChange(place) : null;
  if (unfit !== null) tell([kind], { message: unfit }, 'key');
  for (const key of place.mutates ? [] : (['undo', 'hold'] as const)) {
    if (place.step[key] === undefined) continue;
    tell([key], { message: `${kind} changes nothing here, so there is nothing to ${key}` }, 'key');
  }
}

/** `verify` and runbooks of risk R0 change nothing. */
function whyMustNotChange({ path, found, runbook }: StepPlace): string | null {
  const { kind } = found.shape;
  if (path[0] === 'verify') return `verify only looks; ${kind} changes something and belongs into steps`;
  if (runbook.risk !== 'R0') return null;
  return `a runbook of risk R0 only looks; ${kind} changes something: R1, R2 or R3`;
}

function checkRepeats(place: StepPlace, report: Report): void {
  const { step, found } = place;
  if (step.retries === undefined || (step.idempotent ?? isIdempotentAsWritten(found))) return;
  const message = `${found.shape.kind} is not repeated by itself: it may have happened although it failed`;
  const hint = 'write idempotent: true if doing it twice is the same as once';
  tellAt(place, report)(['retries'], { message, hint }, 'key');
}
