import type { Problem } from '../../core/config/problem.ts';
import { refuse } from '../../core/errors.ts';
import { type AddCommand, subcommand } from '../context.ts';
import { plain } from '../table.ts';

/** `check`: every problem of the configuration at once; 1 when one of them is an error. */
export const addCheck: AddCommand = (program, context) => {
  const command = subcommand('check', 'check the configuration: every problem with file, line and column');
  command.action(async () => {
    const [{ loadConfig }, { configDir }] = await Promise.all([
      import('../../core/config/load.ts'),
      context.settings(),
    ]);
    const { problems } = await loadConfig({ dir: configDir, env: context.env });
    context.print(problems, () => printProblems(problems, configDir));
    const errors = problems.filter(({ severity }) => severity === 'error').length;
    if (errors === 0) return;
    throw refuse(
      'CONFIG_INVALID',
      `${count(errors, 'error')} in ${configDir}.`,
      'Mend what is listed and check again.',
    );
  });
  program.addCommand(command);
};

function printProblems(problems: readonly Problem[], dir: string): string {
  const lines = problems.map(({ file, line, column, severity, message, hint }) => {
    const advice = hint === null ? '' : ` (${plain(hint)})`;
    return `${dir}/${file}:${line}:${column} ${severity}: ${plain(message)}${advice}\n`;
  });
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.length - errors;
  return `${lines.join('')}${errors === 0 ? 'ok' : 'not ok'}: ${count(errors, 'error')}, ${count(warnings, 'warning')}\n`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
