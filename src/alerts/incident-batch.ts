import type { Config } from '../core/config/config.ts';
import type { AggregateChange, Batch } from '../journal/port.ts';
import type { BatchPart, FollowIncident, IncidentChange } from './change.ts';
import { asNewEvents, type IncidentEvent } from './events.ts';
import { evolveIncident } from './evolve.ts';
import type { IncidentState } from './incident-state.ts';
import { timersOfChange } from './incident-timers.ts';

/** A decided change of one incident and what it was decided on. */
export interface Decided {
  readonly id: string;
  readonly before: IncidentState | null;
  /** Version it was decided on; 0 for a new incident. */
  readonly version: number;
  readonly events: readonly IncidentEvent[];
  readonly at: number;
  readonly actor: string;
}

/** Document that remembers the last closed incident of a group, for `previous` of the next one. */
export const LAST_OF_GROUP = 'incident-last-of-group';

/** Folds the events, adds the incident's timers and what other rooms want in the same transaction. */
export async function batchOfChange(decided: Decided, config: Config, follow: FollowIncident): Promise<Batch> {
  const { before, events, at, actor } = decided;
  const after = stateAfter(decided);
  const change: IncidentChange = { at, actor, before, after, events: asNewEvents(events) };
  const followed = await follow(change);
  const own: BatchPart = {
    aggregates: [aggregateChange(decided, after)],
    timers: timersOfChange(before, after, at, config),
  };
  const isClosing = after.status === 'closed' && before?.status !== 'closed';
  const documents = isClosing ? [{ collection: LAST_OF_GROUP, key: after.group, value: { incident: after.id } }] : [];
  return mergeParts({ at, actor, documents }, [own, followed]);
}

/** Puts parts after each other into one batch. */
export function mergeParts(base: Batch, parts: ReadonlyArray<Partial<Batch>>): Batch {
  const all = [base, ...parts];
  return {
    ...base,
    aggregates: all.flatMap((part) => part.aggregates ?? []),
    occurrences: all.flatMap((part) => part.occurrences ?? []),
    moved: all.flatMap((part) => part.moved ?? []),
    timers: all.flatMap((part) => part.timers ?? []),
    effects: all.flatMap((part) => part.effects ?? []),
    documents: all.flatMap((part) => part.documents ?? []),
    payloads: textsOf(all),
  };
}

/** Texts of all parts; what one part alone brings is not copied. */
export function textsOf(parts: ReadonlyArray<Partial<Batch>>): ReadonlyMap<string, string> {
  const [only, ...more] = parts.flatMap(({ payloads }) =>
    payloads === undefined || payloads.size === 0 ? [] : [payloads],
  );
  if (only === undefined || more.length === 0) return only ?? new Map();
  const texts = new Map(only);
  for (const part of more) for (const [digest, text] of part) texts.set(digest, text);
  return texts;
}

function stateAfter({ id, before, events, at, actor }: Decided): IncidentState {
  let state = before;
  for (const event of events) state = evolveIncident(state, { ...event, id, at, actor });
  if (state === null) throw new Error('a change of an incident without a state');
  return state;
}

function aggregateChange(decided: Decided, after: IncidentState): AggregateChange {
  return {
    kind: 'incident',
    id: decided.id,
    number: Number(decided.id.slice('GI-'.length)),
    expected: decided.version,
    key: after.status === 'closed' ? null : after.group,
    state: after,
    events: asNewEvents(decided.events),
    incident: decided.id,
  };
}
