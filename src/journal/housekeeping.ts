import cron from 'node-cron';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import { appendAnchor } from './anchor.ts';
import type { Journal } from './port.ts';

export interface HousekeepingDeps {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly logger: Logger;
  /** File outside the database that keeps the chain's head (`journal verify --anchor FILE`). */
  readonly anchorFile: string;
}

/** Raw payloads are kept this long (DESIGN.md, Inbox). */
const KEPT_MS = 14 * 24 * 3600_000;

/** What the store needs regularly: the chain's head noted outside it every hour, handled payloads forgotten every night. */
export function startHousekeeping(deps: HousekeepingDeps): () => Promise<void> {
  const { journal, clock, logger, anchorFile } = deps;
  const options = { noOverlap: true, timezone: 'UTC' } as const;
  const guarded = (what: string, task: () => Promise<void>) => async () => {
    try {
      await task();
    } catch (error) {
      logger.error({ err: error, task: what }, 'housekeeping failed');
    }
  };
  const anchor = guarded('anchor', async () => appendAnchor(anchorFile, await journal.head(), clock.now()));
  const forget = guarded('forget', async () => {
    const rows = await journal.forget(clock.now() - KEPT_MS);
    logger.info({ rows }, 'old payloads forgotten');
  });
  const tasks = [cron.schedule('0 * * * *', anchor, options), cron.schedule('17 3 * * *', forget, options)];
  return async () => {
    for (const task of tasks) await task.destroy();
    await anchor();
  };
}
