import type { StoredEvent } from '../journal/port.ts';
import { RUN_KIND } from './run-change.ts';

/** What a start has to tell about runs: those that a dead process left unfinished. */
export async function tellInterruptedRuns({ events }: { readonly events: readonly StoredEvent[] }): Promise<string[]> {
  const cut = events.filter(
    ({ kind, type, data }) => kind === RUN_KIND && type === 'run.ended' && data.status === 'interrupted',
  );
  return cut.map(({ id }) => `${id} was cut off: outcome unknown. It is not run again by itself; look at its thread.`);
}
