import { InvalidArgumentError } from 'commander';
import type { RunbookConfig } from '../../core/config/config.ts';
import { refuse } from '../../core/errors.ts';
import type { Answer, RehearsalAsked } from '../../runbooks/stand-ins/rehearse.ts';
import { stepKind } from '../../runbooks/steps/registry.ts';

/** What is said to steps on the command line, as it is typed. */
export interface ScriptOptions {
  readonly fail?: readonly string[];
  readonly answer?: readonly Said[];
  readonly result?: readonly Said[];
}
interface Said {
  readonly step: string;
  readonly name: string;
  readonly value: string;
}

const ANSWERS: readonly string[] = ['continue', 'skip', 'abort'];

/** `--fail STEP`, again and again. */
export function readStep(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** `--answer STEP=continue`. */
export function readAnswer(text: string, before: readonly Said[] = []): readonly Said[] {
  const [, step, value] = /^([^=]+)=(.*)$/.exec(text) ?? [];
  if (step === undefined || value === undefined || !ANSWERS.includes(value)) {
    throw new InvalidArgumentError(`An answer is STEP=${ANSWERS.join('|')}.`);
  }
  return [...before, { step, name: 'answer', value }];
}

/** `--result STEP.name=value`. */
export function readResult(text: string, before: readonly Said[] = []): readonly Said[] {
  const [, step, name, value] = /^([^=.]+)\.([^=]+)=(.*)$/s.exec(text) ?? [];
  if (step === undefined || name === undefined || value === undefined) {
    throw new InvalidArgumentError('A result is STEP.name=value.');
  }
  return [...before, { step, name, value }];
}

/** The script of a rehearsal. Refuses (`SCRIPT_WRONG`) a step that the runbook does not have, and a result that its kind never gives. */
export function scriptOf(
  { fail = [], answer = [], result = [] }: ScriptOptions,
  runbook: RunbookConfig,
): Pick<RehearsalAsked, 'fail' | 'results' | 'answers'> {
  const kinds = new Map([...runbook.steps, ...runbook.verify].map(({ id, kind }) => [id, kind]));
  for (const step of fail) requireStep(step.replace(/^(undo|after-undo)-/, ''), kinds);
  for (const { step } of answer) {
    if (requireStep(step, kinds) !== 'ask')
      throw wrong(`the step "${step}" asks nothing`, 'Answer a step of kind ask.');
  }
  for (const said of result) requireResult(said, kinds);
  const results: Record<string, Record<string, string>> = {};
  for (const { step, name, value } of result) results[step] = { ...results[step], [name]: value };
  const answers = Object.fromEntries(answer.map(({ step, value }) => [step, value as Answer]));
  return { fail: new Set(fail), results, answers };
}

function requireStep(step: string, kinds: ReadonlyMap<string, string>): string {
  const kind = kinds.get(step);
  if (kind !== undefined) return kind;
  throw wrong(`the runbook has no step "${step}"`, `It has: ${[...kinds.keys()].join(', ')}.`);
}

function requireResult({ step, name }: Said, kinds: ReadonlyMap<string, string>): void {
  const results = stepKind(requireStep(step, kinds))?.results ?? [];
  const isGiven = results.some((each) => each === name || (each.endsWith('.*') && name.startsWith(each.slice(0, -1))));
  if (isGiven) return;
  const said = results.length === 0 ? 'It gives none.' : `It gives: ${results.join(', ')}.`;
  throw wrong(`the step "${step}" gives no result "${name}"`, said);
}

function wrong(what: string, remedy: string) {
  return refuse('SCRIPT_WRONG', `Nothing was tried: ${what}.`, remedy);
}
