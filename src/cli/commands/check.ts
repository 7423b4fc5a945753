import type { Config } from '../../core/config/config.ts';
import type { Problem } from '../../core/config/problem.ts';
import { refuse } from '../../core/errors.ts';
import { type AddCommand, type CliContext, subcommand } from '../context.ts';
import type { Explanation } from '../explain/explanation.ts';
import { printExplanation } from '../explain/print.ts';
import { readLabels } from '../read-labels.ts';
import { readTime } from '../read-time.ts';
import { plain } from '../table.ts';

type Labels = Readonly<Record<string, string>>;

interface Options {
  explain?: readonly Labels[];
  at?: number;
}

/**
 * `check`: every problem of the configuration at once; 1 when one of them is an error. `check --explain 'label=value …'`:
 * where such an alert would go and who would be paged when.
 */
export const addCheck: AddCommand = (program, context) => {
  const command = subcommand('check', 'check the configuration: every problem with file, line and column')
    .option(
      '--explain <labels>',
      "'label=value …' of an alert: where it goes, and who is paged when (may repeat)",
      collect,
    )
    .option('--at <time>', 'when it would fire; ISO 8601, UTC when it carries no offset', readTime);
  command.action(async (options: Options) => {
    const [{ loadConfig }, { configDir }] = await Promise.all([
      import('../../core/config/load.ts'),
      context.settings(),
    ]);
    const { problems, config } = await loadConfig({ dir: configDir, env: context.env });
    if (options.explain !== undefined && config !== null) {
      return explainAll(context, configDir, config, { alerts: options.explain, at: options.at ?? Date.now() });
    }
    context.print(problems, () => printProblems(problems, configDir));
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
  const lines = problems.map(({ file, line, column, severity, message, hint }) => {
    const advice = hint === null ? '' : ` (${plain(hint)})`;
    return `${dir}/${file}:${line}:${column} ${severity}: ${plain(message)}${advice}\n`;
  });
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.length - errors;
  return `${lines.join('')}${errors === 0 ? 'ok' : 'not ok'}: ${count(errors, 'error')}, ${count(warnings, 'warning')}\n`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
