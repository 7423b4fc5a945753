import type { FlappingConfig } from '../core/config/config.ts';
import { formatDuration } from '../core/duration.ts';
import { type IncidentEvent, incidentEvent } from './events.ts';
import type { IncidentState } from './incident-state.ts';

export interface DecideContext {
  readonly now: number;
  /** A person's name for texts: `slack:U03DEV` → `ben`. */
  readonly nameOf: (actor: string) => string;
  readonly flapping: FlappingConfig;
}

export type IncidentDecision =
  /** No events: nothing changes. */
  | { readonly kind: 'events'; readonly events: readonly IncidentEvent[] }
  | { readonly kind: 'refused'; readonly code: string; readonly text: string; readonly remedy: string };

export const NOTHING: IncidentDecision = { kind: 'events', events: [] };

export function decided(...events: IncidentEvent[]): IncidentDecision {
  return { kind: 'events', events };
}

export function refused(code: string, text: string, remedy: string): IncidentDecision {
  return { kind: 'refused', code, text, remedy };
}

/** Whether alerts of it fire, or a person says so: somebody has to do something. */
export function isFiring({ status }: Pick<IncidentState, 'status'>): boolean {
  return status === 'firing' || status === 'acknowledged';
}

/** Resolved or closed: nothing is done to it any more, but reopening. */
export function isOver({ status }: Pick<IncidentState, 'status'>): boolean {
  return status === 'resolved' || status === 'closed';
}

/** The refusal for what is resolved or closed already. */
export function refuseOver(state: IncidentState, context: DecideContext): IncidentDecision {
  if (state.status === 'closed') {
    const text = `${state.id} closed ${ago(state.closedAt, context.now)}.`;
    return refused('INCIDENT_CLOSED', text, 'If it fires again, a new incident opens by itself.');
  }
  const by = state.resolvedBy === 'auto' ? 'by itself' : `by ${context.nameOf(state.resolvedBy ?? 'auto')}`;
  const text = `Already resolved ${by} ${ago(state.resolvedAt, context.now)}.`;
  return refused('ALREADY_RESOLVED', text, 'Nothing to do.');
}

/** "Already acknowledged by ben 4s ago." */
export function alreadyAcknowledged(state: IncidentState, context: DecideContext): string {
  const owner = context.nameOf(state.owner ?? 'auto');
  return `Already acknowledged by ${owner} ${ago(state.acknowledgedAt, context.now)}.`;
}

export function ago(at: number | null, now: number): string {
  return `${formatDuration((now - (at ?? now)) / 1000)} ago`;
}

/** Ends the snooze of an incident that somebody takes or ends; a silence outlives that. */
export function endSnooze(state: IncidentState, because: 'acknowledged' | 'resolved'): IncidentEvent[] {
  return state.quiet?.kind === 'snoozed' ? [incidentEvent('incident.unquieted', { because })] : [];
}
