import { InvalidArgumentError } from 'commander';
import type { Config } from '../../core/config/config.ts';
import type { Settings } from '../../core/config/environment.ts';
import type { Problem } from '../../core/config/problem.ts';
import { refuse } from '../../core/errors.ts';
import type { ClockSwitch } from '../../oncall/lookahead/switches.ts';
import { printProblem } from '../check/print-problem.ts';
import { printSwitches } from '../check/print-switches.ts';
import { type AddCommand, type CliContext, subcommand } from '../context.ts';
import type { Explanation } from '../explain/explanation.ts';
import { printExplanation } from '../explain/print.ts';
import { readLabels } from '../read-labels.ts';
import { readTime } from '../read-time.ts';

type Labels = Readonly<Record<string, string>>;

interface Options {
  explain?: readonly Labels[];
  at?: number;
  weeks: number;
  connect?: true | string;
  switches?: boolean;
}

const WEEK_MS = 7 * 86_400_000;
const YEAR_MS = 365 * 86_400_000;

/**
 * `check`: every problem of the configuration at once, gaps of schedules and the switches of clocks ahead; 1 when one is an error. `check --explain 'label=value …'`:
 * where such an alert would go and who would be paged when.
 */
export const addCheck: AddCommand = (program, context) => {
  const command = subcommand('check', 'check the configuration: every problem with file, line and column')
    .option(
      '--explain <labels>',
      "'label=value …' of an alert: where it goes, and who is paged when (may repeat)",
      collect,
    )
    .option('--at <time>', 'when it would fire; ISO 8601, UTC when it carries no offset', readTime)
    .option('--weeks <count>', 'how far ahead schedules are looked through for gaps and overlaps', readWeeks, 8)
    .option(
      '--connect [hosts]',
      "also reach every host, or those meant: a name, role:NAME, 'label=value'; and ask Slack about the people of oncall.yml",
    )
    .option('--switches', 'with --json: { problems, switches } in place of the problems alone');
  command.action(async (options: Options) => {
    const [{ loadConfig }, { STEP_KINDS: steps }, { configDir }] = await Promise.all([
      import('../../core/config/load.ts'),
      import('../../runbooks/steps/registry.ts'),
      context.settings(),
    ]);
    const { problems: found, config } = await loadConfig({ dir: configDir, env: context.env, steps });
    if (options.explain !== undefined && config !== null) {
      return explainAll(context, configDir, config, { alerts: options.explain, at: options.at ?? Date.now() });
    }
    const ahead = config === null ? NOTHING_AHEAD : await lookAhead(await context.settings(), config, options.weeks);
    const asked = await askOutside(context, config, options);
    const problems = [...found, ...ahead.problems, ...asked.problems];
    const { switches } = ahead;
    context.print(options.switches === true ? { problems, switches } : problems, () => {
      const reached = asked.reached.length === 0 ? '' : `reached: ${asked.reached.join(', ')}\n`;
      return reached + printProblems(problems, configDir) + (config === null ? '' : printSwitches(switches));
    });
    const errors = problems.filter(({ severity }) => severity === 'error').length;
    if (errors === 0) return;
    throw refuse(
      'CONFIG_INVALID',
      `${count(errors, 'error')} in ${configDir}.`,
      'Mend what is listed and check again.',
    );
  });
  program.addCommand(command);
};

interface Ahead {
  readonly problems: readonly Problem[];
  readonly switches: readonly ClockSwitch[];
}
const NOTHING_AHEAD: Ahead = { problems: [], switches: [] };

/** What the schedules come to from now on. */
async function lookAhead(settings: Settings, config: Config, weeks: number): Promise<Ahead> {
  const { configDir: dir, databaseFile } = settings;
  const [{ scheduleProblems }, { calendarProblems }, { switchesIn }, { foldersOf, layCalendars }] = await Promise.all([
    import('../check/schedule-problems.ts'),
    import('../check/calendar-problems.ts'),
    import('../../oncall/lookahead/switches.ts'),
    import('../../oncall/calendars/read-calendar.ts'),
  ]);
  const from = Date.now();
  const ofCalendars = await calendarProblems(dir, config, from);
  const laid = await layCalendars(config, foldersOf(dir, databaseFile), from);
  const problems = [...ofCalendars, ...(await scheduleProblems(dir, laid, { from, to: from + weeks * WEEK_MS }))];
  return { problems, switches: switchesIn(laid.oncall, { from, to: from + YEAR_MS }) };
}

/** What `--connect` finds: hosts and Slack at once. */
async function askOutside(context: CliContext, config: Config | null, { connect, weeks }: Options) {
  if (config === null || connect === undefined) return { problems: [], reached: [] };
  const [{ checkHostsReached }, { peopleProblems }, settings] = await Promise.all([
    import('../check/host-problems.ts'),
    import('../check/people-problems.ts'),
    context.settings(),
  ]);
  const { configDir, slack } = settings;
  const from = Date.now();
  const [hosts, people] = await Promise.all([
    checkHostsReached(settings, config, connect === true ? undefined : connect),
    peopleProblems(configDir, config, slack, { from, to: from + weeks * WEEK_MS }),
  ]);
  return { problems: [...hosts.problems, ...people], reached: hosts.reached };
}

function readWeeks(text: string): number {
  const weeks = Number(text);
  if (/^\d+$/.test(text) && weeks >= 1 && weeks <= 104) return weeks;
  throw new InvalidArgumentError('It is a number of weeks from 1 to 104.');
}

function collect(text: string, before: readonly Labels[] = []): readonly Labels[] {
  return [...before, readLabels(text)];
}

async function explainAll(
  context: CliContext,
  dir: string,
  config: Config,
  { alerts, at }: { readonly alerts: readonly Labels[]; readonly at: number },
): Promise<void> {
  const [{ explain }, { meansSetUp }, { loadBusinessClock }, { readRouteLines }] = await Promise.all([
    import('../explain/explanation.ts'),
    import('../../core/config/means-settings.ts'),
    import('../../oncall/business-time.ts'),
    import('../../core/config/route-lines.ts'),
  ]);
  const [business, lines] = await Promise.all([loadBusinessClock(config.oncall.businessTime), readRouteLines(dir)]);
  const means = meansSetUp(context.env);
  const all: readonly Explanation[] = alerts.map((labels) => explain({ config, business, means, lines, labels, at }));
  context.print(all, () => all.map(printExplanation).join('\n'));
}

function printProblems(problems: readonly Problem[], dir: string): string {
  const lines = problems.map((problem) => printProblem(problem, `${dir}/${problem.file}`));
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.length - errors;
  return `${lines.join('')}${errors === 0 ? 'ok' : 'not ok'}: ${count(errors, 'error')}, ${count(warnings, 'warning')}\n`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
