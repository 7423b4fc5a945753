import type { Actor } from '../core/command.ts';
import type { Counts, EventStamp, IncidentEvent, IncidentEventData } from './events.ts';
import type { IncidentState } from './incident-state.ts';

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
      return { ...state, firing: event.data.firing, ended: event.data.ended };
    case 'incident.severity-raised': {
      const { to, runbooks, policyContact, digest } = event.data;
      return { ...state, severity: to, runbooks, policyContact, digest };
    }
    case 'incident.recovered':
      return { ...state, ...countsOf(event.data), status: 'recovered', recoveredAt: event.at };
    case 'incident.refired':
      return {
        ...state,
        ...countsOf(event.data),
        status: state.owner === null ? 'firing' : 'acknowledged',
        recoveredAt: null,
      };
    case 'incident.reopened':
      return { ...state, ...countsOf(event.data), ...UNOWNED, status: 'firing', reopened: state.reopened + 1 };
    case 'incident.acknowledged':
      return { ...state, status: 'acknowledged', owner: event.actor as Actor, acknowledgedAt: event.at };
    case 'incident.resolved':
      return { ...state, status: 'resolved', resolvedAt: event.at, resolvedBy: event.actor as Actor };
    case 'incident.closed':
      return { ...state, status: 'closed', closedAt: event.at };
    case 'incident.truncated':
      return { ...state, truncated: event.data.count };
    case 'incident.alerts-rejected':
      return { ...state, rejected: event.data.count };
    case 'incident.reminded':
    case 'incident.noted':
    case 'incident.diagnosis-asked':
    case 'incident.diagnosed':
      return state;
    default:
      return event satisfies never;
  }
}

function countsOf({ firing, ended }: Counts): Pick<IncidentState, 'firing' | 'ended'> {
  return { firing, ended };
}

const UNOWNED = { owner: null, acknowledgedAt: null, recoveredAt: null, resolvedAt: null, resolvedBy: null } as const;

function openedState(data: IncidentEventData['incident.opened'], stamp: EventStamp): IncidentState {
  const { route: _route, because: _because, ...facts } = data;
  return {
    id: stamp.id,
    status: 'firing',
    ...facts,
    ...UNOWNED,
    openedAt: stamp.at,
    closedAt: null,
    reopened: 0,
  };
}
