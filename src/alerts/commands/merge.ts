import { isFiring, isOver, refuseOver } from '../decision.ts';
import { fold, isWorkedOn, unfold } from '../folding.ts';
import type { IncidentState } from '../incident-state.ts';
import { isHigher } from '../severity.ts';
import { type Handle, type IncidentAct, isRefusal, type Refusal, readReason, refusal } from './act.ts';

/** `merge { into, reason }`: it is the same trouble as another one, and stands beneath that from now on. */
export const merge: Handle = async (act) => {
  const { id, state, set, command } = act;
  const into = typeof command.args.into === 'string' ? command.args.into.trim().toUpperCase() : '';
  const reason = readReason(act);
  if (isRefusal(reason)) return reason;
  const target = into === '' ? null : await set.get(into);
  if (target === null) {
    const what = into === '' ? `Into which incident is ${id} merged?` : `There is no incident ${into.slice(0, 40)}.`;
    return refusal('TARGET_UNKNOWN', `${what} Nothing was changed.`, 'See which are open: status');
  }
  const refused = whyNot(act, target);
  if (refused !== null) return refused;
  await fold(set, { child: id, under: target.id, by: command.by, reason: reason.digest });
  const beneath = (state.folded ?? []).length;
  const along = beneath === 0 ? '' : `, with ${beneath} that stood beneath it`;
  return { text: `${id} merged into ${target.id}${along}. It has no pages of its own now.`, part: reason.part };
};

function whyNot({ id, state, context, command }: IncidentAct, target: IncidentState): Refusal | null {
  if (target.id === id) return refusal('MERGE_SELF', `${id} cannot be merged into itself.`, 'Name another incident.');
  if (state.drill !== undefined || target.drill !== undefined) {
    const drill = state.drill === undefined ? target.id : id;
    return refusal('MERGE_DRILL', `${drill} is a drill. Nothing was changed.`, `Resolve the drill: resolve ${drill}`);
  }
  if (isOver(state)) return asRefusal(refuseOver(state, context));
  if (target.foldedUnder != null) {
    const what = `${target.id} stands beneath ${target.foldedUnder} itself. Nothing was changed.`;
    return refusal('TARGET_FOLDED', what, `Merge into that: merge ${id} ${target.foldedUnder}`);
  }
  if (state.foldedUnder === target.id && state.foldedBy === command.by) {
    return refusal('ALREADY_MERGED', `${id} is merged into ${target.id} already.`, 'Nothing to do.');
  }
  if (isFiring(state) && !isWorkedOn(target)) {
    const what = `${target.id} is ${target.status} and ${id} still fires: nobody would be paged. Nothing was changed.`;
    return refusal('TARGET_OVER', what, `Merge it the other way round: merge ${target.id} ${id}`);
  }
  if (isOver(target)) {
    const what = `${target.id} is ${target.status} already. Nothing was changed.`;
    return refusal('TARGET_OVER', what, `Resolve ${id} instead: resolve ${id}`);
  }
  if (isHigher(state.severity, target.severity)) {
    const what = `${id} (${state.severity}) is more urgent than ${target.id} (${target.severity}). Nothing was changed.`;
    return refusal('MORE_URGENT', what, `Merge it the other way round: merge ${target.id} ${id}`);
  }
  return null;
}

function asRefusal(decision: ReturnType<typeof refuseOver>): Refusal | null {
  return decision.kind === 'refused' ? refusal(decision.code, decision.text, decision.remedy) : null;
}

/** `unmerge { reason? }`: it stands on its own again, and is never folded by itself any more. */
export const unmerge: Handle = async (act) => {
  const { id, state, set, command } = act;
  const under = state.foldedUnder;
  if (under == null) return refusal('NOT_MERGED', `${id} stands on its own already.`, 'Nothing to do.');
  const given = typeof command.args.reason === 'string' && command.args.reason.trim() !== '';
  const reason = given ? readReason(act) : null;
  if (reason !== null && isRefusal(reason)) return reason;
  await unfold(set, state, 'asked', reason?.digest ?? null);
  const pages = state.status === 'firing' ? ' Its pages start.' : '';
  return {
    text: `${id} no longer stands beneath ${under}.${pages}`,
    ...(reason === null ? {} : { part: reason.part }),
  };
};
