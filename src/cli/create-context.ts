import type { Config } from '../core/config/config.ts';
import type { Settings } from '../core/config/environment.ts';
import { refuse } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import type { JournalReader } from '../journal/port.ts';
import type { ReadingApi } from './api.ts';
import { createAskBot, isNotRunning } from './client.ts';
import type { CliContext, CliDeps } from './context.ts';
import { readOwnToken } from './own-token.ts';

/** The context of one call of the CLI. Heavy rooms are imported where they are needed, so that `start` is quick. */
export function createContext(deps: CliDeps, wantsJson: boolean, exit: (code: number) => void): CliContext {
  const settings = async () => {
    const { readEnvironment } = await import('../core/config/environment.ts');
    const read = readEnvironment(deps.env);
    const wrong = read.problems.find(({ neededFor, severity }) => neededFor === 'everything' && severity === 'error');
    if (wrong !== undefined) throw refuse('ENVIRONMENT_INVALID', `${wrong.message}.`, wrong.remedy);
    return read.settings;
  };
  const openStore = async () => {
    const { openJournalForReading } = await import('../journal/sqlite.ts');
    return openJournalForReading((await settings()).databaseFile);
  };
  const ask = async (route: string, input: JsonObject) => {
    const { socketPath, cliToken } = await settings();
    return createAskBot(socketPath, await readOwnToken(cliToken, deps.env.HOME))(route, input);
  };
  const askOr = async <T>(route: string, input: JsonObject, offline: () => Promise<T>): Promise<T> => {
    try {
      return (await ask(route, input)) as unknown as T;
    } catch (error) {
      if (!isNotRunning(error)) throw error;
      return offline();
    }
  };
  return {
    ...deps,
    settings,
    openStore,
    ask,
    read: (route, input, offline) => askOr(route, input, async () => readOffline(await openStore(), offline)),
    readConfig: (route, input, offline) =>
      askOr(route, input, async () => offline(await soundConfig(await settings(), deps.env))),
    print: (value, human) => {
      deps.stdout.write(wantsJson ? `${JSON.stringify(value, null, 2)}\n` : human());
    },
    write: async (text) => {
      const { stdout } = deps;
      if (stdout.write(text) || stdout.once === undefined) return;
      await new Promise<void>((resolve) => stdout.once?.('drain', resolve));
    },
    exit,
  };
}

async function readOffline<T>(store: JournalReader, offline: (api: ReadingApi) => Promise<T>): Promise<T> {
  try {
    const { createReadingApi } = await import('./reading.ts');
    return await offline(createReadingApi(store, () => Date.now()));
  } finally {
    await store.close();
  }
}

async function soundConfig({ configDir: dir, databaseFile }: Settings, env: NodeJS.ProcessEnv): Promise<Config> {
  const [{ loadConfig }, { foldersOf, layCalendars }, { STEP_KINDS: steps }] = await Promise.all([
    import('../core/config/load.ts'),
    import('../oncall/calendars/read-calendar.ts'),
    import('../runbooks/steps/registry.ts'),
  ]);
  const { config } = await loadConfig({ dir, env, steps });
  if (config !== null) return layCalendars(config, foldersOf(dir, databaseFile), Date.now());
  throw refuse('CONFIG_INVALID', `The configuration in ${dir} has errors.`, 'List them with: gianna-ops check');
}
