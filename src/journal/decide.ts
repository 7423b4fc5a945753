import { transient } from '../core/errors.ts';
import type { Appended, Batch, Journal } from './port.ts';

const MOST_TRIES = 50;

/**
 * Decides and appends, and decides again on the newer state as long as somebody else was faster. Resolves with null
 * when `decide` does not want anything (any more). Throws the transient STORE_CONTENDED after 50 conflicts.
 */
export async function decideUntilAppended(
  journal: Journal,
  decide: () => Promise<Batch | null>,
): Promise<Appended | null> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const batch = await decide();
    if (batch === null) return null;
    const result = await journal.append(batch);
    if (result.kind === 'appended') return result;
  }
  throw transient('STORE_CONTENDED', 'Too many changes at the same moment; nothing was changed.', 'Try again.');
}
