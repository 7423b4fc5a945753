import type { Actor } from '../core/command.ts';
import type { Severity } from '../core/config/config.ts';
import type { NewEvent, StoredEvent } from '../journal/port.ts';
import type { Drill } from './incident-state.ts';

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
    /** Position of the route in routes.yml; null: none matched, the defaults hold; 0: the bot's own. */
    readonly route: number | null;
    readonly because?: Because;
    /** Opened by a person, without an alert. */
    readonly byHand?: true;
    readonly drill?: Drill;
    /** Its alerts were split off from this incident. */
    readonly splitFrom?: string;
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
  /** Firing again after it was resolved, before it was closed; with a `reason` (digest) a person reopened it. */
  'incident.reopened': Counts & { readonly reason?: string };
  'incident.acknowledged': Nothing;
  /** Nobody has it any more: pages go on. `reason`: digest. */
  'incident.unacknowledged': { readonly reason: string | null };
  /** Whoever was paged, or has it, cannot: the next in line is paged. */
  'incident.passed-on': Nothing;
  /** The next level is paged. */
  'incident.help-asked': Nothing;
  /** The owner is still on it, for so long as they say (null: as its severity has it). */
  'incident.kept': { readonly seconds: number | null };
  /** Somebody is called in beside the owner; a key of oncall.people. */
  'incident.responder-added': { readonly person: string };
  /** Somebody is paged by name: `person:ana`, `schedule:backup`, `contact:manager`. `message`: digest. */
  'incident.escalated': { readonly to: string; readonly message: string | null };
  /** `because`: nobody ended the drill in time. */
  'incident.resolved': { readonly because?: 'drill-over' };
  /** Told once that somebody has to resolve it. */
  'incident.reminded': Nothing;
  'incident.closed': Nothing;
  /** A person chose another severity. `reason`: digest. */
  'incident.severity-changed': {
    readonly from: Severity;
    readonly to: Severity;
    readonly digest: boolean;
    readonly reason: string;
  };
  /** A person gave it to somebody, who owns it from now on. */
  'incident.assigned': { readonly to: Actor };
  /** Pages pause. `reason`: digest; `silence`: its id in Alertmanager. */
  'incident.quieted': {
    readonly kind: 'snoozed' | 'silenced';
    readonly until: number;
    readonly silence: string | null;
    readonly reason: string | null;
    /** Absent: the event's actor. */
    readonly by?: Actor;
  };
  'incident.unquieted': { readonly because: 'over' | 'asked' | 'acknowledged' | 'resolved' | 'raised' };
  /** Beneath its cause, or beneath what a person merged it into (`by`). `reason`: digest. */
  'incident.folded': {
    readonly under: string;
    readonly by: 'dependency' | Actor;
    readonly reason: string | null;
  };
  'incident.unfolded': {
    readonly from: string;
    readonly because: 'recovered' | 'resolved' | 'more-urgent' | 'asked';
    readonly reason: string | null;
  };
  /** The same, told by the incident that others are folded beneath. */
  'incident.child-folded': { readonly child: string; readonly by: 'dependency' | Actor };
  'incident.child-unfolded': { readonly child: string };
  /** `alerts` of it went to a new incident. `reason`: digest. */
  'incident.split-off': Counts & { readonly to: string; readonly alerts: number; readonly reason: string };
  /** It has turned `changes` times within the configured window: no page while it does. */
  'incident.flapping-began': { readonly changes: number };
  /** It stayed firing, or it stayed over. */
  'incident.flapping-ended': { readonly because: 'stays' | 'quiet' };
  /** `text`: digest. */
  'incident.noted': { readonly text: string };
  'incident.diagnosis-asked': { readonly service: string };
  /** `checks`: digest of the JSON of the check results. */
  'incident.diagnosed': { readonly checks: string };
  /** `context`: digest of the JSON of an `IncidentContext`, in place of the one before. */
  'incident.context': { readonly context: string };
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
  [T in IncidentEventType]: { readonly type: T; readonly v: 1 | 2; readonly data: IncidentEventData[T] };
}[IncidentEventType];

/** Who made an event of which incident happen, and when. */
export interface EventStamp {
  readonly id: string;
  readonly at: number;
  readonly actor: string;
}

/** Of version 2: since then the state remembers when an incident turned. Their data is the same. */
const TURNS: ReadonlySet<IncidentEventType> = new Set(['incident.recovered', 'incident.refired', 'incident.reopened']);

/** Makes an event of the current shape. */
export function incidentEvent<T extends IncidentEventType>(type: T, data: IncidentEventData[T]): IncidentEvent {
  return { type, v: TURNS.has(type) ? 2 : 1, data } as IncidentEvent;
}

/** Reads a stored event as one of ours; null when it belongs to another aggregate. */
export function asIncidentEvent(event: StoredEvent): (IncidentEvent & EventStamp) | null {
  return event.kind === 'incident' ? (event as unknown as IncidentEvent & EventStamp) : null;
}

/** The same events as the journal takes them. */
export function asNewEvents(events: readonly IncidentEvent[]): NewEvent[] {
  return events.map((event) => ({ type: event.type, v: event.v, data: event.data }));
}
