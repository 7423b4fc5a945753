import type { Json } from '../core/json.ts';
import type { JournalReader, StoredEvent } from './port.ts';

const PAGE = 500;
const DIGEST = /^[0-9a-f]{32}$/;

/**
 * The journal as JSON lines, oldest first: the chained fields as they are hashed (`at` in epoch milliseconds), `hash`,
 * `time` (ISO 8601) and `texts`, the payloads that the event names and that were not erased.
 */
export async function* exportJournal(journal: JournalReader, after = 0): AsyncGenerator<string> {
  for (let last = after; ; ) {
    const events = await journal.eventsAfter(last, PAGE);
    for (const event of events) {
      const texts = await journal.payloads([...digestsIn(event.data)]);
      yield `${JSON.stringify({ ...event, time: new Date(event.at).toISOString(), texts: Object.fromEntries(texts) })}\n`;
    }
    const end = events.at(-1);
    if (end === undefined) return;
    last = end.seq;
  }
}

/** Digests of payloads anywhere inside an event's data. */
function digestsIn(data: StoredEvent['data']): Set<string> {
  const digests = new Set<string>();
  const look = (value: Json | undefined): void => {
    if (typeof value === 'string' && DIGEST.test(value)) digests.add(value);
    if (value === null || typeof value !== 'object') return;
    for (const inner of Object.values(value)) look(inner as Json | undefined);
  };
  look(data);
  return digests;
}
