import type { JournalReader } from '../../journal/port.ts';
import { HANDOFF, type HandoffState } from './handoff-state.ts';

/** Handoffs that nobody has accepted, the first to begin first. */
export async function waitingHandoffs(journal: Pick<JournalReader, 'aggregates'>): Promise<HandoffState[]> {
  const open = await journal.aggregates<HandoffState>(HANDOFF, { open: true });
  const waiting = open.map(({ state }) => state).filter(({ status }) => status === 'waiting');
  return waiting.sort((one, other) => one.at - other.at);
}
