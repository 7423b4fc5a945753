import type { Severity } from '../core/config/config.ts';
import { type DecideContext, decided, type IncidentDecision, isOver, refused, refuseOver } from './decision.ts';
import { type IncidentEvent, incidentEvent } from './events.ts';
import type { IncidentState } from './incident-state.ts';
import { isHigher } from './severity.ts';

/** A severity that a person chooses. */
export interface ChosenSeverity {
  readonly to: Severity;
  /** Whether the severity has no threads of its own. */
  readonly digest: boolean;
  /** Digest. */
  readonly reason: string;
}

/** A person chooses the severity, up or down; an incident that has a thread keeps it. */
export function decideSeverity(
  state: IncidentState,
  { to, digest, reason }: ChosenSeverity,
  context: DecideContext,
): IncidentDecision {
  if (isOver(state)) return refuseOver(state, context);
  if (state.severity === to) {
    return refused('SEVERITY_SAME', `${state.id} is ${to} already. Nothing was changed.`, 'Nothing to do.');
  }
  const data = { from: state.severity, to, digest: state.digest && digest, reason };
  return decided(incidentEvent('incident.severity-changed', data), ...endQuietOnRaise(state, to));
}

/** What is more urgent than it was when it was muted is paged for. */
export function endQuietOnRaise(state: IncidentState, to: Severity): IncidentEvent[] {
  if (state.quiet == null || !isHigher(to, state.severity)) return [];
  return [incidentEvent('incident.unquieted', { because: 'raised' })];
}
