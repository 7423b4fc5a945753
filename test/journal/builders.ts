import type { AggregateChange, Batch, Lane, NewEvent, NewInboxRow, Occurrence } from '../../src/journal/port.ts';

/** An inbox row with a key of its own. */
export function rowOf(key: string, lane: Lane = 'machines', source = 'alertmanager'): NewInboxRow {
  return { lane, source, key, receivedAt: 1_000, body: Buffer.from(`body of ${key}`) };
}

/** One event of the test aggregate `thing`. */
export function eventOf(type: string, data: NewEvent['data'] = {}): NewEvent {
  return { type: `thing.${type}`, v: 1, data };
}

/** A change of `thing` number n, new unless `expected` is given. */
export function thing(n: number, change: Partial<AggregateChange> = {}): AggregateChange {
  return {
    kind: 'thing',
    id: `TH-${n}`,
    number: n,
    expected: 0,
    key: `key-${n}`,
    state: { n },
    events: [eventOf('opened', { n })],
    incident: `GI-${n}`,
    ...change,
  };
}

/** A batch at second 1 by nobody in particular. */
export function batchOf(parts: Partial<Batch> = {}): Batch {
  return { at: 1_000, actor: 'auto', ...parts };
}

/** An open occurrence. */
export function occurrence(change: Partial<Occurrence> = {}): Occurrence {
  return {
    incident: 'GI-1',
    fingerprint: 'f1',
    startsAt: 1_000,
    endsAt: null,
    status: 'firing',
    severity: 'P1',
    lastSeen: 1_000,
    about: '0'.repeat(32),
    ...change,
  };
}
