import type { Actor } from '../core/command.ts';
import type { Counts, EventStamp, IncidentEvent, IncidentEventData } from './events.ts';
import type { Flapping, IncidentState, Quiet } from './incident-state.ts';

/** Folds one event into an incident's state. The state is what its events say and nothing else. */
export function evolveIncident(state: IncidentState | null, event: IncidentEvent & EventStamp): IncidentState {
  if (event.type === 'incident.opened') return openedState(event.data, event);
  if (state === null) throw new Error(`${event.type} comes before the incident was opened`);
  return evolveOpen(state, event);
}

type LaterEvent = Exclude<IncidentEvent, { type: 'incident.opened' }>;

function evolveOpen(state: IncidentState, event: LaterEvent & EventStamp): IncidentState {
  switch (event.type) {
    case 'incident.alerts-changed':
      return counted(event.data.firing > 0 ? byAlerts(state) : state, event.data);
    case 'incident.severity-raised': {
      const { to, runbooks, policyContact, digest } = event.data;
      return { ...state, severity: to, runbooks, policyContact, digest };
    }
    case 'incident.severity-changed':
      return { ...state, severity: event.data.to, digest: event.data.digest, severityChosen: true };
    case 'incident.recovered':
    case 'incident.refired':
    case 'incident.reopened':
      return evolveTurn(state, event);
    case 'incident.acknowledged':
      return ownedBy(state, event.actor as Actor, event.at);
    case 'incident.assigned':
      return ownedBy(state, event.data.to, event.at);
    case 'incident.unacknowledged':
      return { ...held(state), status: 'firing', owner: null, acknowledgedAt: null };
    case 'incident.passed-on':
      return state.status === 'acknowledged' ? { ...state, offered: true } : state;
    case 'incident.kept':
      return held(state);
    case 'incident.responder-added':
      return { ...state, responders: [...(state.responders ?? []), event.data.person] };
    case 'incident.resolved':
      return { ...state, status: 'resolved', resolvedAt: event.at, resolvedBy: event.actor as Actor };
    case 'incident.closed':
      return { ...stilled(state), status: 'closed', closedAt: event.at };
    case 'incident.quieted':
    case 'incident.unquieted':
      return { ...state, quiet: quietAfter(event) };
    case 'incident.folded':
      return { ...state, foldedUnder: event.data.under, foldedBy: event.data.by };
    case 'incident.unfolded': {
      const isApart = event.data.because === 'asked' ? { apart: true } : {};
      return { ...state, foldedUnder: null, foldedBy: null, ...isApart };
    }
    case 'incident.child-folded':
      return { ...state, folded: [...foldedBut(state, event.data.child), event.data.child] };
    case 'incident.child-unfolded':
      return { ...state, folded: foldedBut(state, event.data.child) };
    case 'incident.split-off':
      return counted(state, event.data);
    case 'incident.flapping-began':
      return { ...state, flapping: beginFlapping(state, event) };
    case 'incident.flapping-ended':
      return { ...state, flapping: null, turns: [] };
    case 'incident.context':
      return { ...state, context: event.data.context };
    case 'incident.truncated':
      return { ...state, truncated: event.data.count };
    case 'incident.alerts-rejected':
      return { ...state, rejected: event.data.count };
    case 'incident.reminded':
    case 'incident.noted':
    case 'incident.help-asked':
    case 'incident.escalated':
    case 'incident.diagnosis-asked':
    case 'incident.diagnosed':
      return state;
    default:
      return event satisfies never;
  }
}

function counted(state: IncidentState, { firing, ended }: Counts): IncidentState {
  return { ...state, firing, ended };
}

type TurnEvent = Extract<IncidentEvent, { type: 'incident.recovered' | 'incident.refired' | 'incident.reopened' }>;

/** Recovered, or firing again: each is a turn, and many of them are flapping. */
function evolveTurn(before: IncidentState, event: TurnEvent & EventStamp): IncidentState {
  const { firing, ended } = event.data;
  const state = { ...(isTurn(event) ? turned(before, event.at) : before), firing, ended };
  switch (event.type) {
    case 'incident.recovered':
      return { ...state, status: 'recovered', recoveredAt: event.at };
    case 'incident.refired':
      return { ...byAlerts(state), status: state.owner === null ? 'firing' : 'acknowledged', recoveredAt: null };
    case 'incident.reopened': {
      const opened = { ...UNOWNED, status: 'firing', reopened: state.reopened + 1 } as const;
      const isHeld = event.data.reason !== undefined && firing === 0;
      return isHeld ? { ...state, ...opened, byHand: true } : { ...byAlerts(state), ...opened };
    }
    default:
      return event satisfies never;
  }
}

/** A person who reopens an incident is no turn of its alerts; version 1 knew no turns. */
function isTurn({ v, data }: TurnEvent): boolean {
  return v > 1 && !('reason' in data);
}

/** An alert fires, so that it may recover by itself again. */
function byAlerts(state: IncidentState): IncidentState {
  return state.byHand === true ? { ...state, byHand: false } : state;
}

/** So many turns are kept, the newest ones. */
const MOST_TURNS = 60;

function turned(state: IncidentState, at: number): IncidentState {
  const turns = [...(state.turns ?? []), at].slice(-MOST_TURNS);
  if (state.flapping == null) return { ...state, turns };
  const { since, changes, count } = state.flapping;
  return { ...state, turns, flapping: { since, changes: [...changes, at].slice(-MOST_TURNS), count: count + 1 } };
}

function beginFlapping(state: IncidentState, event: EventStamp & { data: { changes: number } }): Flapping {
  const changes = (state.turns ?? []).slice(-event.data.changes);
  return { since: event.at, changes, count: changes.length };
}

function ownedBy(state: IncidentState, owner: Actor, at: number): IncidentState {
  const status = state.status === 'firing' ? 'acknowledged' : state.status;
  return { ...held(state), status, owner, acknowledgedAt: at };
}

/** No longer offered to others. */
function held(state: IncidentState): IncidentState {
  return state.offered === true ? { ...state, offered: false } : state;
}

/** Closed: neither quiet nor flapping any more. */
function stilled(state: IncidentState): IncidentState {
  const quiet = state.quiet == null ? {} : { quiet: null };
  const flapping = state.flapping == null ? {} : { flapping: null };
  return { ...state, ...quiet, ...flapping };
}

function quietAfter(event: Extract<IncidentEvent, { type: 'incident.quieted' | 'incident.unquieted' }> & EventStamp) {
  if (event.type === 'incident.unquieted') return null;
  const { kind, until, silence } = event.data;
  const quiet: Quiet = { kind, until, by: event.data.by ?? (event.actor as Actor) };
  return silence === null ? quiet : { ...quiet, silence };
}

function foldedBut(state: IncidentState, child: string): readonly string[] {
  return (state.folded ?? []).filter((id) => id !== child);
}

const UNOWNED = { owner: null, acknowledgedAt: null, recoveredAt: null, resolvedAt: null, resolvedBy: null } as const;

function openedState(data: IncidentEventData['incident.opened'], stamp: EventStamp): IncidentState {
  const { route: _route, because: _because, ...facts } = data;
  const apart = data.splitFrom === undefined ? {} : { apart: true };
  return {
    id: stamp.id,
    status: 'firing',
    ...facts,
    ...apart,
    ...UNOWNED,
    openedAt: stamp.at,
    closedAt: null,
    reopened: 0,
  };
}
