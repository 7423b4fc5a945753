import type { HandoffState } from './handoff-state.ts';

/** Who accepts, as a key of oncall.people; null: the command line, which speaks for whoever is to come. */
export type Accepter = string | null;

export interface AcceptRefusal {
  readonly code: string;
  readonly text: string;
  readonly remedy: string;
}

/** Whether somebody may accept a handoff as it is; `by`: in whose name. */
export function decideAccept(
  state: HandoffState | null,
  accepter: Accepter,
  now: number,
): { readonly by: string } | AcceptRefusal {
  if (state === null) return refusal('HANDOFF_UNKNOWN', 'No handoff waits for that.', 'See: oncall');
  const { id, schedule, to, status, acceptedBy } = state;
  const by = accepter ?? to[0];
  if (by === undefined || !to.includes(by)) {
    const what = `${id} is for ${to.join(' or ')}.`;
    return refusal('HANDOFF_NOT_YOURS', what, 'To take the shift yourself: oncall override');
  }
  if (status === 'accepted') {
    const who = acceptedBy === 'agreed' ? 'was agreed before' : `was accepted by ${acceptedBy}`;
    return refusal('HANDOFF_ACCEPTED', `${id} of ${schedule} ${who}.`, 'Nothing to do.');
  }
  if (status === 'over' || (state.until !== null && state.until <= now)) {
    return refusal('HANDOFF_OVER', `${id} is over: that shift of ${schedule} has ended.`, 'Nothing to do.');
  }
  return { by };
}

function refusal(code: string, text: string, remedy: string): AcceptRefusal {
  return { code, text: `${text} Nothing was changed.`, remedy };
}
