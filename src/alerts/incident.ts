/**
 * The incident as a pure state machine: a command and what is so come in, events or a refusal go out (CONFIG.md,
 * States: firing → acknowledged → recovered → resolved → closed).
 */
import type { Severity } from '../core/config/config.ts';
import { formatDuration } from '../core/duration.ts';
import { type IncidentEvent, type IncidentEventData, incidentEvent } from './events.ts';
import type { IncidentState, IncidentStatus } from './incident-state.ts';
import { isHigher } from './severity.ts';

/** What one payload brings to one incident. */
export interface Delivery {
  /** Change of the number of occurrences that are open, and that have ended. */
  readonly firing: number;
  readonly ended: number;
  /** Whether an occurrence began that was not known before. */
  readonly started: boolean;
  /** The most urgent of the delivered firing alerts; null: none fires. */
  readonly most: Urgency | null;
  /** Alerts of the group that we were not shown. */
  readonly truncated: number;
  /** Alerts of the payload that could not be read. */
  readonly rejected: number;
  /** Some alert of the group fires, shown or not. */
  readonly groupFires: boolean;
}

/** What the route of an alert asks for. */
export interface Urgency {
  readonly severity: Severity;
  readonly runbooks: readonly string[];
  readonly policyContact: string | null;
  readonly digest: boolean;
}

/** How a new incident begins; its counts come from the delivery. */
export type Opening = Omit<IncidentEventData['incident.opened'], 'firing' | 'ended'>;

export type IncidentCommand =
  | { readonly verb: 'deliver'; readonly delivery: Delivery; readonly opening: Opening | null }
  | { readonly verb: 'ack' }
  /** `seenStatus`: its status at the version that the person saw; null: not known. */
  | { readonly verb: 'resolve'; readonly seenStatus: IncidentStatus | null }
  | { readonly verb: 'resolve-auto' }
  | { readonly verb: 'remind' }
  | { readonly verb: 'close' }
  | { readonly verb: 'note'; readonly text: string }
  | { readonly verb: 'diagnose'; readonly service: string }
  | { readonly verb: 'record-diagnosis'; readonly checks: string };

export interface DecideContext {
  readonly now: number;
  /** A person's name for texts: `slack:U03DEV` → `ben`. */
  readonly nameOf: (actor: string) => string;
}

export type IncidentDecision =
  /** No events: nothing changes. */
  | { readonly kind: 'events'; readonly events: readonly IncidentEvent[] }
  | { readonly kind: 'refused'; readonly code: string; readonly text: string; readonly remedy: string };

/** Decides a command on the state as it is now; null: there is no such incident yet. */
export function decideIncident(
  state: IncidentState | null,
  command: IncidentCommand,
  context: DecideContext,
): IncidentDecision {
  if (command.verb === 'deliver') return decideDelivery(state, command.delivery, command.opening);
  if (state === null) return refused('INCIDENT_UNKNOWN', 'There is no such incident.', 'See: incidents');
  switch (command.verb) {
    case 'ack':
      return decideAck(state, context);
    case 'resolve':
      return decideResolve(state, command.seenStatus, context);
    case 'resolve-auto':
      return state.status === 'recovered' ? decided(incidentEvent('incident.resolved', {})) : NOTHING;
    case 'remind':
      return state.status === 'recovered' ? decided(incidentEvent('incident.reminded', {})) : NOTHING;
    case 'close':
      return state.status === 'resolved' ? decided(incidentEvent('incident.closed', {})) : NOTHING;
    case 'note':
      return decided(incidentEvent('incident.noted', { text: command.text }));
    case 'diagnose':
      return decided(incidentEvent('incident.diagnosis-asked', { service: command.service }));
    case 'record-diagnosis':
      return decided(incidentEvent('incident.diagnosed', { checks: command.checks }));
    default:
      return command satisfies never;
  }
}

const NOTHING: IncidentDecision = { kind: 'events', events: [] };

function decided(...events: IncidentEvent[]): IncidentDecision {
  return { kind: 'events', events };
}

function refused(code: string, text: string, remedy: string): IncidentDecision {
  return { kind: 'refused', code, text, remedy };
}

function decideDelivery(state: IncidentState | null, delivery: Delivery, opening: Opening | null): IncidentDecision {
  if (state === null) return opening === null ? NOTHING : decided(...openingEvents(opening, delivery));
  const missing = state.status === 'closed' ? [] : missingEvents(state, delivery);
  return { kind: 'events', events: [...countEvents(state, delivery), ...raiseEvents(state, delivery), ...missing] };
}

function openingEvents(opening: Opening, delivery: Delivery): IncidentEvent[] {
  const counts = { firing: delivery.firing, ended: delivery.ended };
  const events = [incidentEvent('incident.opened', { ...opening, ...counts })];
  if (delivery.firing === 0) events.push(incidentEvent('incident.recovered', counts));
  return [...events, ...missingEvents({ truncated: 0, rejected: 0 }, delivery)];
}

