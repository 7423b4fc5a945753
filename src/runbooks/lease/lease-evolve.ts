import type { StoredEvent } from '../../journal/port.ts';
import { type LeaseEvent, type LeaseStamp, readLeaseEvent } from './lease-events.ts';
import type { LeaseState } from './lease-state.ts';

/** Folds one event into a lease. The state is what its events say and nothing else. */
export function evolveLease(lease: LeaseState | null, event: LeaseEvent & LeaseStamp): LeaseState {
  if (event.type === 'lease.taken') return taken(event);
  if (lease === null) throw new Error(`${event.type} of ${event.id}, which was never taken`);
  return evolveKnown(lease, event);
}

/** Folds a stored event, for `journal verify --state`. */
export function evolveStoredLease(lease: LeaseState | null, stored: StoredEvent): LeaseState {
  const { id, at, actor, incident } = stored;
  return evolveLease(lease, { ...readLeaseEvent(stored), id, at, actor, incident });
}

function evolveKnown(lease: LeaseState, event: Exclude<LeaseEvent, { type: 'lease.taken' }> & LeaseStamp): LeaseState {
  switch (event.type) {
    case 'lease.announced':
    case 'lease.kept':
      return lease;
    case 'lease.renewed':
      return { ...lease, ...FRESH, since: event.at, until: event.data.until };
    case 'lease.ending':
      return { ...lease, status: 'ending', how: event.data.how, phase: 'asking' };
    case 'lease.reverting':
      return { ...lease, phase: 'reverting' };
    case 'lease.busy':
      return { ...lease, phase: 'busy' };
    case 'lease.asked-again':
      return { ...lease, phase: 'asking' };
    case 'lease.undo-failed':
      return { ...lease, status: 'ending', phase: 'resting', tries: event.data.tries, summary: event.data.summary };
    case 'lease.ended':
      return { ...lease, ...event.data, status: 'ended', phase: null, endedAt: event.at };
    case 'lease.failed':
      return { ...lease, status: 'failed', phase: null, tries: event.data.tries, summary: event.data.summary };
    default:
      return event satisfies never;
  }
}

const FRESH = { status: 'active', how: null, phase: null, tries: 0, summary: null } as const;

function taken({
  id,
  at,
  actor,
  incident,
  data,
}: Extract<LeaseEvent, { type: 'lease.taken' }> & LeaseStamp): LeaseState {
  return { id, ...data, ...FRESH, incident, by: actor, takenAt: at, since: at, proved: null, endedAt: null };
}
