import type { Config } from '../../core/config/config.ts';
import { refuse } from '../../core/errors.ts';
import { type AddCommand, type CliContext, subcommand } from '../context.ts';
import { printReplay } from '../replay/print.ts';
import type { ReplayJson } from '../replay/report.ts';
import { readSince, type Since } from '../since.ts';

interface Options {
  config: string;
  since: Since;
  failOnChange?: boolean;
}

/** `replay --config DIR [--since 7d]`: which pages another configuration would have sent for what was stored. */
export const addReplay: AddCommand = (program, context) => {
  const command = subcommand(
    'replay',
    'run stored alerts through a changed configuration: which pages appear, vanish, move',
  )
    .requiredOption('--config <dir>', 'folder of the changed configuration')
    .option('--since <time>', 'a duration counted back from now, or a time', readSince, readSince('7d'))
    .option('--fail-on-change', 'exit 1 when anything changes');
  command.action(async (options: Options) => {
    const replay = await replayBoth(context, options);
    context.print(replay, () => printReplay(replay));
    if (options.failOnChange === true && replay.changed) context.exit(1);
  });
  program.addCommand(command);
};

async function replayBoth(context: CliContext, { config: dir, since: sinceWhen }: Options): Promise<ReplayJson> {
  const [{ replayUnder }, { compareOutcomes }, { reportReplay }] = await Promise.all([
    import('../replay/world.ts'),
    import('../replay/compare.ts'),
    import('../replay/report.ts'),
  ]);
  const { configDir } = await context.settings();
  const until = Date.now();
  const since = sinceWhen(until);
  const [inForce, changed] = [await sound(context, configDir), await sound(context, dir)];
  const store = await context.openStore();
  try {
    const before = await replayUnder({ store, config: inForce, since, until });
    const after = await replayUnder({ store, config: changed, since, until });
    const sides = {
      before: { config: `${configDir} (${inForce.version})`, outcome: before },
      after: { config: `${dir} (${changed.version})`, outcome: after },
    };
    return reportReplay({ ...sides, since, until }, compareOutcomes(before, after));
  } finally {
    await store.close();
  }
}

async function sound(context: CliContext, dir: string): Promise<Config> {
  const [{ loadConfig }, { STEP_KINDS: steps }] = await Promise.all([
    import('../../core/config/load.ts'),
    import('../../runbooks/steps/registry.ts'),
  ]);
  const { config, problems } = await loadConfig({ dir, env: context.env, steps });
  if (config !== null) return config;
  const first = problems.find(({ severity }) => severity === 'error');
  const where = first === undefined ? '' : ` The first: ${first.file}:${first.line} ${first.message}.`;
  throw refuse(
    'CONFIG_INVALID',
    `The configuration in ${dir} has errors; nothing was replayed.${where}`,
    `List them with: GIANNA_CONFIG=${dir} gianna-ops check`,
  );
}