function countEvents(state: IncidentState, delivery: Delivery): IncidentEvent[] {
  const counts = { firing: state.firing + delivery.firing, ended: state.ended + delivery.ended };
  const isOver = counts.firing === 0 && !(delivery.truncated > 0 && delivery.groupFires);
  const recovery = isOver ? [incidentEvent('incident.recovered', counts)] : [];
  switch (state.status) {
    case 'firing':
    case 'acknowledged':
      return isOver ? recovery : changedCounts(state, counts);
    case 'recovered':
      if (delivery.started) return [incidentEvent('incident.refired', counts), ...recovery];
      return changedCounts(state, counts);
    case 'resolved':
      if (delivery.started) return [incidentEvent('incident.reopened', counts), ...recovery];
      return changedCounts(state, counts);
    case 'closed':
      return changedCounts(state, counts);
    default:
      return state.status satisfies never;
  }
}

function changedCounts(state: IncidentState, counts: { firing: number; ended: number }): IncidentEvent[] {
  if (counts.firing === state.firing && counts.ended === state.ended) return [];
  return [incidentEvent('incident.alerts-changed', counts)];
}

/** A raise is an event; a severity never falls by itself (CONFIG.md, routes.yml). */
function raiseEvents(state: IncidentState, delivery: Delivery): IncidentEvent[] {
  const { most } = delivery;
  const isLive = state.status !== 'closed' && (state.status !== 'resolved' || delivery.started);
  if (most === null || !isLive || !isHigher(most.severity, state.severity)) return [];
  const runbooks = [...new Set([...most.runbooks, ...state.runbooks])];
  const policyContact = most.policyContact ?? state.policyContact;
  const { severity: to, digest } = most;
  return [incidentEvent('incident.severity-raised', { from: state.severity, to, runbooks, policyContact, digest })];
}

/** Told once, and again only when the number changes. */
function missingEvents(told: Pick<IncidentState, 'truncated' | 'rejected'>, delivery: Delivery): IncidentEvent[] {
  const events: IncidentEvent[] = [];
  if (delivery.truncated !== (told.truncated ?? 0)) {
    events.push(incidentEvent('incident.truncated', { count: delivery.truncated }));
  }
  if (delivery.rejected > 0 && delivery.rejected !== told.rejected) {
    events.push(incidentEvent('incident.alerts-rejected', { count: delivery.rejected }));
  }
  return events;
}

function decideAck(state: IncidentState, context: DecideContext): IncidentDecision {
  switch (state.status) {
    case 'firing':
      return decided(incidentEvent('incident.acknowledged', {}));
    case 'acknowledged':
      return refused('ALREADY_ACKNOWLEDGED', alreadyAcknowledged(state, context), 'Nothing to do.');
    case 'recovered': {
      const before = state.owner === null ? '' : ` ${alreadyAcknowledged(state, context)}`;
      const text = `${state.id} has recovered ${ago(state.recoveredAt, context.now)}.${before}`;
      return refused('ALREADY_RECOVERED', text, `Resolve it when you agree: resolve ${state.id}`);
    }
    case 'resolved':
    case 'closed':
      return isOverAlready(state, context);
    default:
      return state.status satisfies never;
  }
}

function decideResolve(
  state: IncidentState,
  seenStatus: IncidentStatus | null,
  context: DecideContext,
): IncidentDecision {
  if (state.status === 'resolved' || state.status === 'closed') return isOverAlready(state, context);
  if (seenStatus === 'recovered' && state.status !== 'recovered') {
    const text = `${state.id} had recovered when you looked, but it fires again now. It was not resolved.`;
    return refused('FIRES_AGAIN', text, 'Look again; press Resolve once more if you still want to.');
  }
  return decided(incidentEvent('incident.resolved', {}));
}

function isOverAlready(state: IncidentState, context: DecideContext): IncidentDecision {
  if (state.status === 'closed') {
    const text = `${state.id} closed ${ago(state.closedAt, context.now)}.`;
    return refused('INCIDENT_CLOSED', text, 'If it fires again, a new incident opens by itself.');
  }
  const by = state.resolvedBy === 'auto' ? 'by itself' : `by ${context.nameOf(state.resolvedBy ?? 'auto')}`;
  const text = `Already resolved ${by} ${ago(state.resolvedAt, context.now)}.`;
  return refused('ALREADY_RESOLVED', text, 'Nothing to do.');
}

function alreadyAcknowledged(state: IncidentState, context: DecideContext): string {
  const owner = context.nameOf(state.owner ?? 'auto');
  return `Already acknowledged by ${owner} ${ago(state.acknowledgedAt, context.now)}.`;
}

function ago(at: number | null, now: number): string {
  return `${formatDuration((now - (at ?? now)) / 1000)} ago`;
}
