import type { Outcome } from '../../core/command.ts';
import { type AddCommand, subcommand } from '../context.ts';
import { plain } from '../table.ts';

/** `remediation on RULE`: a rule that switched itself off may run again. */
export const addRemediation: AddCommand = (program, context) => {
  const command = subcommand('remediation', 'rules of policy.yml that run of themselves');
  const on = subcommand('on', 'let a rule run again that switched itself off; for admins').argument(
    '<rule>',
    'its name',
  );
  on.action(async (rule: string) => {
    const { kind, text } = (await context.ask('submit', {
      verb: 'remediation-on',
      args: { rule },
    })) as unknown as Outcome;
    context.print({ rule, outcome: kind, text }, () => `${plain(text)}\n`);
  });
  program.addCommand(command.addCommand(on));
};
