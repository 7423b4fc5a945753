import type { Config } from '../core/config/config.ts';
import type { Batch, Journal } from '../journal/port.ts';
import type { FollowIncident } from './change.ts';
import type { IncidentEvent } from './events.ts';
import { evolveIncident } from './evolve.ts';
import { batchOfChange, mergeParts } from './incident-batch.ts';
import type { IncidentState } from './incident-state.ts';

/** What deciding about several incidents reads. */
export type SetReader = Pick<Journal, 'aggregate' | 'aggregates' | 'nextNumber'>;

/** An incident of the set: as the journal has it, and as it is after what was decided here. */
export interface Member {
  readonly id: string;
  /** 0 and null: it is being opened. */
  readonly version: number;
  readonly before: IncidentState | null;
  after: IncidentState | null;
  readonly events: IncidentEvent[];
}

/** Incidents that one decision changes together: each is read once, all of them are one batch. */
export interface IncidentSet {
  readonly at: number;
  readonly actor: string;
  /** As it is after what was decided; null: there is none. */
  get(id: string): Promise<IncidentState | null>;
  /** Takes in an incident that was read elsewhere, or one that is being opened. */
  adopt(member: Pick<Member, 'id' | 'version' | 'before'>): void;
  /** Adds events to an incident of the set; resolves with the state after them. */
  apply(id: string, ...events: readonly IncidentEvent[]): IncidentState;
  /** Opens a new one with its first event; resolves with its id. */
  open(first: IncidentEvent | ((id: string) => IncidentEvent)): Promise<string>;
  /** Open incidents of a service. */
  openOf(service: string): Promise<IncidentState[]>;
  /** Those with events. */
  changed(): readonly Member[];
}

/** Starts an empty set. */
export function createIncidentSet(reader: SetReader, at: number, actor: string): IncidentSet {
  const members = new Map<string, Member>();
  let nextNumber: number | null = null;

  function adopt({ id, version, before }: Pick<Member, 'id' | 'version' | 'before'>): Member {
    const known = members.get(id);
    if (known !== undefined) return known;
    const member: Member = { id, version, before, after: before, events: [] };
    members.set(id, member);
    return member;
  }
  function apply(id: string, ...events: readonly IncidentEvent[]): IncidentState {
    const member = members.get(id);
    if (member === undefined) throw new Error(`${id} is no incident of this set`);
    for (const event of events) member.after = evolveIncident(member.after, { ...event, id, at, actor });
    member.events.push(...events);
    if (member.after === null) throw new Error(`${id} is not open yet`);
    return member.after;
  }
  async function get(id: string): Promise<IncidentState | null> {
    const known = members.get(id);
    if (known !== undefined) return known.after;
    const row = await reader.aggregate<IncidentState>('incident', id);
    return row === null ? null : adopt({ id, version: row.version, before: row.state }).after;
  }
  return {
    at,
    actor,
    get,
    adopt: (member) => void adopt(member),
    apply,
    open: async (first) => {
      nextNumber ??= await reader.nextNumber('incident');
      const id = `GI-${nextNumber}`;
      nextNumber += 1;
      adopt({ id, version: 0, before: null });
      apply(id, typeof first === 'function' ? first(id) : first);
      return id;
    },
    openOf: async (service) => {
      const rows = await reader.aggregates<IncidentState>('incident', { open: true, service });
      for (const { id, version, state } of rows) adopt({ id, version, before: state });
      const states = [...members.values()].flatMap(({ after }) => (after === null ? [] : [after]));
      return states.filter((state) => state.service === service && state.status !== 'closed');
    },
    changed: () => [...members.values()].filter(({ events }) => events.length > 0),
  };
}

/** One batch of everything that changes in the set, with what other rooms want in the same transaction; null: nothing. */
export async function batchOfSet(set: IncidentSet, config: Config, follow: FollowIncident): Promise<Batch | null> {
  const { at, actor } = set;
  const changes = set.changed();
  if (changes.length === 0) return null;
  const parts = await Promise.all(changes.map((change) => batchOfChange({ ...change, at, actor }, config, follow)));
  return mergeParts({ at, actor }, parts);
}
