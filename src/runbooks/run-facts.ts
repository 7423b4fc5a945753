import type { JournalReader } from '../journal/port.ts';
import { RUN_KIND } from './run-change.ts';
import type { RunRecord } from './run-record.ts';

const MOST = 50;

/** Runs without their texts: those of late, and those of one incident. */
export function createRunFacts(journal: Pick<JournalReader, 'aggregate' | 'aggregates' | 'eventsAbout'>): {
  /** Asked for at `since` or later, newest first. */
  since(since: number): Promise<RunRecord[]>;
  /** Those of one incident, oldest first. */
  of(incident: string): Promise<RunRecord[]>;
} {
  return {
    since: async (since) => {
      const rows = await journal.aggregates<RunRecord>(RUN_KIND, { since, limit: MOST });
      return rows.map(({ state }) => state).filter(({ requestedAt }) => requestedAt >= since);
    },
    of: async (incident) => {
      const events = await journal.eventsAbout(incident);
      const ids = [...new Set(events.filter(({ kind }) => kind === RUN_KIND).map(({ id }) => id))].slice(-MOST);
      const rows = await Promise.all(ids.map((id) => journal.aggregate<RunRecord>(RUN_KIND, id)));
      return rows.flatMap((row) => (row === null ? [] : [row.state]));
    },
  };
}
