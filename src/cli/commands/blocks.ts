import type { BlocksSeen } from '../../runbooks/blocks.ts';
import { type AddCommand, subcommand } from '../context.ts';
import { plain, printTable, printTime } from '../table.ts';

/** `blocks`: which addresses are blocked on which hosts, by whom, why, until when, and how much was dropped. */
export const addBlocks: AddCommand = (program, context) => {
  const command = subcommand('blocks', 'list the addresses that are blocked on hosts, as the hosts say now');
  command.action(async () => {
    const seen = (await context.ask('blocks', {})) as unknown as BlocksSeen;
    context.print(seen, () => printBlocks(seen));
  });
  program.addCommand(command);
};

function printBlocks({ blocks, unread }: BlocksSeen): string {
  const rows = blocks.map(({ address, host, until, hits, run, by, lease, reason }) => [
    ...[address, host, until === null ? '-' : printTime(until), hits === null ? '-' : String(hits)],
    ...[run ?? 'unknown', by ?? '-', lease ?? '-', reason ?? '-'],
  ]);
  const table =
    rows.length === 0
      ? 'Nothing is blocked.\n'
      : printTable(['ADDRESS', 'HOST', 'UNTIL', 'HITS', 'RUN', 'BY', 'LEASE', 'WHY'], rows);
  return `${table}${unread.map(({ host, reason }) => `${host} could not be asked: ${plain(reason)}\n`).join('')}`;
}
