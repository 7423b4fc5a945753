import type {
  AggregateChange,
  AggregateRow,
  Batch,
  EffectChange,
  JournalReader,
  TimerChange,
} from '../../journal/port.ts';
import { askReversal } from './effect.ts';
import { asNewLeaseEvents, type LeaseEvent, type LeaseStamp } from './lease-events.ts';
import { evolveLease } from './lease-evolve.ts';
import { LEASE, type LeaseState, leaseKey } from './lease-state.ts';
import { leaseNotices } from './notices.ts';
import { leaseTimers } from './times.ts';

/** What a change of leases adds to a batch. */
export interface LeasePart {
  readonly aggregates: readonly AggregateChange[];
  readonly timers: readonly TimerChange[];
  readonly effects: readonly EffectChange[];
  readonly payloads: ReadonlyMap<string, string>;
}

/** A lease as it is stored; version 0 and no state: it is taken now. */
export type LeaseRow = Pick<AggregateRow<LeaseState>, 'version'> & { readonly state: LeaseState | null };

/**
 * The part of a batch that appends these events to a lease, with its timers, the question to the engine when one is due,
 * and what people are told. `texts`: new payloads that the events name.
 */
export async function changeLease(
  journal: Pick<JournalReader, 'payloads'>,
  row: LeaseRow,
  events: readonly LeaseEvent[],
  stamp: LeaseStamp & { readonly texts?: ReadonlyMap<string, string> },
): Promise<LeasePart> {
  const { texts = new Map<string, string>(), ...seen } = stamp;
  let after = row.state;
  for (const event of events) after = evolveLease(after, { ...event, ...seen });
  if (after === null) throw new Error(`${stamp.id} would be changed without an event`);
  const version = row.version + events.length;
  const stored = await journal.payloads([after.what, after.summary].filter((digest) => digest !== null));
  const known = new Map([...stored, ...texts]);
  const lease = after;
  const said = events.flatMap((event) => leaseNotices(lease, event, version, known));
  return {
    aggregates: [changeOf(row, after, events)],
    timers: leaseTimers(row.state, after, stamp.at),
    effects: [
      ...(isAsked(after, events) ? [askReversal(after, String(version))] : []),
      ...said.flatMap(({ effects }) => effects),
    ],
    payloads: new Map([...texts, ...said.flatMap(({ payloads }) => [...payloads])]),
  };
}

function changeOf(row: LeaseRow, after: LeaseState, events: readonly LeaseEvent[]): AggregateChange {
  return {
    kind: LEASE,
    id: after.id,
    number: numberOf(after.id),
    expected: row.version,
    key: after.status === 'ended' ? null : leaseKey(after),
    state: after,
    events: asNewLeaseEvents(events),
    ...(after.incident === null ? {} : { incident: after.incident }),
  };
}

/** Whether the last of these events leaves a question for the engine. */
function isAsked({ phase }: LeaseState, events: readonly LeaseEvent[]): boolean {
  const last = events.at(-1)?.type;
  return phase === 'asking' && (last === 'lease.ending' || last === 'lease.asked-again');
}

/** Several parts as one. */
export function joinParts(parts: readonly LeasePart[]): LeasePart {
  return {
    aggregates: parts.flatMap(({ aggregates }) => aggregates),
    timers: parts.flatMap(({ timers }) => timers),
    effects: parts.flatMap(({ effects }) => effects),
    payloads: new Map(parts.flatMap(({ payloads }) => [...payloads])),
  };
}

/** The part as a whole batch. */
export function leaseBatch(part: LeasePart, by: { readonly at: number; readonly actor: string }): Batch {
  return { ...by, ...part };
}

/** The number in `LEASE-<n>`. */
export function numberOf(id: string): number {
  return Number(id.slice('LEASE-'.length));
}
