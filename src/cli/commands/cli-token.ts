import type { Command } from 'commander';
import type { Outcome } from '../../core/command.ts';
import { type AddCommand, type CliContext, subcommand } from '../context.ts';
import type { CallerJson } from '../shapes.ts';
import { plain, printTime } from '../table.ts';

/** `cli-token`: who this call is for the running bot; `cli-token revoke ID` takes one's own token back, or any from the host. */
export const addCliToken: AddCommand = (program, context) => {
  const command = subcommand('cli-token', 'say who you are for the running bot, by your token');
  command.action(async () => {
    const caller = (await context.ask('whoami', {})) as unknown as CallerJson;
    context.print(caller, () => printCaller(caller));
  });
  program.addCommand(command.addCommand(revokeCommand(context)));
};

function revokeCommand(context: CliContext): Command {
  return subcommand('revoke', 'let a token open nothing any more')
    .argument('<token>', 'its public id, as in /gianna cli-token list')
    .action(async (id: string) => {
      const asked = { verb: 'cli-token-revoke', args: { id } };
      const outcome = (await context.ask('submit', asked)) as unknown as Outcome;
      const { kind, text } = outcome;
      context.print({ token: id, outcome: kind, text }, () => `${plain(text)}\n`);
    });
}

function printCaller({ actor, token, roles, expiresAt }: CallerJson): string {
  if (token === null) {
    return 'local: no token was given. It may read, acknowledge, ask for runs and break glass; it never approves.\n';
  }
  return `${plain(actor)}  ${plain(roles.join(', '))}  token ${plain(token)}, good until ${printTime(expiresAt)}\n`;
}
