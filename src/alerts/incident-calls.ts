/** What people say beside ack and resolve: not mine any more, I cannot, I need help, still on it, call in somebody. */
import type { Actor } from '../core/command.ts';
import {
  ago,
  alreadyAcknowledged,
  type DecideContext,
  decided,
  type IncidentDecision,
  isOver,
  refused,
} from './decision.ts';
import { incidentEvent } from './events.ts';
import type { IncidentState } from './incident-state.ts';

/** Nobody has it any more. `reason`: digest. */
export function decideUnack(state: IncidentState, reason: string | null, context: DecideContext): IncidentDecision {
  if (state.status === 'acknowledged') return decided(incidentEvent('incident.unacknowledged', { reason }));
  if (state.status !== 'firing') return refuseEnded(state, context, 'There is nothing to take back.');
  return refused('NOT_ACKNOWLEDGED', `${state.id} is not acknowledged: it is firing.`, 'Nothing to do.');
}

/** Whoever was paged cannot; or its owner hands it on, and has it until somebody else acknowledges. */
export function decidePassOn(state: IncidentState, by: Actor, context: DecideContext): IncidentDecision {
  if (state.status === 'acknowledged' && state.owner !== by) {
    const text = `${alreadyAcknowledged(state, context)} It is not yours to pass on; nobody was paged.`;
    return refused('NOT_THE_OWNER', text, `To call in somebody: add-responder ${state.id} NAME`);
  }
  if (!isOpen(state)) return refuseEnded(state, context, 'Nobody was paged.');
  return decided(incidentEvent('incident.passed-on', {}));
}

/** The next level is to come. */
export function decideNeedHelp(state: IncidentState, context: DecideContext): IncidentDecision {
  if (!isOpen(state)) return refuseEnded(state, context, 'Nobody was paged.');
  return decided(incidentEvent('incident.help-asked', {}));
}

/** Whoever has it still does. */
export function decideStillOnIt(
  state: IncidentState,
  seconds: number | null,
  context: DecideContext,
): IncidentDecision {
  if (state.status === 'acknowledged') return decided(incidentEvent('incident.kept', { seconds }));
  if (state.status !== 'firing') return refuseEnded(state, context, 'Nobody has to be asked.');
  return refused('NOT_ACKNOWLEDGED', `${state.id} is not acknowledged: nobody has it.`, `Take it: ack ${state.id}`);
}

/** Somebody is called in beside the owner. */
export function decideAddResponder(state: IncidentState, person: string, context: DecideContext): IncidentDecision {
  if (isOver(state)) return refuseEnded(state, context, 'Nobody was paged.');
  if (state.responders?.includes(person) === true) {
    const text = `${context.nameOf(person)} is a responder of ${state.id} already. Nobody was paged.`;
    return refused('ALREADY_RESPONDER', text, `To page them again: escalate ${state.id} ${person}`);
  }
  return decided(incidentEvent('incident.responder-added', { person }));
}

/** Somebody is paged by name. `message`: digest. */
export function decideEscalate(
  state: IncidentState,
  { to, message }: { readonly to: string; readonly message: string | null },
  context: DecideContext,
): IncidentDecision {
  if (isOver(state)) return refuseEnded(state, context, 'Nobody was paged.');
  return decided(incidentEvent('incident.escalated', { to, message }));
}

function isOpen({ status }: IncidentState): boolean {
  return status === 'firing' || status === 'acknowledged';
}

/** "GI-42 is resolved (4m ago). Nobody was paged." */
function refuseEnded(state: IncidentState, { now }: DecideContext, rest: string): IncidentDecision {
  const { id, status } = state;
  const at = status === 'closed' ? state.closedAt : status === 'resolved' ? state.resolvedAt : state.recoveredAt;
  const is = status === 'recovered' ? 'has recovered' : `is ${status}`;
  const remedy = status === 'recovered' ? `Resolve it when you agree: resolve ${id}` : 'See which are open: status';
  return refused(`INCIDENT_${status.toUpperCase()}`, `${id} ${is} (${ago(at, now)}). ${rest}`, remedy);
}
