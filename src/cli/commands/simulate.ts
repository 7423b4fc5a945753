import { InvalidArgumentError, Option } from 'commander';
import { SEVERITIES, type Severity } from '../../core/config/config.ts';
import { parseDuration } from '../../core/duration.ts';
import { readMoment } from '../../oncall/simulate/read-moment.ts';
import type { SimulationAsked } from '../../oncall/simulate/simulate.ts';
import type { SimulationJson } from '../../oncall/simulate/simulation-json.ts';
import { type AddCommand, subcommand } from '../context.ts';
import { layOver } from '../lay-over.ts';
import { printSimulation } from '../simulate/print.ts';

interface Options {
  severity?: Severity;
  at?: string;
  ackAfter?: number;
  route?: number;
  contact?: string;
}

/** `simulate --severity P0 --at TIME`: minute by minute who would be reached, how, and why. */
export const addSimulate: AddCommand = (program, context) => {
  const command = subcommand('simulate', 'who would be reached, minute by minute, how, and why')
    .option('--severity <P0..P3>', 'of the incident; that of the route when absent', readSeverity)
    .option('--at <time>', 'when it opens: "2027-03-28 02:30 Europe/Lisbon", ISO 8601; now when absent', readAt)
    .addOption(new Option('--nobody-answers', 'nobody acknowledges it (the default)').conflicts('ackAfter'))
    .option('--ack-after <duration>', 'somebody acknowledges it after that time: 7m', readDuration)
    .option('--route <position>', 'as the route at this position of routes.yml would open it', readPosition)
    .option('--contact <name>', 'a contact that is added to every level');
  command.action(async ({ severity, at, ackAfter, route, contact }: Options) => {
    const asked: SimulationAsked = {
      severity: severity ?? null,
      at: at ?? null,
      ackAfterSeconds: ackAfter ?? null,
      route: route ?? null,
      contact: contact ?? null,
    };
    const simulation = await context.readConfig<SimulationJson>('simulate', { ...asked }, async (config) => {
      const [{ simulate }, { simulationJson }, { meansSetUp }] = await Promise.all([
        import('../../oncall/simulate/simulate.ts'),
        import('../../oncall/simulate/simulation-json.ts'),
        import('../../core/config/means-settings.ts'),
      ]);
      const laid = await layOver(context, config);
      return simulationJson(await simulate({ config: laid, means: meansSetUp(context.env) }, asked, Date.now()));
    });
    context.print(simulation.rows, () => printSimulation(simulation));
  });
  program.addCommand(command);
};

function readSeverity(text: string): Severity {
  const found = SEVERITIES.find((severity) => severity === text.toUpperCase());
  if (found === undefined) throw new InvalidArgumentError('It is P0, P1, P2 or P3.');
  return found;
}

function readAt(text: string): string {
  if (readMoment(text, 'UTC') !== null) return text;
  throw new InvalidArgumentError('It is a time like "2027-03-28 02:30 Europe/Lisbon" or 2027-03-28T02:30:00Z.');
}

function readDuration(text: string): number {
  const seconds = parseDuration(text);
  if (seconds === null) throw new InvalidArgumentError('It is a duration like 7m.');
  return seconds;
}

function readPosition(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('It is the position of a route, from 1.');
  return Number(text);
}
