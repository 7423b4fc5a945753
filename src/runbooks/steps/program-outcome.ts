import { firstLine } from '../../hosts/printable.ts';
import type { OnceResult, ProgramResult } from '../../hosts/shell.ts';
import { withName } from '../with-name.ts';
import type { UnitOutcome } from './step.ts';

type Verdict = Pick<UnitOutcome, 'status' | 'summary'>;

/**
 * What the end of a program comes to. Exit codes of `expected` are done. What was cut off, or of which the end was not
 * seen, is unknown when it changes something; a program that never began, or only looked, has failed.
 */
export function judgeProgram(
  host: string,
  result: ProgramResult,
  { mutates, expected = [0] }: { readonly mutates: boolean; readonly expected?: readonly number[] },
): Verdict {
  const said = withName(host, sayEnd(result));
  switch (result.end) {
    case 'exited':
      return {
        status: result.exitCode !== null && expected.includes(result.exitCode) ? 'done' : 'failed',
        summary: said,
      };
    case 'not-started':
      return { status: 'failed', summary: `${said}; nothing was done` };
    case 'signalled':
      return { status: 'failed', summary: mutates ? `${said}; it may have done a part` : said };
    case 'timeout':
    case 'aborted':
    case 'lost':
      return mutates
        ? { status: 'unknown', summary: `${said}; what it did is not known` }
        : { status: 'failed', summary: said };
    default:
      return result.end satisfies never;
  }
}

/** The same of a program that runs once a key: a second call says that it did nothing. */
export function judgeOnce(host: string, { isFirst, result }: OnceResult, expected?: readonly number[]): Verdict {
  const verdict = judgeProgram(host, result, { mutates: true, ...(expected === undefined ? {} : { expected }) });
  return isFirst ? verdict : { ...verdict, summary: `not done again; the first time: ${verdict.summary}` };
}

function sayEnd(result: ProgramResult): string {
  const end = result.failure ?? `exit ${result.exitCode ?? 'not known'}`;
  const line = result.exitCode === 0 ? firstLine(result.stdout) : firstLine(result.stderr) || firstLine(result.stdout);
  return line === '' ? end : `${end}: ${line}`;
}
