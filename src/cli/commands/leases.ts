import type { Command } from 'commander';
import type { Outcome } from '../../core/command.ts';
import type { JsonObject } from '../../core/json.ts';
import type { ListedLease } from '../../runbooks/lease/list.ts';
import { type AddCommand, type CliContext, subcommand } from '../context.ts';
import { readLeaseId } from '../ids.ts';
import { plain, printTable, printTime } from '../table.ts';
import { readSeconds } from './incidents/seconds.ts';

/** `leases`: changes that hold until a time; `leases renew`: longer; `leases abandon`: one that cannot be reverted is given up. */
export const addLeases: AddCommand = (program, context) => {
  const command = subcommand('leases', 'list the changes that hold until a time and are then taken back');
  command.action(async () => {
    const leases = await context.read('leases', {}, (api) => api.leases());
    context.print(leases, () => printLeases(leases));
  });
  program.addCommand(command.addCommand(renewCommand(context)).addCommand(abandonCommand(context)));
};

function renewCommand(context: CliContext): Command {
  return subcommand('renew', 'let one hold so long from now')
    .argument('<lease>', 'LEASE-<n>', readLeaseId)
    .requiredOption('--for <duration>', '1h', readSeconds)
    .option('--reason <text>', 'why, for the record')
    .action(async (lease: string, { for: seconds, reason }: { for: number; reason?: string }) => {
      const args = { lease, seconds, ...(reason === undefined ? {} : { reason }) };
      await submit(context, 'renew', args);
    });
}

function abandonCommand(context: CliContext): Command {
  return subcommand('abandon', 'give one up that could not be reverted; nothing on the host is touched')
    .argument('<lease>', 'LEASE-<n>', readLeaseId)
    .requiredOption('--reason <text>', 'why nothing is left to revert')
    .action((lease: string, { reason }: { reason: string }) => submit(context, 'lease-abandon', { lease, reason }));
}

async function submit(context: CliContext, verb: string, args: JsonObject): Promise<void> {
  const { kind, text } = (await context.ask('submit', { verb, args })) as unknown as Outcome;
  context.print({ lease: args.lease ?? null, outcome: kind, text }, () => `${plain(text)}\n`);
}

function printLeases(leases: readonly ListedLease[]): string {
  if (leases.length === 0) return 'Nothing holds until a time.\n';
  return printTable(
    ['ID', 'STATE', 'WHAT', 'SERVICE', 'UNTIL', 'RUN', 'BY'],
    leases.map(({ id, state, what, service, until, run, by }) => [id, state, what, service, printTime(until), run, by]),
  );
}
