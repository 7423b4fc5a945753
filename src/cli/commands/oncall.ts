import type { Config } from '../../core/config/config.ts';
import { refuse } from '../../core/errors.ts';
import { closest } from '../../core/suggest.ts';
import type { OncallAtRow } from '../../oncall/duty-record/read-duty.ts';
import { type AddCommand, type CliContext, subcommand } from '../context.ts';
import { layOver, withStore } from '../lay-over.ts';
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
    const rows = await context.readConfig<readonly OncallAtRow[]>('oncall', { at }, (config) =>
      offline(context, config, at),
    );
    const shown = schedule === undefined ? rows : only(rows, schedule);
    context.print(shown, () => printRows(shown));
  });
  for (const act of ACTS) command.addCommand(act(context));
  program.addCommand(command);
};

async function offline(context: CliContext, config: Config, at: number | null): Promise<readonly OncallAtRow[]> {
  const [{ readOncallAt }, laid] = await Promise.all([
    import('../../oncall/duty-record/read-duty.ts'),
    layOver(context, config),
  ]);
  const now = Date.now();
  const moment = { at: at ?? now, now };
  const recorded = await withStore(context, null, (store) => readOncallAt(store, laid.oncall, moment));
  return recorded ?? readOncallAt(NOTHING_RECORDED, laid.oncall, moment);
}

const NOTHING_RECORDED = { aggregates: async () => [], eventsOf: async () => [] };

function only(rows: readonly OncallAtRow[], name: string): readonly OncallAtRow[] {
  const found = rows.filter(({ schedule }) => schedule === name);
  if (found.length > 0) return found;
  const names = rows.map(({ schedule }) => schedule);
  const near = closest(name, names);
  const remedy = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `There are: ${names.join(', ')}.`;
  throw refuse('SCHEDULE_UNKNOWN', `There is no schedule ${JSON.stringify(name)}.`, remedy);
}

function printRows(rows: readonly OncallAtRow[]): string {
  if (rows.length === 0) return 'No schedules are configured.\n';
  return printTable(
    ['SCHEDULE', 'NOW', 'UNTIL', 'NEXT', 'KNOWN'],
    rows.map((row) => [row.schedule, row.now.join(', '), printTime(row.until), row.next.join(', '), knownText(row)]),
  );
}

/** How it is known: a record is proof, the configuration of today is not. */
function knownText({ source, since, why, blind }: OncallAtRow): string {
  if (source === 'planned') return 'planned';
  if (source === 'configuration') return 'not recorded: by the configuration of now';
  return `recorded: since ${printTime(since)}, ${why}${blind ? '; the bot was away then' : ''}`;
}
