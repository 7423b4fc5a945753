import { SEVERITIES } from '../../core/config/config.ts';
import { formatDuration } from '../../core/duration.ts';
import { MEASURES } from '../../oncall/reports/cycle.ts';
import type { Numbers, Spread } from '../../oncall/reports/numbers.ts';
import { type AddCommand, type CliContext, subcommand } from '../context.ts';
import type { StatsJson } from '../shapes.ts';
import { readSince, type Since } from '../since.ts';
import { printTable, printTime } from '../table.ts';

interface Options {
  since: Since;
}

/** `stats [--since 7d]`: how fast people were, which alerts are noise, who was paged when. */
export const addStats: AddCommand = (program, context) => {
  const command = subcommand(
    'stats',
    'how fast incidents were answered, which alerts are noise, who was paged when',
  ).option('--since <time>', 'a duration counted back from now, or a time', readSince, readSince('7d'));
  command.action(async (options: Options) => {
    const until = Date.now();
    const window = { since: options.since(until), until };
    const stats = await readStats(context, window);
    context.print(stats, () => printStats(stats));
  });
  program.addCommand(command);
};

async function readStats(context: CliContext, window: { since: number; until: number }): Promise<StatsJson> {
  const numbers = await context.readConfig<Numbers>('stats', window, async (config) => {
    const [{ createReadNumbers }, { isFix }] = await Promise.all([
      import('../../oncall/reports/read-numbers.ts'),
      import('../../runbooks/fixes.ts'),
    ]);
    const journal = await context.openStore();
    try {
      return await createReadNumbers({ journal, isFix })(config, window);
    } finally {
      await journal.close();
    }
  });
  return { since: iso(window.since), until: iso(window.until), ...numbers };
}

function printStats({ since, until, ...numbers }: StatsJson): string {
  return [
    `${printTime(since)} to ${printTime(until)}, days and hours of ${numbers.timezone}\n`,
    printTimes(numbers),
    printNoise(numbers),
    printPages(numbers),
  ].join('\n');
}

function printTimes({ opened, times }: Numbers): string {
  const rows = SEVERITIES.map((severity) => [
    severity,
    opened[severity],
    ...MEASURES.map((kind) => spreadText(times[kind][severity])),
  ]);
  return printTable(['SEV', 'OPENED', 'ACKNOWLEDGED', 'MITIGATED', 'RESOLVED'], rows);
}

/** `3m, p90 12m, of 4`. */
function spreadText({ n, p50, p90 }: Spread): string | null {
  return p50 === null || p90 === null ? null : `${formatDuration(p50)}, p90 ${formatDuration(p90)}, of ${n}`;
}

function printNoise({ noise }: Numbers): string {
  if (noise.length === 0) return 'No alert opened anything.\n';
  const head = ['ALERT', 'INCIDENTS', 'ACKNOWLEDGED', 'BY ITSELF', 'FIRED AGAIN'];
  const rows = noise.map((row) => [
    row.alertname,
    row.incidents,
    row.acknowledged,
    row.resolvedByItself,
    row.firedAgain,
  ]);
  return printTable(head, rows);
}

function printPages({ pages }: Numbers): string {
  if (pages.length === 0) return 'Nobody was paged.\n';
  const head = ['PERSON', 'PAGES', 'BUSINESS', 'OUT OF HOURS', 'NIGHT', 'BY HOUR'];
  const rows = pages.map((row) => [
    row.person,
    row.pages,
    row.business,
    row.outOfHours,
    row.night,
    hoursText(row.hours),
  ]);
  return printTable(head, rows);
}

/** `09h 3, 23h 1`: the hours in which somebody was paged. */
function hoursText(hours: readonly number[]): string {
  const paged = hours.flatMap((count, hour) => (count === 0 ? [] : [`${String(hour).padStart(2, '0')}h ${count}`]));
  return paged.join(', ');
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
