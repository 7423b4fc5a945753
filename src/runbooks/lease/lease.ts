import { type LeaseEvent, leaseEvent } from './lease-events.ts';
import type { LeaseEnd, LeaseState } from './lease-state.ts';

/** A reversal is tried so often of itself; then people have to. */
export const MOST_TRIES = 3;
/** From so much on a lease that ends too late says so. */
const LATE_MS = 60_000;

/** What may become of a lease. Digests only: texts travel beside the events. */
export type LeaseCommand =
  | { readonly kind: 'announce'; readonly now: number }
  | { readonly kind: 'renew'; readonly until: number }
  /** What it holds was put back on a host. */
  | { readonly kind: 'kept'; readonly host: string; readonly summary: string }
  /** Its time is over. */
  | { readonly kind: 'expire'; readonly now: number }
  /** The engine is asked once more: the target may be free, a rest is over, or nothing was heard for long. */
  | { readonly kind: 'ask-again' }
  | { readonly kind: 'accepted' }
  | { readonly kind: 'busy'; readonly holder: string }
  /** The engine began to undo it for somebody. */
  | { readonly kind: 'begin'; readonly how: LeaseEnd }
  | { readonly kind: 'reverted'; readonly how: LeaseEnd; readonly proved: boolean; readonly summary: string }
  /** `mayRetry`: it may be tried again without a person. */
  | { readonly kind: 'not-reverted'; readonly how: LeaseEnd; readonly mayRetry: boolean; readonly summary: string }
  /** A person says that nothing is left to revert. */
  | { readonly kind: 'abandon'; readonly summary: string };

/** What a command came to: events to append, or the named reason why not. */
export type LeaseDecision =
  | { readonly kind: 'events'; readonly events: readonly LeaseEvent[] }
  | { readonly kind: 'impossible'; readonly reason: 'over' | 'not-due' | 'not-active' | 'under-way' | 'not-failed' };

/** Decides one command on a lease. An active one ends only when its time is over or somebody undoes it. */
export function decideLease(lease: LeaseState, command: LeaseCommand): LeaseDecision {
  if (lease.status === 'ended') return impossible('over');
  switch (command.kind) {
    case 'announce':
      if (lease.status !== 'active' || lease.until <= command.now) return impossible('not-active');
      return events(leaseEvent('lease.announced', { until: lease.until }));
    case 'renew':
      return lease.status === 'active'
        ? events(leaseEvent('lease.renewed', { until: command.until }))
        : impossible('under-way');
    case 'kept': {
      const { host, summary } = command;
      return lease.status === 'active' ? events(leaseEvent('lease.kept', { host, summary })) : impossible('not-active');
    }
    case 'expire':
      return expire(lease, command.now);
    case 'ask-again':
      return lease.status === 'ending' ? events(leaseEvent('lease.asked-again', {})) : impossible('not-active');
    case 'accepted':
      return isAsking(lease) ? events(leaseEvent('lease.reverting', {})) : impossible('under-way');
    case 'busy':
      return lease.phase === 'asking'
        ? events(leaseEvent('lease.busy', { holder: command.holder }))
        : impossible('under-way');
    case 'begin':
      return begin(lease, command.how);
    case 'reverted': {
      const { proved, summary } = command;
      return events(leaseEvent('lease.ended', { how: lease.how ?? command.how, proved, summary }));
    }
    case 'not-reverted':
      return notReverted(lease, command);
    case 'abandon':
      return lease.status === 'failed'
        ? events(leaseEvent('lease.ended', { how: 'abandoned', proved: false, summary: command.summary }))
        : impossible('not-failed');
    default:
      return command satisfies never;
  }
}

/** Whether the engine may be about to answer. */
export function isAsking({ phase }: LeaseState): boolean {
  return phase === 'asking' || phase === 'busy';
}

function expire(lease: LeaseState, now: number): LeaseDecision {
  if (lease.status !== 'active') return impossible('not-active');
  const lateMs = now - lease.until;
  if (lateMs < 0) return impossible('not-due');
  const lateSeconds = lateMs < LATE_MS ? null : Math.round(lateMs / 1000);
  return events(leaseEvent('lease.ending', { how: 'expired', lateSeconds }));
}

function begin(lease: LeaseState, how: LeaseEnd): LeaseDecision {
  const reverting = leaseEvent('lease.reverting', {});
  if (lease.status === 'ending') return lease.phase === 'reverting' ? impossible('under-way') : events(reverting);
  return events(leaseEvent('lease.ending', { how, lateSeconds: null }), reverting);
}

function notReverted(lease: LeaseState, command: Extract<LeaseCommand, { kind: 'not-reverted' }>): LeaseDecision {
  const { summary } = command;
  const tries = lease.tries + 1;
  const ending = lease.status === 'ending' ? [] : [leaseEvent('lease.ending', { how: command.how, lateSeconds: null })];
  const goesOn = command.mayRetry && tries < MOST_TRIES;
  return events(...ending, leaseEvent(goesOn ? 'lease.undo-failed' : 'lease.failed', { tries, summary }));
}

function events(...list: readonly LeaseEvent[]): LeaseDecision {
  return { kind: 'events', events: list };
}

function impossible(reason: Extract<LeaseDecision, { kind: 'impossible' }>['reason']): LeaseDecision {
  return { kind: 'impossible', reason };
}
