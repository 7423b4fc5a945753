import type { JournalReader } from '../../journal/port.ts';
import type { IncidentState } from '../incident-state.ts';
import type { IncidentContext } from './context.ts';

/** What was gathered last about an incident; null: nothing yet, or its text was erased. */
export async function readContext(
  journal: Pick<JournalReader, 'aggregate' | 'payload'>,
  incident: string,
): Promise<IncidentContext | null> {
  const digest = (await journal.aggregate<IncidentState>('incident', incident))?.state.context;
  const text = digest === undefined ? null : await journal.payload(digest);
  return text === null ? null : (JSON.parse(text) as IncidentContext);
}
