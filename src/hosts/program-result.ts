import { printable } from './printable.ts';
import type { OnceResult, ProgramResult } from './shell.ts';
import type { Beginning, KnownCall } from './wrapped-output.ts';

type Output = Pick<ProgramResult, 'stdout' | 'stderr' | 'truncated'>;
export const NO_OUTPUT: Output = { stdout: '', stderr: '', truncated: false };

/** Nothing ran, so that nothing can have happened. */
export function notStarted(failure: string): ProgramResult {
  return { end: 'not-started', exitCode: null, failure, isGone: null, ...NO_OUTPUT };
}

/** What keeps an argv from being run anywhere, in words; null: nothing. */
export function whyNoProgram(argv: readonly string[]): string | null {
  const [file] = argv;
  if (file === undefined || file === '') return 'the command is empty';
  if (file.startsWith('-')) return 'the name of a program cannot begin with "-"';
  if (argv.some((each) => each.includes('\0'))) return 'an argument holds a NUL character';
  return null;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** What keeps variables from being given to a program, in words that hold no value of them; null: nothing. */
export function whyNoEnvironment(env: Readonly<Record<string, string>> = {}): string | null {
  for (const [name, value] of Object.entries(env)) {
    if (!NAME.test(name)) return `"${printable(name).slice(0, 40)}" is no name of a variable`;
    if (/[\0\n\r]/.test(value)) return `the variable ${name} holds a line break or a NUL character`;
  }
  return null;
}

/** Why the wrapper did not start the program. */
function sayRefused(file: string, why: Extract<Beginning, { kind: 'refused' }>['why']): string {
  switch (why) {
    case 'missing':
      return `there is no program "${printable(file)}"`;
    case 'forbidden':
      return `"${printable(file)}" may not be run by this account`;
    case 'unlocked':
      return 'no folder can be made there that keeps it from running twice';
    default:
      return why satisfies never;
  }
}

/** An end from outside: by its time limit, or by somebody who stopped it. */
export function endedFromOutside(
  why: 'timeout' | 'aborted',
  { timeoutMs, isGone, output }: { timeoutMs: number; isGone: boolean | null; output: Output },
): ProgramResult {
  const what = why === 'timeout' ? `not finished within ${timeoutMs / 1000} s` : 'stopped';
  return { end: why, exitCode: null, failure: `${what}; ${sayGone(isGone)}`, isGone, ...output };
}

function sayGone(isGone: boolean | null): string {
  if (isGone === null) return 'whether it still runs could not be checked';
  return isGone ? 'it was ended' : 'it could not be ended and may still run';
}

/** The connection broke while it ran. */
export function sayLost(host: string): string {
  return `the connection to ${host} broke; how it went on is not known`;
}

/** What is known of the first call of a key whose folder was there. */
function knownResult({ mayRun, startedAt, exitCode, ended }: KnownCall): OnceResult {
  const begun = startedAt === null ? 'begun before' : `begun before, at ${startedAt}`;
  const base = { isGone: null, ...NO_OUTPUT };
  if (ended !== null) {
    const why = ended === 'timeout' ? 'ended by its time limit' : 'stopped';
    return { isFirst: false, result: { end: ended, exitCode: null, failure: `${begun}, and ${why}`, ...base } };
  }
  if (exitCode !== null) return { isFirst: false, result: { end: 'exited', exitCode, failure: null, ...base } };
  const state = mayRun ? 'it may still run' : 'its end was not seen';
  return { isFirst: false, result: { end: 'lost', exitCode: null, failure: `${begun}; ${state}`, ...base } };
}

/** The result of a call through the wrapper, which says itself when it did not start the program. */
export function onceResult(argv: readonly string[], begun: Beginning | null, result: ProgramResult): OnceResult {
  switch (begun?.kind) {
    case 'known':
      return knownResult(begun.first);
    case 'refused':
      return { isFirst: true, result: notStarted(sayRefused(argv[0] ?? '', begun.why)) };
    default:
      return { isFirst: true, result };
  }
}
