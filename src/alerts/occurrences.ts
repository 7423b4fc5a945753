import type { Occurrence } from '../journal/port.ts';
import type { Alert } from './payload.ts';

/** What is known of a fingerprint: its open occurrence, else the one that ended last. */
export type KnownOccurrence = Pick<Occurrence, 'startsAt' | 'endsAt' | 'status'> &
  Partial<Pick<Occurrence, 'lastSeen' | 'endedBefore'>>;

/** What a delivered alert does to its fingerprint, and why. */
export type AlertDecision =
  /** `still-active`: it fires with the old start after its own end, and Alertmanager, asked later than that, says so. */
  | { readonly kind: 'started'; readonly reason: 'never-seen' | 'after-end' | 'still-active' }
  /** The open occurrence takes a newer start whose predecessor's end was never told. */
  | { readonly kind: 'moved'; readonly reason: 'newer-start' }
  | { readonly kind: 'repeated'; readonly reason: 'same-start' | 'older-start' }
  | { readonly kind: 'ended'; readonly reason: 'end-after-start'; readonly endsAt: number }
  /** An end without a start that we saw: kept, so that the start, coming late, opens nothing. */
  | { readonly kind: 'remembered'; readonly reason: 'start-never-seen'; readonly endsAt: number }
  | { readonly kind: 'ignored'; readonly reason: 'before-end' | 'older-end' | 'already-ended' };

/**
 * Decides one delivered alert against what is known of its fingerprint (DESIGN.md, "Within one fingerprint time
 * decides, not arrival"). `now` is the end of a resolved alert that names none.
 */
export function applyAlert(known: KnownOccurrence | null, alert: Alert, now: number): AlertDecision {
  if (alert.status === 'firing') return applyStart(known, alert);
  return applyEnd(known, alert.startsAt, Math.max(alert.endsAt ?? now, alert.startsAt));
}

function applyStart(known: KnownOccurrence | null, { startsAt, activeAt }: Alert): AlertDecision {
  if (known === null) return { kind: 'started', reason: 'never-seen' };
  if (known.status === 'firing') {
    if (startsAt > known.startsAt) return { kind: 'moved', reason: 'newer-start' };
    return { kind: 'repeated', reason: startsAt === known.startsAt ? 'same-start' : 'older-start' };
  }
  const isOver = startsAt <= known.startsAt || startsAt < (known.endsAt ?? known.startsAt);
  if (!isOver) return { kind: 'started', reason: 'after-end' };
  const isStillActive = activeAt !== undefined && activeAt > (known.lastSeen ?? activeAt);
  return isStillActive ? { kind: 'started', reason: 'still-active' } : { kind: 'ignored', reason: 'before-end' };
}

function applyEnd(known: KnownOccurrence | null, startsAt: number, endsAt: number): AlertDecision {
  if (known === null) return { kind: 'remembered', reason: 'start-never-seen', endsAt };
  if (known.status === 'firing') {
    const isOld = endsAt <= (known.endedBefore ?? Number.NEGATIVE_INFINITY);
    const closes = !isOld && (known.startsAt < endsAt || known.startsAt === startsAt);
    return closes ? { kind: 'ended', reason: 'end-after-start', endsAt } : { kind: 'ignored', reason: 'older-end' };
  }
  if (endsAt <= (known.endsAt ?? known.startsAt)) return { kind: 'ignored', reason: 'already-ended' };
  return { kind: 'remembered', reason: 'start-never-seen', endsAt };
}
