/**
 * The incident as a pure state machine: a command and what is so come in, events or a refusal go out (CONFIG.md,
 * States: firing → acknowledged → recovered → resolved → closed).
 */
import { formatDuration } from '../core/duration.ts';
import { type Delivery, decideDelivery, type Opening } from './delivery.ts';
import { type IncidentEvent, incidentEvent } from './events.ts';
import type { IncidentState, IncidentStatus } from './incident-state.ts';

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
  | { readonly verb: 'record-diagnosis'; readonly checks: string }
  | { readonly verb: 'record-context'; readonly context: string };

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
  if (command.verb === 'deliver')
    return { kind: 'events', events: decideDelivery(state, command.delivery, command.opening) };
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
    case 'record-context':
      return state.status === 'closed'
        ? NOTHING
        : decided(incidentEvent('incident.context', { context: command.context }));
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
