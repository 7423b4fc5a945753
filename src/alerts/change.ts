import type { Batch, NewEvent, StoredEvent } from '../journal/port.ts';
import type { IncidentState } from './incident-state.ts';

/** A decided change of one incident, before it is appended. */
export interface IncidentChange {
  readonly at: number;
  readonly actor: string;
  /** null: it is being opened. */
  readonly before: IncidentState | null;
  readonly after: IncidentState;
  readonly events: readonly NewEvent[];
}

/** What other rooms add to the same transaction when an incident changes (escalation: timers and pages). */
export type FollowIncident = (change: IncidentChange) => Promise<BatchPart>;

/** A part of a batch: merged with what the asker appends. */
export type BatchPart = Pick<Batch, 'aggregates' | 'timers' | 'effects' | 'payloads'>;

/** What several want in one transaction, together. */
export function joinBatchParts(parts: readonly BatchPart[]): BatchPart {
  return {
    aggregates: parts.flatMap(({ aggregates }) => aggregates ?? []),
    timers: parts.flatMap(({ timers }) => timers ?? []),
    effects: parts.flatMap(({ effects }) => effects ?? []),
    payloads: new Map(parts.flatMap(({ payloads }) => [...(payloads ?? [])])),
  };
}

/** One line of an incident's timeline. `text` is plain text; foreign parts are not escaped yet. */
export interface TimelineEntry {
  readonly at: number;
  /** The event's type. */
  readonly kind: string;
  readonly by: string;
  readonly text: string;
}

/** Plain name of an actor or of a key of oncall.people, for sentences. */
export type NameKey = (key: string) => string;

/** A room's words for its own events, people by `nameOf` (without it by their keys); null for an event that is not worth a line. */
export type DescribeEvent = (event: StoredEvent, texts: ReadonlyMap<string, string>, nameOf?: NameKey) => string | null;
