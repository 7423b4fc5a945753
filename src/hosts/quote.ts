import { refuse } from '../core/errors.ts';

/** Below what Linux takes as one argument (128 KiB): the whole line is one argument of the login shell. */
const LONGEST_LINE = 120_000;

/**
 * An argv as the one line that SSH carries (it has no argv of its own): each argument in single quotes, `'` as `'\''`,
 * so that the login shell of the other side (a POSIX one) gives it on byte by byte. Refuses what cannot be carried.
 */
export function quoteArgv(argv: readonly string[]): string {
  if (argv.some((argument) => argument.includes('\0'))) {
    throw refuse('ARGUMENT_INVALID', 'An argument holds a NUL character.', 'Give the text without it.');
  }
  const line = argv.map((argument) => `'${argument.replaceAll("'", "'\\''")}'`).join(' ');
  if (Buffer.byteLength(line) <= LONGEST_LINE) return line;
  throw refuse('ARGUMENTS_TOO_LONG', 'The arguments are longer than 120 kB together.', 'Give long text as input.');
}
