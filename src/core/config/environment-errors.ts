import type { EnvironmentProblem } from './environment.ts';

/** Says what the environment lacks, one line each, and what to do; true when the bot cannot start without it. */
export function sayEnvironmentErrors(problems: readonly EnvironmentProblem[], say: (line: string) => void): boolean {
  const errors = problems.filter(({ severity }) => severity === 'error');
  for (const { message, remedy } of errors) say(`✖ ${message}: ${remedy}`);
  return errors.length > 0;
}
