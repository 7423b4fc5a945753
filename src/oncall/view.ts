import type { Config } from '../core/config/config.ts';
import type { JournalReader } from '../journal/port.ts';
import { ESCALATION, type EscalationState } from './escalation-state.ts';
import type { EscalationView } from './page.ts';
import { whoIsNext } from './pages.ts';

type Reader = Pick<JournalReader, 'aggregate'>;

/** The escalation of an incident as the edges show it; null for one without pages. */
export async function viewEscalation(reader: Reader, config: Config, incident: string): Promise<EscalationView | null> {
  const row = await reader.aggregate<EscalationState>(ESCALATION, incident);
  if (row === null) return null;
  const { state } = row;
  const next = state.status === 'running' ? whoIsNext(config, state, state.next) : null;
  return {
    level: state.level,
    nextAt: next?.at ?? null,
    next: next === null ? null : { people: next.people, targets: next.targets },
    respondBy: state.status === 'stopped' ? null : state.respondBy,
  };
}

/** How far the pages of an incident have got, from the store alone; null for one without pages. */
export async function readEscalation(
  reader: Reader,
  incident: string,
): Promise<{ readonly level: number; readonly nextAt: number | null } | null> {
  const row = await reader.aggregate<EscalationState>(ESCALATION, incident);
  return row === null ? null : { level: row.state.level, nextAt: row.state.next?.at ?? null };
}
