import type { StoredEvent } from '../journal/port.ts';

/** Whether an event says that a run ended with the probes of its incident well again: "fixed" is proven, not claimed. */
export function isFix({ type, data, incident }: StoredEvent): boolean {
  return type === 'run.ended' && data.verdict === 'fixed' && incident !== null;
}
