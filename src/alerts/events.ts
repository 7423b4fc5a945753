import type { Severity } from '../core/config/config.ts';
import type { NewEvent, StoredEvent } from '../journal/port.ts';

/**
 * The events of the incident aggregate (kind `incident`, id `GI-<n>`). They hold ids, numbers, configuration keys and
 * digests, and all that `evolveIncident` needs; who and when are the stored event's `actor` and `at`.
 */
export type IncidentEventData = {
  'incident.opened': {
    readonly severity: Severity;
    readonly channel: string;
    readonly service: string | null;
    readonly group: string;
    readonly runbooks: readonly string[];
    readonly policyContact: string | null;
    readonly digest: boolean;
    /** Digest of `IncidentAbout`. */
    readonly about: string;
    readonly firing: number;
    readonly ended: number;
    readonly previous: string | null;
    /** Position of the route in routes.yml; null: none matched, the defaults hold. */
    readonly route: number | null;
    readonly because?: Because;
  };
  /** More, fewer or other alerts, without a change of status. */
  'incident.alerts-changed': Counts;
  /** `runbooks` and `policyContact` are what holds from now on. */
  'incident.severity-raised': {
    readonly from: Severity;
    readonly to: Severity;
    readonly runbooks: readonly string[];
    readonly policyContact: string | null;
    readonly digest: boolean;
  };
  'incident.recovered': Counts;
  /** Firing again before it was resolved. */
  'incident.refired': Counts;
  /** Firing again after it was resolved, before it was closed. */
  'incident.reopened': Counts;
  'incident.acknowledged': Nothing;
  'incident.resolved': Nothing;
  /** Told once that somebody has to resolve it. */
  'incident.reminded': Nothing;
  'incident.closed': Nothing;
  /** `text`: digest. */
  'incident.noted': { readonly text: string };
  'incident.diagnosis-asked': { readonly service: string };
  /** `checks`: digest of the JSON of the check results. */
  'incident.diagnosed': { readonly checks: string };
  /** Alerts that `max_alerts` kept from us. */
  'incident.truncated': { readonly count: number };
  /** Alerts beside ours that could not be read. */
  'incident.alerts-rejected': { readonly count: number };
};

/** Alerts of the incident by their status, after the event. */
export type Counts = { readonly firing: number; readonly ended: number; readonly because?: Because };
/** Alertmanager was asked: it fires there and no delivery brought it; or it no longer has it. */
export type Because = 'asked' | 'gone';
type Nothing = Record<string, never>;

export type IncidentEventType = keyof IncidentEventData;
/** One event of an incident, before it is stored. */
export type IncidentEvent = {
  [T in IncidentEventType]: { readonly type: T; readonly v: 1; readonly data: IncidentEventData[T] };
}[IncidentEventType];

/** Who made an event of which incident happen, and when. */
export interface EventStamp {
  readonly id: string;
  readonly at: number;
  readonly actor: string;
}

/** Makes an event of the current shape. */
export function incidentEvent<T extends IncidentEventType>(type: T, data: IncidentEventData[T]): IncidentEvent {
  return { type, v: 1, data } as IncidentEvent;
}

/** Reads a stored event as one of ours; null when it belongs to another aggregate. */
export function asIncidentEvent(event: StoredEvent): (IncidentEvent & EventStamp) | null {
  return event.kind === 'incident' ? (event as unknown as IncidentEvent & EventStamp) : null;
}

/** The same events as the journal takes them. */
export function asNewEvents(events: readonly IncidentEvent[]): NewEvent[] {
  return events.map((event) => ({ type: event.type, v: event.v, data: event.data }));
}
