import type { Config } from '../../core/config/config.ts';
import { closest } from '../../core/suggest.ts';
import { asText } from '../about.ts';
import { decideOn, type Handle, isRefusal, type Refusal, readReason, refusal } from './act.ts';
import { readPersonKey } from './person.ts';

/** `unack { reason? }`: back to firing; pages go on at the level that was reached. */
export const unack: Handle = (act) => {
  const { reason } = act.command.args;
  const why = typeof reason === 'string' && reason.trim() !== '' ? readReason(act) : null;
  if (why !== null && isRefusal(why)) return why;
  const text = `${act.id} is nobody's now. Pages go on at the level they had reached.`;
  const done = why === null ? { text } : { text, part: why.part };
  return decideOn(act, { verb: 'unack', reason: why?.digest ?? null }) ?? done;
};

/** `pass-on`: the next in line is paged now. */
export const passOn: Handle = (act) => {
  const isMine = act.state.status === 'acknowledged';
  const rest = isMine ? ' It stays yours until they acknowledge.' : '';
  const text = `${act.id} passed on: the next in line is paged now.${rest}`;
  return decideOn(act, { verb: 'pass-on', by: act.command.by }) ?? { text };
};

/** `need-help`: the next level is paged now. */
export const needHelp: Handle = (act) => {
  return decideOn(act, { verb: 'need-help' }) ?? { text: `${act.id}: the next level is paged now.` };
};

const LONGEST_STAY_SECONDS = 7 * 86_400;

/** `still-on-it { seconds? }`: the clock of the acknowledgement counts anew, so long as the button said. */
export const stillOnIt: Handle = (act) => {
  const { seconds = null } = act.command.args;
  const isLength = typeof seconds === 'number' && seconds >= 60 && seconds <= LONGEST_STAY_SECONDS;
  if (seconds !== null && !isLength) {
    const what = 'For how much longer? A minute at least, a week at most. Nothing was changed.';
    return refusal('DURATION_WRONG', what, `Try: still-on-it ${act.id} 30m`);
  }
  const text = `${act.id}: noted that somebody is still on it.`;
  return decideOn(act, { verb: 'still-on-it', seconds }) ?? { text };
};

/** `add-responder { person }`: paged now, and listed beside the owner. */
export const addResponder: Handle = (act) => {
  const person = readPersonKey(act.config, act.command.args.person);
  if (typeof person !== 'string') return person;
  const text = `${act.context.nameOf(person)} is paged now, as a responder of ${act.id}.`;
  return decideOn(act, { verb: 'add-responder', person }) ?? { text };
};

const LONGEST_MESSAGE = 1_000;

/** `escalate { to, message? }`: somebody is paged by name, now. */
export const escalate: Handle = (act) => {
  const to = readTarget(act.config, act.command.args.to);
  if (typeof to !== 'string') return to;
  const { message } = act.command.args;
  const written = typeof message === 'string' ? message.trim() : '';
  if (written.length > LONGEST_MESSAGE) {
    const what = `The message has ${written.length} characters; ${LONGEST_MESSAGE} is the most. Nobody was paged.`;
    return refusal('MESSAGE_TOO_LONG', what, 'Shorten it, and write the rest as a note.');
  }
  const stored = written === '' ? null : asText(written);
  const part = stored === null ? {} : { part: { payloads: new Map([[stored.digest, stored.text]]) } };
  const text = `${act.id} escalated: ${to} is paged now.`;
  return decideOn(act, { verb: 'escalate', to, message: stored?.digest ?? null }) ?? { text, ...part };
};

/** `person:ana`, `schedule:backup`, `contact:manager`; a bare name is looked for in that order. */
function readTarget({ oncall }: Config, value: unknown): string | Refusal {
  const written = typeof value === 'string' ? value.trim() : '';
  const slackId = /^(?:slack:)?([UW][A-Z0-9]{2,})$/.exec(written)?.[1];
  const known = Object.entries({ person: oncall.people, schedule: oncall.schedules, contact: oncall.contacts });
  const targets = known.flatMap(([kind, named]) => Object.keys(named).map((name) => ({ kind, name })));
  const found =
    slackId === undefined
      ? targets.find(({ kind, name }) => written === name || written === `${kind}:${name}`)
      : targets.find(({ kind, name }) => kind === 'person' && oncall.people[name]?.slack.includes(slackId));
  if (found !== undefined) return `${found.kind}:${found.name}`;
  const names = targets.map(({ kind, name }) => `${kind}:${name}`);
  const near = closest(written, [...names, ...targets.map(({ name }) => name)]);
  const what = written === '' ? 'To whom?' : `"${written.slice(0, 60)}" is nobody who can be paged.`;
  const hint = near.length > 0 ? `Did you mean ${near.join(' or ')}? ` : '';
  return refusal('TARGET_UNKNOWN', `${what} Nobody was paged.`, `${hint}One of: ${names.join(', ')}`);
}
