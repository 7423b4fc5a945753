import type { JournalReader } from '../journal/port.ts';
import { ESCALATION, type EscalationState } from './escalation-state.ts';

/** Open incidents whose escalation, or whose ack's clock, should have moved on before `before` and has not, whatever became of its timer. */
export async function overdueEscalations(journal: JournalReader, before: number): Promise<string[]> {
  const overdue: string[] = [];
  for (const { id } of await journal.aggregates('incident', { open: true })) {
    const row = await journal.aggregate<EscalationState>(ESCALATION, id);
    const next = row?.state.status === 'running' ? row.state.next : null;
    const ack = row?.state.ack?.next ?? null;
    if ((next !== null && next.at < before) || (ack !== null && ack.at < before)) overdue.push(id);
  }
  return overdue;
}
