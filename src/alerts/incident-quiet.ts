import {
  alreadyAcknowledged,
  type DecideContext,
  decided,
  type IncidentDecision,
  isOver,
  NOTHING,
  refused,
  refuseOver,
} from './decision.ts';
import { incidentEvent } from './events.ts';
import type { IncidentState, Quiet } from './incident-state.ts';

/** A person wants no pages until then; again: another end. `reason`: digest. */
export function decideSnooze(
  state: IncidentState,
  until: number,
  reason: string,
  context: DecideContext,
): IncidentDecision {
  if (isOver(state)) return refuseOver(state, context);
  if (state.status === 'acknowledged') {
    const text = `${alreadyAcknowledged(state, context)} Its pages have stopped; there is nothing to snooze.`;
    return refused('ALREADY_ACKNOWLEDGED', text, 'Nothing to do.');
  }
  if (state.quiet?.kind === 'silenced') {
    const text = `${state.id} is silenced already, so that its pages pause.`;
    return refused('ALREADY_SILENCED', text, 'Nothing to do; lift the silence to be paged.');
  }
  return decided(incidentEvent('incident.quieted', { kind: 'snoozed', until, silence: null, reason }));
}

/** A person wants pages again. */
export function decideUnsnooze(state: IncidentState): IncidentDecision {
  if (state.quiet?.kind === 'snoozed') return decided(incidentEvent('incident.unquieted', { because: 'asked' }));
  const isSilenced = state.quiet?.kind === 'silenced';
  const text = isSilenced ? `${state.id} is silenced, not snoozed.` : `${state.id} is not snoozed.`;
  return refused('NOT_SNOOZED', text, isSilenced ? 'Lift the silence to be paged.' : 'Nothing to do.');
}

/** A silence covers it. Never a P0: nobody may mute that. */
export function decideQuiet(state: IncidentState, quiet: Quiet, reason: string | null): IncidentDecision {
  if (state.status === 'closed') return NOTHING;
  if (quiet.kind === 'silenced' && state.severity === 'P0') {
    return refused('P0_NEVER_QUIET', `${state.id} is a P0: it is never silenced.`, 'Acknowledge it instead.');
  }
  const { kind, until, by, silence = null } = quiet;
  return decided(incidentEvent('incident.quieted', { kind, until, by, silence, reason }));
}

/** The silence is lifted or over. */
export function decideUnquiet(state: IncidentState): IncidentDecision {
  return state.quiet == null ? NOTHING : decided(incidentEvent('incident.unquieted', { because: 'asked' }));
}

/** The time is over. */
export function decideWake(state: IncidentState, now: number): IncidentDecision {
  const isDue = state.quiet != null && state.quiet.until <= now;
  return isDue ? decided(incidentEvent('incident.unquieted', { because: 'over' })) : NOTHING;
}
