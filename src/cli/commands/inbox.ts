import { InvalidArgumentError } from 'commander';
import { refuse } from '../../core/errors.ts';
import { type AddCommand, subcommand } from '../context.ts';
import type { InboxJson } from '../shapes.ts';
import { printTable, printTime } from '../table.ts';

/** `inbox [list]`, `inbox retry ID|all`: what came in and could not be handled. */
export const addInbox: AddCommand = (program, context) => {
  const inbox = subcommand('inbox', 'what came in and is not handled yet: waiting and parked rows');
  const list = async () => {
    const rows = await context.read('inbox', {}, (api) => api.inbox());
    context.print(rows, () => printRows(rows));
  };
  inbox.action(list);
  inbox.addCommand(subcommand('list', 'waiting and parked rows').action(list));
  inbox.addCommand(
    subcommand('retry', 'put a parked row, or all of them, back to waiting')
      .argument('<row>', 'number of the row, or all', readRow)
      .action(async (row: number | 'all') => {
        const retried = await context.ask('unpark', row === 'all' ? {} : { id: row });
        if (row !== 'all' && retried === 0) {
          throw refuse('ROW_NOT_PARKED', `Row ${row} is not parked.`, 'List them with: gianna-ops inbox');
        }
        context.print({ retried }, () => `${String(retried)} put back to waiting\n`);
      }),
  );
  program.addCommand(inbox);
};

function readRow(text: string): number | 'all' {
  if (text === 'all') return 'all';
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It is the number of a row, or all.');
  return Number(text);
}

function printRows(rows: readonly InboxJson[]): string {
  if (rows.length === 0) return 'The inbox is empty.\n';
  const head = ['ROW', 'STATE', 'LANE', 'SOURCE', 'RECEIVED', 'TRIES', 'ERROR'];
  return printTable(
    head,
    rows.map((row) => [row.id, row.state, row.lane, row.source, printTime(row.receivedAt), row.tries, row.error]),
  );
}
