import type { AggregateChange, AggregateFilter, AggregateRow, Batch, Journal, Occurrence } from '../journal/port.ts';
import { textsOf } from './incident-batch.ts';

/** What deciding a payload reads of the journal. */
export type AlertReader = Pick<
  Journal,
  'latestOccurrences' | 'occurrencesOf' | 'aggregate' | 'aggregateByKey' | 'aggregates' | 'nextNumber' | 'document'
>;

/** The journal as it will be once batches that are decided but not yet appended are in it. */
export interface Pending {
  readonly reader: AlertReader;
  /**
   * Whether what comes after `batch` in its incidents, or what `reader` was asked since the last `add`, can only be
   * decided once everything is appended: an end is pending, or another room follows one of these incidents.
   */
  mustWait(batch: Batch): boolean;
  /** Adds a batch that was decided on `reader`. */
  add(batch: Batch): void;
  /** Everything added, as one batch; null: nothing was. */
  merged(): Batch | null;
}

/** Lays decided batches over the journal, so that the next row can be decided before they are appended. */
export function createPending(journal: AlertReader): Pending {
  const aggregates = new Map<string, AggregateChange>();
  const occurrences = new Map<string, Occurrence>();
  const documents = new Map<string, NonNullable<Batch['documents']>[number]>();
  const latest = new Map<string, Occurrence>();
  const rest: Batch[] = [];
  const followed = new Set<string>();
  let askedForEnded = false;

  function add(batch: Batch): void {
    for (const change of batch.aggregates ?? []) {
      const key = nameOf(change.kind, change.id);
      aggregates.set(key, afterEachOther(aggregates.get(key), change));
      if (change.kind !== 'incident' && change.incident !== undefined) followed.add(change.incident);
    }
    for (const one of batch.occurrences ?? []) {
      occurrences.set(nameOf(one.incident, one.fingerprint), one);
      const shown = latest.get(one.fingerprint);
      if (shown?.status !== 'firing' || shown.incident === one.incident) latest.set(one.fingerprint, one);
    }
    for (const document of batch.documents ?? []) documents.set(nameOf(document.collection, document.key), document);
    rest.push(batch);
    askedForEnded = false;
  }
  function mustWait(batch: Batch): boolean {
    if (askedForEnded) return true;
    return (batch.aggregates ?? []).some(({ kind, id }) => kind === 'incident' && followed.has(id));
  }
  function pendingRow<S>(change: AggregateChange, updatedAt: number): AggregateRow<S> {
    const { kind, id, key, expected, events } = change;
    return { kind, id, key, version: expected + events.length, state: change.state as S, updatedAt };
  }
  function merged(): Batch | null {
    const [first] = rest;
    if (first === undefined) return null;
    return {
      at: first.at,
      actor: first.actor,
      aggregates: [...aggregates.values()],
      occurrences: [...occurrences.values()],
      documents: [...documents.values()],
      timers: rest.flatMap((batch) => batch.timers ?? []),
      effects: rest.flatMap((batch) => batch.effects ?? []),
      payloads: textsOf(rest),
    };
  }
  const reader: AlertReader = {
    latestOccurrences: async (fingerprints) => {
      const unknown = fingerprints.filter((fingerprint) => !latest.has(fingerprint));
      const known = await journal.latestOccurrences(unknown);
      for (const fingerprint of fingerprints) {
        const pending = latest.get(fingerprint);
        if (pending?.status === 'resolved') askedForEnded = true;
        if (pending !== undefined) known.set(fingerprint, pending);
      }
      return known;
    },
    occurrencesOf: async (incident) => {
      const rows = new Map((await journal.occurrencesOf(incident)).map((row) => [row.fingerprint, row]));
      for (const one of occurrences.values()) if (one.incident === incident) rows.set(one.fingerprint, one);
      return [...rows.values()];
    },
    aggregate: async <S>(kind: string, id: string) => {
      const change = aggregates.get(nameOf(kind, id));
      return change === undefined ? journal.aggregate<S>(kind, id) : pendingRow<S>(change, rest[0]?.at ?? 0);
    },
    aggregateByKey: async <S>(kind: string, key: string) => {
      for (const change of aggregates.values()) {
        if (change.kind === kind && change.key === key) return pendingRow<S>(change, rest[0]?.at ?? 0);
      }
      const row = await journal.aggregateByKey<S>(kind, key);
      return row !== null && aggregates.has(nameOf(kind, row.id)) ? null : row;
    },
    aggregates: async <S>(kind: string, filter: AggregateFilter = {}) => {
      const stored = await journal.aggregates<S>(kind, filter);
      const untouched = stored.filter(({ id }) => !aggregates.has(nameOf(kind, id)));
      const changed = [...aggregates.values()].filter((change) => change.kind === kind && isWanted(change, filter));
      return [...untouched, ...changed.map((change) => pendingRow<S>(change, rest[0]?.at ?? 0))];
    },
    nextNumber: async (kind) => {
      let next = await journal.nextNumber(kind);
      for (const change of aggregates.values()) {
        if (change.kind === kind) next = Math.max(next, (change.number ?? 0) + 1);
      }
      return next;
    },
    document: async (collection, key) => {
      const pending = documents.get(nameOf(collection, key));
      return pending === undefined ? journal.document(collection, key) : pending.value;
    },
  };
  return { reader, mustWait, add, merged };
}

function isWanted({ key, state }: AggregateChange, { open, service }: AggregateFilter): boolean {
  if (open === true && key === null) return false;
  return service === undefined || (state as { service?: unknown }).service === service;
}

/** Two changes of one aggregate, the second decided on what the first makes of it. */
function afterEachOther(first: AggregateChange | undefined, second: AggregateChange): AggregateChange {
  if (first === undefined) return second;
  return { ...second, expected: first.expected, events: [...first.events, ...second.events] };
}

function nameOf(kind: string, id: string): string {
  return `${kind}|${id}`;
}
