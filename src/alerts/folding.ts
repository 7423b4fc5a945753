/**
 * Folding is a link: an incident stands beneath its cause, or beneath what a person merged it into, and has no pages
 * and no thread of its own meanwhile; its alerts, counts and status stay its own. A link holds only while what is
 * folded is no more urgent than its target and the target is worked on.
 */
import type { Actor } from '../core/command.ts';
import { isFiring } from './decision.ts';
import { incidentEvent } from './events.ts';
import type { IncidentSet } from './incident-set.ts';
import type { IncidentState } from './incident-state.ts';
import { isHigher } from './severity.ts';

export type FoldedBy = 'dependency' | Actor;
export type UnfoldReason = 'recovered' | 'resolved' | 'more-urgent' | 'asked';

/** Whether others may stand beneath it: it fires, or it flaps and will fire again. */
export function isWorkedOn(state: IncidentState): boolean {
  return isFiring(state) || (state.status === 'recovered' && state.flapping != null);
}

/** Why an incident can no longer stand beneath its target; null: it can. One that does not fire always can. */
export function whyUnfold(child: IncidentState, target: IncidentState | null): UnfoldReason | null {
  if (!isFiring(child)) return null;
  if (target === null || target.foldedUnder != null) return 'recovered';
  if (!isWorkedOn(target)) return target.status === 'recovered' ? 'recovered' : 'resolved';
  return isHigher(child.severity, target.severity) ? 'more-urgent' : null;
}

/**
 * Whether an incident of a service may be folded by itself: nobody has taken it, and nobody said otherwise. What a
 * person opened is neither folded nor a cause by itself: its service is a hint, not a finding.
 */
export function mayBeEffect(state: IncidentState): boolean {
  return state.status === 'firing' && state.foldedUnder == null && state.apart !== true && state.byHand !== true;
}

/** Whether it can stand above an incident of a service that depends on its own. */
export function mayBeCause(cause: IncidentState, effect: IncidentState): boolean {
  if (cause.id === effect.id || cause.foldedUnder != null || cause.byHand === true) return false;
  return isFiring(cause) && !isHigher(effect.severity, cause.severity);
}

/** The most urgent of several causes, then the oldest. */
export function firstCause(causes: readonly IncidentState[]): IncidentState | null {
  const [first, ...rest] = causes;
  if (first === undefined) return null;
  return rest.reduce((best, other) => (isBefore(other, best) ? other : best), first);
}

function isBefore(one: IncidentState, other: IncidentState): boolean {
  if (one.severity !== other.severity) return isHigher(one.severity, other.severity);
  return numberOf(one) < numberOf(other);
}

/** A fold that is asked for. */
export interface Fold {
  readonly child: string;
  readonly under: string;
  readonly by: FoldedBy;
  /** Digest. */
  readonly reason: string | null;
}

/** Folds; what stands beneath the child moves along, so that there are no chains. */
export async function fold(set: IncidentSet, { child, under, by, reason }: Fold): Promise<void> {
  const state = await set.get(child);
  if (state === null) return;
  await letGo(set, state);
  set.apply(child, incidentEvent('incident.folded', { under, by, reason }));
  await take(set, under, child, by);
  for (const beneath of state.folded ?? []) {
    const moved = await set.get(beneath);
    if (moved?.foldedUnder !== child) continue;
    const movedBy = moved.foldedBy ?? 'dependency';
    set.apply(child, incidentEvent('incident.child-unfolded', { child: beneath }));
    set.apply(beneath, incidentEvent('incident.folded', { under, by: movedBy, reason: null }));
    await take(set, under, beneath, movedBy);
  }
}

/** Takes an incident out from beneath its target. `reason`: digest. */
export async function unfold(
  set: IncidentSet,
  child: IncidentState,
  because: UnfoldReason,
  reason: string | null,
): Promise<void> {
  const from = child.foldedUnder;
  if (from == null) return;
  await letGo(set, child);
  set.apply(child.id, incidentEvent('incident.unfolded', { from, because, reason }));
}

async function take(set: IncidentSet, under: string, child: string, by: FoldedBy): Promise<void> {
  const target = await set.get(under);
  if (target !== null) set.apply(under, incidentEvent('incident.child-folded', { child, by }));
}

async function letGo(set: IncidentSet, { id, foldedUnder }: IncidentState): Promise<void> {
  if (foldedUnder == null) return;
  const target = await set.get(foldedUnder);
  if (target?.folded?.includes(id)) set.apply(foldedUnder, incidentEvent('incident.child-unfolded', { child: id }));
}

function numberOf({ id }: IncidentState): number {
  return Number(id.slice('GI-'.length));
}
