import type { Journal } from '../journal/port.ts';
import { RUN_KIND } from './run-change.ts';

/** People's wish to end a run now, as a signal for what is under way. */
export interface Stops {
  /** Aborted when a person wants this run to end now; one a leg. */
  abortOf(run: string): AbortSignal;
  forget(run: string): void;
  close(): void;
}

/** Listens to the journal: the wish is durable before it cuts anything. */
export function createStops(journal: Pick<Journal, 'onChange'>): Stops {
  const running = new Map<string, AbortController>();
  const close = journal.onChange(({ events }) => {
    for (const { kind, id, type, data } of events) {
      if (kind === RUN_KIND && type === 'run.stop-asked' && data.mode === 'now') running.get(id)?.abort();
    }
  });
  return {
    abortOf: (run) => {
      const controller = running.get(run) ?? new AbortController();
      running.set(run, controller);
      return controller.signal;
    },
    forget: (run) => void running.delete(run),
    close,
  };
}
