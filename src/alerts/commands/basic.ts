import { asText } from '../about.ts';
import { asIncidentEvent } from '../events.ts';
import { evolveIncident } from '../evolve.ts';
import type { IncidentState, IncidentStatus } from '../incident-state.ts';
import { decideOn, type Handle, type IncidentAct, refusal } from './act.ts';

/** `ack`: somebody has it; its pages stop. */
export const ack: Handle = (act) => {
  const { id, state, command } = act;
  const isAgain = state.status === 'acknowledged' && state.owner === command.by;
  const text = isAgain ? `${id} is still yours.` : `${id} acknowledged. Paging has stopped.`;
  return decideOn(act, { verb: 'ack', by: command.by }) ?? { text };
};

/** `resolve`: it is over. */
export const resolve: Handle = async (act) => {
  const seenStatus = await statusSeen(act);
  return (
    decideOn(act, { verb: 'resolve', seenStatus }) ?? { text: `${act.id} resolved.${stillFiring(act.state.firing)}` }
  );
};

const LONGEST_NOTE = 3000;

/** `note { text }`: written into the timeline, whatever its state. */
export const note: Handle = (act) => {
  const { text } = act.command.args;
  const written = typeof text === 'string' ? text.trim() : '';
  if (written === '') {
    return refusal('NOTE_EMPTY', 'The note is empty; nothing was written.', `Try: note ${act.id} what you saw`);
  }
  if (written.length > LONGEST_NOTE) {
    const what = `The note has ${written.length} characters; ${LONGEST_NOTE} is the most. Nothing was written.`;
    return refusal('NOTE_TOO_LONG', what, 'Shorten it, or write it into the thread.');
  }
  const stored = asText(written);
  const part = { payloads: new Map([[stored.digest, stored.text]]) };
  return decideOn(act, { verb: 'note', text: stored.digest }) ?? { text: `Noted on ${act.id}.`, part };
};

/** Its status at the version the person saw; null when they did not say or it is what we have. */
async function statusSeen({ journal, command, id, version }: IncidentAct): Promise<IncidentStatus | null> {
  const { seen } = command;
  if (seen === undefined || seen >= version) return null;
  let state: IncidentState | null = null;
  for (const event of await journal.eventsOf('incident', id)) {
    const own = event.version <= seen ? asIncidentEvent(event) : null;
    if (own !== null) state = evolveIncident(state, own);
  }
  return state?.status ?? null;
}

function stillFiring(firing: number): string {
  if (firing === 0) return '';
  return firing === 1 ? ' 1 alert still fires.' : ` ${firing} alerts still fire.`;
}
