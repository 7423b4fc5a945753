import type { AggregateFilter, AggregateRow, JournalReader } from '../port.ts';
import type { Store } from './store.ts';

/** Runs a look at the tables; asynchronous, so that a lock can be waited for without stopping the event loop. */
export type Read = <T>(look: (store: Store) => T) => Promise<T>;

/** The reading methods of the port, but for what is counted in memory and for closing. */
export type Reading = Omit<JournalReader, 'waitingCount' | 'parkedCount' | 'close'>;

/** Reading methods over one way to reach the tables. */
export function createReading(read: Read): Reading {
  return {
    waiting: (limit, mostBytes) => read((store) => store.inbox.waiting(limit, mostBytes)),
    parked: (limit) => read((store) => store.inbox.parked(limit)),
    inboxState: (id) => read((store) => store.inbox.state(id)),
    receivedRows: (filter) => read((store) => store.inbox.received(filter)),
    oldestWaitingAt: () => read((store) => store.inbox.oldestWaitingAt()),
    aggregate: <S>(kind: string, id: string): Promise<AggregateRow<S> | null> =>
      read((store) => store.aggregates.get<S>(kind, id)),
    aggregateByKey: <S>(kind: string, key: string): Promise<AggregateRow<S> | null> =>
      read((store) => store.aggregates.byKey<S>(kind, key)),
    aggregates: <S>(kind: string, filter: AggregateFilter = {}) =>
      read((store) => store.aggregates.list<S>(kind, filter)),
    nextNumber: (kind) => read((store) => store.aggregates.nextNumber(kind)),
    eventsAfter: (after, limit) => read((store) => store.events.after(after, limit)),
    eventsAbout: (incident) => read((store) => store.events.about(incident)),
    eventsOf: (kind, id) => read((store) => store.events.of(kind, id)),
    head: () =>
      read((store) => {
        const head = store.events.head();
        return { seq: head.seq, hash: head.hash.toString('hex') };
      }),
    payload: (digest) => read((store) => store.events.payload(digest)),
    payloads: (digests) => read((store) => found(digests, (digest) => store.events.payload(digest))),
    occurrencesOf: (incident) => read((store) => store.occurrences.of(incident)),
    occurrencesSince: (since, limit, after) => read((store) => store.occurrences.since(since, limit, after)),
    latestOccurrences: (prints) => read((store) => found(prints, (print) => store.occurrences.latest(print))),
    dueTimers: (now, limit) => read((store) => store.timers.due(now, limit)),
    nextTimerAt: () => read((store) => store.timers.nextAt()),
    timersOf: (kind, id) => read((store) => store.timers.of(kind, id)),
    effect: (key) => read((store) => store.effects.get(key)),
    effects: (filter) => read((store) => store.effects.list(filter)),
    cursor: (name) => read((store) => store.documents.cursor(name)),
    document: (collection, key) => read((store) => store.documents.get(collection, key)),
    documents: (collection) => read((store) => store.documents.list(collection)),
  };
}

function found<V>(keys: readonly string[], look: (key: string) => V | null): Map<string, V> {
  const values = new Map<string, V>();
  for (const key of keys) {
    const value = look(key);
    if (value !== null) values.set(key, value);
  }
  return values;
}
