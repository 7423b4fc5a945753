import type { Logger } from '../../core/logger.ts';
import type { Change } from '../port.ts';
import type { Tally } from './tally.ts';

/** Those who want to hear of commits. */
export interface Listeners {
  add(listener: (change: Change) => void): () => void;
  /** Tells everybody; one that throws is logged and keeps nobody else from hearing. */
  tell(tally: Tally): void;
}

/** Keeps the listeners of one journal. */
export function createListeners(logger: Logger): Listeners {
  const listeners = new Set<(change: Change) => void>();
  return {
    add: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tell: (tally) => {
      const { inbox, isCalled: called, timers, effects, events } = tally;
      if (!inbox && !timers && !effects && events.length === 0) return;
      for (const listener of [...listeners]) {
        try {
          listener({ inbox, called, timers, effects, events });
        } catch (error) {
          logger.error({ err: error }, 'listener of the journal failed');
        }
      }
    },
  };
}
