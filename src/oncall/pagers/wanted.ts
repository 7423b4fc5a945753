import type { Effect, JournalReader } from '../../journal/port.ts';
import { ESCALATION, type EscalationState } from '../escalation-state.ts';
import type { PageRequest } from '../page.ts';
import { isWaiting } from '../waiting.ts';

/**
 * Whether a page that is to be tried again is wanted still: one that was on its way when pages stopped could not be
 * dropped, for it was claimed.
 */
export async function isStillWanted(
  journal: Pick<JournalReader, 'aggregate' | 'eventsOf'>,
  effect: Effect,
  request: PageRequest,
): Promise<boolean> {
  const { incident, cycle, beyond } = request;
  const row = await journal.aggregate<EscalationState>(ESCALATION, incident);
  if (row === null) return true;
  if (beyond !== undefined) return isWaiting(row.state, request);
  if (row.state.cycle !== cycle) return false;
  if (row.state.status !== 'stopped') return true;
  const stopped = (await journal.eventsOf(ESCALATION, incident)).findLast(({ type }) => type === 'escalation.stopped');
  // One ping, and nothing follows: then it was stopped by the batch that asked for it.
  return stopped !== undefined && stopped.at <= effect.askedAt;
}
