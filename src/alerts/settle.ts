import type { Actor } from '../core/command.ts';
import type { Config } from '../core/config/config.ts';
import { endSnooze, isFiring, isOver } from './decision.ts';
import { incidentEvent } from './events.ts';
import { firstCause, fold, isWorkedOn, mayBeCause, mayBeEffect, unfold, whyUnfold } from './folding.ts';
import type { IncidentSet, Member } from './incident-set.ts';
import type { IncidentState } from './incident-state.ts';
import { createRelations, type Relations } from './relations.ts';
import { isHigher } from './severity.ts';

/** Adds to a set of decided changes what follows from them for other incidents. */
export type Settle = (set: IncidentSet, config: Config) => Promise<void>;

/**
 * What changes one incident may change those folded beneath it, and what stands above it: an acknowledgement or an end
 * goes down to what was merged, a link that no longer holds is undone, and a cause takes its effects in. Incidents
 * without links, of services without relations, cost nothing here.
 */
export function createSettle(): Settle {
  const relationsOf = createRelations();
  return async (set, config) => {
    const relations = relationsOf(config);
    for (const member of set.changed()) await settleBeneath(set, member);
    for (const member of set.changed()) await settleAbove(set, member);
    const began = set.changed().filter((member) => mayRelate(member, relations));
    began.sort((one, other) => depthOf(one, relations) - depthOf(other, relations));
    for (const { id } of began) await relate(set, id, relations);
  };
}

/** What stands beneath an incident that was taken, that ended, or that is less urgent now. */
async function settleBeneath(set: IncidentSet, { before, after }: Member): Promise<void> {
  if (before === null || after === null || !after.folded?.length) return;
  const isTaken = after.owner !== null && after.owner !== before.owner;
  const isEnded = after.status === 'resolved' && before.status !== 'resolved';
  const isLess = isHigher(before.severity, after.severity) || (isWorkedOn(before) && !isWorkedOn(after));
  if (!isTaken && !isEnded && !isLess) return;
  for (const id of after.folded) {
    const child = await set.get(id);
    if (child === null || child.foldedUnder !== after.id || isOver(child)) continue;
    if (isEnded && goesWith(child, set.actor)) endWith(set, child);
    else if (isTaken && isMerged(child) && child.status === 'firing') takeWith(set, child, after.owner);
    await checkLink(set, id);
  }
}

/** Whether its link still holds: it fires (again), it is more urgent, or it was folded just now. */
async function settleAbove(set: IncidentSet, { id, after }: Member): Promise<void> {
  if (after?.foldedUnder != null) await checkLink(set, id);
}

async function checkLink(set: IncidentSet, id: string): Promise<void> {
  const child = await set.get(id);
  if (child?.foldedUnder == null) return;
  const because = whyUnfold(child, await set.get(child.foldedUnder));
  if (because !== null) await unfold(set, child, because, null);
}

/** What a person merged they end with its target; else only what has recovered: what fires is a trouble of its own. */
function goesWith(child: IncidentState, actor: string): boolean {
  return child.status === 'recovered' || (isMerged(child) && actor !== 'auto');
}

function isMerged({ foldedBy }: IncidentState): boolean {
  return foldedBy != null && foldedBy !== 'dependency';
}

function endWith(set: IncidentSet, child: IncidentState): void {
  set.apply(child.id, ...endSnooze(child, 'resolved'), incidentEvent('incident.resolved', {}));
}

function takeWith(set: IncidentSet, child: IncidentState, owner: Actor | null): void {
  if (owner === null) return;
  const event = owner === set.actor ? incidentEvent('incident.acknowledged', {}) : assigned(owner);
  set.apply(child.id, ...endSnooze(child, 'acknowledged'), event);
}

function assigned(to: Actor) {
  return incidentEvent('incident.assigned', { to });
}

/** Whether it began to fire, rose or came out of a fold, and its service has relations. */
function mayRelate({ before, after }: Member, relations: Relations): boolean {
  if (after === null || after.foldedUnder != null || !isFiring(after)) return false;
  const { service } = after;
  if (relations.causesOf(service).length + relations.effectsOf(service).length === 0) return false;
  if (before === null || !isFiring(before) || before.foldedUnder != null) return true;
  return isHigher(after.severity, before.severity);
}

/** Causes before what depends on them. */
function depthOf({ after }: Member, relations: Relations): number {
  return relations.causesOf(after?.service ?? null).length;
}

async function relate(set: IncidentSet, id: string, relations: Relations): Promise<void> {
  const state = await set.get(id);
  if (state === null || state.foldedUnder != null) return;
  if (mayBeEffect(state)) {
    const under = firstCause(await causesFor(set, state, relations));
    if (under !== null) return fold(set, { child: id, under: under.id, by: 'dependency', reason: null });
  }
  for (const service of relations.effectsOf(state.service)) {
    for (const effect of await set.openOf(service)) {
      if (!mayBeEffect(effect) || !mayBeCause(state, effect)) continue;
      await fold(set, { child: effect.id, under: id, by: 'dependency', reason: null });
    }
  }
}

async function causesFor(set: IncidentSet, effect: IncidentState, relations: Relations): Promise<IncidentState[]> {
  const found: IncidentState[] = [];
  for (const service of relations.causesOf(effect.service)) {
    for (const cause of await set.openOf(service)) if (mayBeCause(cause, effect)) found.push(cause);
  }
  return found;
}
