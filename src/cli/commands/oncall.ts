import type { OncallRow } from '../../oncall/report.ts';
import { type AddCommand, subcommand } from '../context.ts';
import { readTime } from '../read-time.ts';
import { printTable, printTime } from '../table.ts';

/** `oncall [--at TIME]`: who is on call in each schedule, until when, and who is next. */
export const addOncall: AddCommand = (program, context) => {
  const command = subcommand('oncall', 'who is on call, until when, and who is next').option(
    '--at <time>',
    'ISO 8601; UTC when it carries no offset',
    readTime,
  );
  command.action(async (options: { at?: number }) => {
    const at = options.at ?? null;
    const rows = await context.readConfig<readonly OncallRow[]>('oncall', { at }, async (config) => {
      const { oncallReport } = await import('../../oncall/report.ts');
      return oncallReport(config.oncall, at ?? Date.now());
    });
    context.print(rows, () => printRows(rows));
  });
  program.addCommand(command);
};

function printRows(rows: readonly OncallRow[]): string {
  if (rows.length === 0) return 'No schedules are configured.\n';
  return printTable(
    ['SCHEDULE', 'NOW', 'UNTIL', 'NEXT'],
    rows.map(({ schedule, now, until, next }) => [schedule, now.join(', '), printTime(until), next.join(', ')]),
  );
}
