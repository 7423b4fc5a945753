import type { Config } from '../core/config/config.ts';
import { OpsError } from '../core/errors.ts';
import type { JournalReader } from '../journal/port.ts';
import type { CliContext } from './context.ts';

/** Without a bot: the configuration of the folder with what the store has of overrides; that alone when there is no store. */
export function layOver(context: Pick<CliContext, 'openStore'>, config: Config): Promise<Config> {
  return withStore(context, config, async (store) => {
    const { readRoster } = await import('../oncall/roster.ts');
    return readRoster(store, config);
  });
}

/** Reads from the store; `missing` when there is none. */
export async function withStore<T>(
  context: Pick<CliContext, 'openStore'>,
  missing: T,
  read: (store: JournalReader) => Promise<T>,
): Promise<T> {
  let store: JournalReader;
  try {
    store = await context.openStore();
  } catch (error) {
    if (error instanceof OpsError && error.code === 'STORE_MISSING') return missing;
    throw error;
  }
  try {
    return await read(store);
  } finally {
    await store.close();
  }
}
