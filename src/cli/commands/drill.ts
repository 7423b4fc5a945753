import { formatDuration } from '../../core/duration.ts';
import type { DrillJson } from '../../oncall/drills/drill-json.ts';
import { type AddCommand, subcommand } from '../context.ts';
import { printTable, printTime } from '../table.ts';
import { actOn } from './incidents/act.ts';

interface Options {
  severity: string;
  paper?: boolean;
  service?: string;
  note?: string;
}

/** `drill --severity P1`: an incident marked as a drill, that pages people for real, or on paper. */
export const addDrill: AddCommand = (program, context) => {
  const command = subcommand('drill', 'try out who answers: an incident marked as a drill, that pages people for real')
    .requiredOption('--severity <P0..P2>', 'whose policy is tried out')
    .option('--paper', 'page nobody, and write down who would have been')
    .option('--service <name>', 'service of hosts.yml; the default one when absent')
    .option('--note <text>', 'what the title says');
  command.action(async ({ severity, paper, service, note }: Options) => {
    const args = {
      severity,
      paper: paper === true,
      ...(service === undefined ? {} : { service }),
      ...(note === undefined ? {} : { note }),
    };
    await actOn(context, { verb: 'drill', incident: null, args });
  });
  program.addCommand(command);
};

/** `drills`: how the drills went, each beside the one of the same severity before it. */
export const addDrills: AddCommand = (program, context) => {
  const command = subcommand('drills', 'how the drills went, beside the last ones of the same severity');
  command.action(async () => {
    const drills = await context.read('drills', {}, (api) => api.drills());
    context.print(drills, () => printDrills(drills));
  });
  program.addCommand(command);
};

function printDrills(drills: readonly DrillJson[]): string {
  if (drills.length === 0) return 'There has been no drill yet.\n';
  const head = ['ID', 'SEV', 'HOW', 'STARTED', 'ACKNOWLEDGED', 'ENDED', 'LEVEL', 'BEFORE IT'];
  return printTable(
    head,
    drills.map((drill) => [
      drill.id,
      drill.severity,
      drill.paper ? 'on paper' : 'for real',
      printTime(drill.startedAt),
      after(drill.ackSeconds, drill.endedAt === null ? 'not yet' : 'nobody'),
      after(drill.endSeconds, 'not yet'),
      drill.level,
      drill.before === null
        ? null
        : `${drill.before.id}: acknowledged ${after(drill.before.ackSeconds, 'by nobody')}, ended ${after(drill.before.endSeconds, '-')}`,
    ]),
  );
}

function after(seconds: number | null, never: string): string {
  return seconds === null ? never : `after ${formatDuration(seconds)}`;
}
