import { refuse } from '../../core/errors.ts';
import { closest } from '../../core/suggest.ts';
import type { OncallRow } from '../../oncall/report.ts';
import { type AddCommand, subcommand } from '../context.ts';
import { layOver } from '../lay-over.ts';
import { readTime } from '../read-time.ts';
import { printTable, printTime } from '../table.ts';
import { acceptCommand } from './oncall/accept.ts';
import { overrideCommand, overridesCommand, removeCommand } from './oncall/override.ts';
import { swapCommand } from './oncall/swap.ts';

interface Options {
  readonly at?: number;
  readonly schedule?: string;
}

const ACTS = [overrideCommand, swapCommand, overridesCommand, removeCommand, acceptCommand];

/** `oncall [--at TIME] [--schedule NAME]`: who is on call in each schedule, until when, and who is next; and who stands in. */
export const addOncall: AddCommand = (program, context) => {
  const command = subcommand('oncall', 'who is on call, until when, and who is next; overrides and swaps')
    .enablePositionalOptions()
    .option('--at <time>', 'ISO 8601; UTC when it carries no offset', readTime)
    .option('--schedule <name>', 'this schedule alone');
  command.action(async ({ at = null, schedule }: { at?: number | null } & Omit<Options, 'at'>) => {
    const rows = await context.readConfig<readonly OncallRow[]>('oncall', { at }, async (config) => {
      const [{ oncallReport }, laid] = await Promise.all([import('../../oncall/report.ts'), layOver(context, config)]);
      return oncallReport(laid.oncall, at ?? Date.now());
    });
    const shown = schedule === undefined ? rows : only(rows, schedule);
    context.print(shown, () => printRows(shown));
  });
  for (const act of ACTS) command.addCommand(act(context));
  program.addCommand(command);
};

function only(rows: readonly OncallRow[], name: string): readonly OncallRow[] {
  const found = rows.filter(({ schedule }) => schedule === name);
  if (found.length > 0) return found;
  const names = rows.map(({ schedule }) => schedule);
  const near = closest(name, names);
  const remedy = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `There are: ${names.join(', ')}.`;
  throw refuse('SCHEDULE_UNKNOWN', `There is no schedule ${JSON.stringify(name)}.`, remedy);
}

function printRows(rows: readonly OncallRow[]): string {
  if (rows.length === 0) return 'No schedules are configured.\n';
  return printTable(
    ['SCHEDULE', 'NOW', 'UNTIL', 'NEXT'],
    rows.map(({ schedule, now, until, next }) => [schedule, now.join(', '), printTime(until), next.join(', ')]),
  );
}
