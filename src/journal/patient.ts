import type { Clock } from '../core/clock.ts';
import { OpsError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Journal } from './port.ts';

const AGAIN_MS = 200;

/**
 * The same journal, but that an append which meets a busy store is tried again while `isPatient` says so: nothing was
 * stored, and a start is not given up because a backup holds the database for a moment.
 */
export function createPatientJournal(
  journal: Journal,
  deps: { readonly isPatient: () => boolean; readonly clock: Clock; readonly logger: Logger },
): Journal {
  let isTold = false;
  return {
    ...journal,
    append: async (batch) => {
      for (;;) {
        try {
          return await journal.append(batch);
        } catch (error) {
          const isBusy = error instanceof OpsError && error.code === 'STORE_BUSY';
          if (!isBusy || !deps.isPatient()) throw error;
          if (!isTold) deps.logger.warn({ remedy: error.remedy }, 'another process holds the database: waiting for it');
          isTold = true;
          await new Promise<void>((resolve) => void deps.clock.after(AGAIN_MS, resolve));
        }
      }
    },
  };
}
