/**
 * The incident as a pure state machine: a command and what is so come in, events or a refusal go out (CONFIG.md,
 * States: firing → acknowledged → recovered → resolved → closed).
 */
import type { Actor } from '../core/command.ts';
import { type DecideContext, decided, type IncidentDecision, NOTHING, refused } from './decision.ts';
import { type Delivery, decideDelivery, type Opening } from './delivery.ts';
import { incidentEvent } from './events.ts';
import { decideFlapping } from './flapping.ts';
import {
  decideAck,
  decideAssign,
  decideEndDrill,
  decideReopen,
  decideResolve,
  decideResolveAuto,
} from './incident-ack.ts';
import {
  decideAddResponder,
  decideEscalate,
  decideNeedHelp,
  decidePassOn,
  decideStillOnIt,
  decideUnack,
} from './incident-calls.ts';
import { decideQuiet, decideSnooze, decideUnquiet, decideUnsnooze, decideWake } from './incident-quiet.ts';
import { type ChosenSeverity, decideSeverity } from './incident-severity.ts';
import type { IncidentState, IncidentStatus, Quiet } from './incident-state.ts';

export type IncidentCommand =
  | { readonly verb: 'deliver'; readonly delivery: Delivery; readonly opening: Opening | null }
  /** `by`: who takes it. */
  | { readonly verb: 'ack'; readonly by: Actor }
  /** `seenStatus`: its status at the version that the person saw; null: not known. */
  | { readonly verb: 'resolve'; readonly seenStatus: IncidentStatus | null }
  | { readonly verb: 'resolve-auto' }
  | { readonly verb: 'remind' }
  | { readonly verb: 'close' }
  | ({ readonly verb: 'severity' } & ChosenSeverity)
  | { readonly verb: 'assign'; readonly to: Actor }
  /** `reason`: digest, as in the following. */
  | { readonly verb: 'snooze'; readonly until: number; readonly reason: string }
  | { readonly verb: 'unsnooze' }
  /** A silence covers it; it no longer does. */
  | { readonly verb: 'quiet'; readonly quiet: Quiet; readonly reason: string | null }
  | { readonly verb: 'unquiet' }
  | { readonly verb: 'reopen'; readonly reason: string }
  /** Timers: the quiet time is over; it may have flapped for long enough. */
  | { readonly verb: 'wake' }
  | { readonly verb: 'end-flapping' }
  | { readonly verb: 'end-drill' }
  | { readonly verb: 'note'; readonly text: string }
  | { readonly verb: 'unack'; readonly reason: string | null }
  | { readonly verb: 'pass-on'; readonly by: Actor }
  | { readonly verb: 'need-help' }
  /** null: as its severity has it. */
  | { readonly verb: 'still-on-it'; readonly seconds: number | null }
  /** Key of oncall.people. */
  | { readonly verb: 'add-responder'; readonly person: string }
  /** As a policy writes it: `person:ana`. `message`: digest. */
  | { readonly verb: 'escalate'; readonly to: string; readonly message: string | null }
  | { readonly verb: 'diagnose'; readonly service: string }
  | { readonly verb: 'record-diagnosis'; readonly checks: string }
  | { readonly verb: 'record-context'; readonly context: string };

/** Decides a command on the state as it is now; null: there is no such incident yet. */
export function decideIncident(
  state: IncidentState | null,
  command: IncidentCommand,
  context: DecideContext,
): IncidentDecision {
  if (command.verb === 'deliver')
    return { kind: 'events', events: decideDelivery(state, command.delivery, command.opening, context) };
  if (state === null) return refused('INCIDENT_UNKNOWN', 'There is no such incident.', 'See: incidents');
  switch (command.verb) {
    case 'ack':
      return decideAck(state, command.by, context);
    case 'resolve':
      return decideResolve(state, command.seenStatus, context);
    case 'resolve-auto':
      return decideResolveAuto(state);
    case 'remind':
      return state.status === 'recovered' && state.foldedUnder == null
        ? decided(incidentEvent('incident.reminded', {}))
        : NOTHING;
    case 'close':
      return state.status === 'resolved' ? decided(incidentEvent('incident.closed', {})) : NOTHING;
    case 'severity':
      return decideSeverity(state, command, context);
    case 'assign':
      return decideAssign(state, command.to, context);
    case 'snooze':
      return decideSnooze(state, command.until, command.reason, context);
    case 'unsnooze':
      return decideUnsnooze(state);
    case 'quiet':
      return decideQuiet(state, command.quiet, command.reason);
    case 'unquiet':
      return decideUnquiet(state);
    case 'reopen':
      return decideReopen(state, command.reason);
    case 'wake':
      return decideWake(state, context.now);
    case 'end-flapping':
      return decideFlapping(state, context.now, context.flapping);
    case 'end-drill':
      return decideEndDrill(state);
    case 'note':
      return decided(incidentEvent('incident.noted', { text: command.text }));
    case 'unack':
      return decideUnack(state, command.reason, context);
    case 'pass-on':
      return decidePassOn(state, command.by, context);
    case 'need-help':
      return decideNeedHelp(state, context);
    case 'still-on-it':
      return decideStillOnIt(state, command.seconds, context);
    case 'add-responder':
      return decideAddResponder(state, command.person, context);
    case 'escalate':
      return decideEscalate(state, command, context);
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
