import type { Actor } from '../core/command.ts';
import {
  ago,
  alreadyAcknowledged,
  type DecideContext,
  decided,
  endSnooze,
  type IncidentDecision,
  isOver,
  NOTHING,
  refused,
  refuseOver,
} from './decision.ts';
import { incidentEvent } from './events.ts';
import type { IncidentState, IncidentStatus } from './incident-state.ts';

/** A second press of the same person is no news; later it says that they are still on it. */
const AGAIN_AFTER_MS = 60_000;

/** Somebody takes it; its owner says so again. What its owner passed on goes to who acknowledges it. */
export function decideAck(state: IncidentState, by: Actor, context: DecideContext): IncidentDecision {
  switch (state.status) {
    case 'firing':
      return decided(...endSnooze(state, 'acknowledged'), incidentEvent('incident.acknowledged', {}));
    case 'acknowledged':
      if (state.offered === true && state.owner !== by) return decided(incidentEvent('incident.acknowledged', {}));
      if (state.owner === by && context.now - (state.acknowledgedAt ?? context.now) >= AGAIN_AFTER_MS)
        return decided(incidentEvent('incident.kept', { seconds: null }));
      return refused('ALREADY_ACKNOWLEDGED', alreadyAcknowledged(state, context), 'Nothing to do.');
    case 'recovered': {
      const before = state.owner === null ? '' : ` ${alreadyAcknowledged(state, context)}`;
      const text = `${state.id} has recovered ${ago(state.recoveredAt, context.now)}.${before}`;
      return refused('ALREADY_RECOVERED', text, `Resolve it when you agree: resolve ${state.id}`);
    }
    case 'resolved':
    case 'closed':
      return refuseOver(state, context);
    default:
      return state.status satisfies never;
  }
}

/** Somebody is given it: who owns it changes, and pages stop as they do when it is acknowledged. */
export function decideAssign(state: IncidentState, to: Actor, context: DecideContext): IncidentDecision {
  if (isOver(state)) return refuseOver(state, context);
  if (state.owner === to) {
    return refused('ALREADY_ASSIGNED', `${state.id} is ${context.nameOf(to)}'s already.`, 'Nothing to do.');
  }
  return decided(...endSnooze(state, 'acknowledged'), incidentEvent('incident.assigned', { to }));
}

/** Somebody ends it. `seenStatus`: its status at the version that the person saw; null: not known. */
export function decideResolve(
  state: IncidentState,
  seenStatus: IncidentStatus | null,
  context: DecideContext,
): IncidentDecision {
  if (isOver(state)) return refuseOver(state, context);
  if (seenStatus === 'recovered' && state.status !== 'recovered') {
    const text = `${state.id} had recovered when you looked, but it fires again now. It was not resolved.`;
    return refused('FIRES_AGAIN', text, 'Look again; press Resolve once more if you still want to.');
  }
  return decided(...endSnooze(state, 'resolved'), incidentEvent('incident.resolved', {}));
}

/** It has been quiet for long enough to resolve by itself. */
export function decideResolveAuto(state: IncidentState): IncidentDecision {
  if (state.status !== 'recovered') return NOTHING;
  return decided(...endSnooze(state, 'resolved'), incidentEvent('incident.resolved', {}));
}

/** A drill that nobody ended in time. */
export function decideEndDrill(state: IncidentState): IncidentDecision {
  if (state.drill === undefined || isOver(state)) return NOTHING;
  return decided(...endSnooze(state, 'resolved'), incidentEvent('incident.resolved', { because: 'drill-over' }));
}

/** Opens it again before it is closed; `reason`: digest. */
export function decideReopen(state: IncidentState, reason: string): IncidentDecision {
  if (state.status === 'resolved') {
    const { firing, ended } = state;
    return decided(incidentEvent('incident.reopened', { firing, ended, reason }));
  }
  const text = `${state.id} is not resolved: it is ${state.status}. It was not reopened.`;
  return refused('NOT_RESOLVED', text, 'Nothing to do.');
}
