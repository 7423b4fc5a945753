import { ALERTMANAGER, FOUND, GONE } from '../../alerts/sources.ts';
import { EVENT } from '../../alerts/webhooks/event.ts';
import { GRAFANA } from '../../alerts/webhooks/grafana.ts';
import type { InboxRow, JournalReader } from '../../journal/port.ts';
import { COMMAND_SOURCE } from '../../journal/submit.ts';

/** What is replayed: alerts of every source, what Alertmanager said when it was asked, and what people did about them. */
const SOURCES = [ALERTMANAGER, FOUND, GONE, GRAFANA, EVENT, COMMAND_SOURCE];
const AT_ONCE = 32;

/** Stored rows in their order, handled or not, from the first that is kept until `until` (epoch ms). */
export async function* storedRows(store: Pick<JournalReader, 'receivedRows'>, until: number): AsyncGenerator<InboxRow> {
  let after = 0;
  for (;;) {
    const rows = await store.receivedRows({ sources: SOURCES, since: 0, after, limit: AT_ONCE });
    for (const row of rows) if (row.receivedAt < until) yield row;
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}
