import type { Batch, Journal } from '../../journal/port.ts';
import { incidentEvent } from '../events.ts';
import type { IncidentState } from '../incident-state.ts';
import {
  decideOn,
  type Handle,
  type IncidentAct,
  isRefusal,
  type Reason,
  type Refusal,
  readReason,
  refusal,
} from './act.ts';
import { handKey } from './open.ts';

/**
 * `reopen { reason }`: it was not over. Until it is closed it goes on as it was, without an owner; after that a new
 * incident takes its place, linked to it, with the alerts that still fire.
 */
export const reopen: Handle = async (act) => {
  if (act.state.drill !== undefined) {
    return refusal('DRILL_OVER', `${act.id} was a drill. It was not reopened.`, 'Open another one: drill');
  }
  const reason = readReason(act);
  if (isRefusal(reason)) return reason;
  if (act.state.status === 'closed') return openAnew(act, reason);
  const text = `${act.id} reopened. Its pages start anew.`;
  return decideOn(act, { verb: 'reopen', reason: reason.digest }) ?? { text, part: reason.part };
};

async function openAnew(act: IncidentAct, reason: Reason) {
  const { id, state, journal, set } = act;
  const holder = await holderOf(journal, state);
  if (holder !== null) return refuseHeld(state, holder);
  const firing = (await journal.occurrencesOf(id)).filter(({ status }) => status === 'firing');
  const to = await set.open((next) => incidentEvent('incident.opened', opening(state, next, firing.length)));
  if (firing.length > 0) {
    const left = { firing: 0, ended: state.ended };
    set.apply(id, incidentEvent('incident.split-off', { to, alerts: firing.length, ...left, reason: reason.digest }));
  }
  set.apply(to, incidentEvent('incident.noted', { text: reason.digest }));
  const moved = firing.map(({ fingerprint }) => ({ fingerprint, from: id, to }));
  const part: Partial<Batch> = { ...reason.part, moved };
  const text = `${id} is closed for longer than it can be reopened: ${to} opened in its place, linked to it.`;
  return { text, incident: to, part };
}

/** With the group of the old one, so that its alerts, firing again, find it. */
function opening(state: IncidentState, id: string, firing: number) {
  const { severity, channel, service, runbooks, policyContact, digest, about } = state;
  const hasGroup = !state.group.startsWith('hand|') && !state.group.startsWith('split|');
  const group = hasGroup ? state.group : handKey(id);
  const facts = { severity, channel, service, group, runbooks, policyContact, digest, about, firing, ended: 0 };
  const linked = { ...facts, previous: state.id, route: null };
  return firing === 0 ? ({ ...linked, byHand: true } as const) : linked;
}

async function holderOf(journal: Journal, { group }: IncidentState): Promise<IncidentState | null> {
  return (await journal.aggregateByKey<IncidentState>('incident', group))?.state ?? null;
}

function refuseHeld({ id }: IncidentState, holder: IncidentState): Refusal {
  const what = `${id} is closed, and ${holder.id} of the same alerts is ${holder.status}. Nothing was opened.`;
  return refusal('ALREADY_OPEN', what, `Go on there: incidents ${holder.id}`);
}
