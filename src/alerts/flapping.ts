import type { FlappingConfig } from '../core/config/config.ts';
import { decided, type IncidentDecision, isFiring, NOTHING } from './decision.ts';
import { type IncidentEvent, incidentEvent } from './events.ts';
import type { IncidentState } from './incident-state.ts';

/**
 * Whether the events of a delivery make the incident flap: with them it has turned often enough within the window.
 * It begins at a turn back to firing alone, because a page is what it stands in for.
 */
export function beginsToFlap(
  state: IncidentState,
  events: readonly IncidentEvent[],
  now: number,
  { changes, withinSeconds }: FlappingConfig,
): IncidentEvent[] {
  const turns = events.filter(isTurn);
  const last = turns.at(-1);
  if (state.flapping != null || last === undefined || last.type === 'incident.recovered') return [];
  const recent = (state.turns ?? []).filter((at) => at > now - withinSeconds * 1000).length + turns.length;
  return recent < changes ? [] : [incidentEvent('incident.flapping-began', { changes: recent })];
}

/** When a flapping incident is looked at again: it stays firing, or it stays over; null: it does not flap. */
export function flappingDueAt(state: IncidentState, { staysSeconds, withinSeconds }: FlappingConfig): number | null {
  if (state.flapping == null) return null;
  return lastTurn(state) + (isFiring(state) ? staysSeconds : withinSeconds) * 1000;
}

/** The timer rang: it has stayed as it is for long enough, or it has turned since. */
export function decideFlapping(state: IncidentState, now: number, rule: FlappingConfig): IncidentDecision {
  const dueAt = flappingDueAt(state, rule);
  if (dueAt === null || dueAt > now) return NOTHING;
  return decided(incidentEvent('incident.flapping-ended', { because: isFiring(state) ? 'stays' : 'quiet' }));
}

function lastTurn(state: IncidentState): number {
  return state.flapping?.changes.at(-1) ?? state.flapping?.since ?? state.openedAt;
}

function isTurn({ type }: IncidentEvent): boolean {
  return type === 'incident.recovered' || type === 'incident.refired' || type === 'incident.reopened';
}
