import type { StoredEvent } from '../../journal/port.ts';
import { type RemediationEvent, readRemediationEvent } from './remediation-events.ts';
import { freshRule, type RemediationState, skipMark } from './remediation-state.ts';

const HOUR_MS = 3600_000;
const MOST_SAID = 200;

interface Stamp {
  readonly id: string;
  readonly at: number;
}

/** Folds one event into what a rule has done; any event may be the first. */
export function evolveRemediation(before: RemediationState | null, event: RemediationEvent & Stamp): RemediationState {
  const state = before ?? freshRule(event.id);
  switch (event.type) {
    case 'remediation.asked':
      return asked(state, event);
    case 'remediation.started':
      return {
        ...state,
        open: state.open.map((each) => (each.n === event.data.n ? { ...each, run: event.data.run } : each)),
      };
    case 'remediation.refused': {
      const run = state.open.find(({ n }) => n === event.data.n);
      return { ...without(state, event.data.n), recent: state.recent.filter((at) => at !== run?.askedAt) };
    }
    case 'remediation.skipped': {
      const { incident, skip } = event.data;
      return { ...state, said: [...state.said, skipMark(incident, skip)].slice(-MOST_SAID) };
    }
    case 'remediation.judged': {
      const run = state.open.find(({ n }) => n === event.data.n);
      const judged = { ...without(state, event.data.n), misses: event.data.misses };
      return run === undefined ? judged : ranOn(judged, run.service, event.at);
    }
    case 'remediation.off':
      return { ...state, status: 'off', offAs: event.data.as };
    case 'remediation.on':
      return { ...state, status: 'on', offAs: null, misses: 0 };
    default:
      return event satisfies never;
  }
}

/** Folds a stored event, for `journal verify --state`. */
export function evolveStoredRemediation(state: RemediationState | null, stored: StoredEvent): RemediationState {
  return evolveRemediation(state, { ...readRemediationEvent(stored), id: stored.id, at: stored.at });
}

function asked(
  state: RemediationState,
  { data, at }: Extract<RemediationEvent, { type: 'remediation.asked' }> & Stamp,
): RemediationState {
  const open = [...state.open, { ...data, run: null, askedAt: at }];
  const recent = [...state.recent.filter((each) => each > at - HOUR_MS), at];
  return { ...state, asked: data.n, open, recent };
}

function without(state: RemediationState, n: number): RemediationState {
  return { ...state, open: state.open.filter((each) => each.n !== n) };
}

function ranOn(state: RemediationState, service: string | null, at: number): RemediationState {
  return { ...state, last: [...state.last.filter((each) => each.service !== service), { service, at }] };
}
