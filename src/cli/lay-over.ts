import type { Config } from '../core/config/config.ts';
import { OpsError } from '../core/errors.ts';
import type { JournalReader } from '../journal/port.ts';
import type { CliContext } from './context.ts';

/** Without a bot: the configuration of the folder with what the store has of overrides; that alone when there is no store. */
export async function layOver(context: Pick<CliContext, 'openStore'>, config: Config): Promise<Config> {
  const { readRoster } = await import('../oncall/roster.ts');
  let store: JournalReader;
  try {
    store = await context.openStore();
  } catch (error) {
    if (error instanceof OpsError && error.code === 'STORE_MISSING') return config;
    throw error;
  }
  try {
    return await readRoster(store, config);
  } finally {
    await store.close();
  }
}
