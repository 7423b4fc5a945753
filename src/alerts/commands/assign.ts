import type { Actor, Command } from '../../core/command.ts';
import type { Config } from '../../core/config/config.ts';
import { closest } from '../../core/suggest.ts';
import { askNotice } from '../../journal/notice.ts';
import { decideOn, type Handle, type IncidentAct, type Refusal, refusal } from './act.ts';

/** `assign { to }`: somebody owns it from now on; pages stop as at an acknowledgement, and they are told. */
export const assign: Handle = (act) => {
  const { id, config, command, context } = act;
  const to = readPerson(config, command);
  if (typeof to !== 'string') return to;
  const refused = decideOn(act, { verb: 'assign', to });
  if (refused !== null) return refused;
  const text = `${id} assigned to ${context.nameOf(to)}. Paging has stopped.`;
  return to === command.by ? { text } : { text, part: tell(act, to) };
};

function tell({ id, state, version, context, command }: IncidentAct, to: Actor) {
  const lines = [`It is ${state.severity} and ${state.status}. Its pages have stopped, because it is yours.`];
  const title = `${context.nameOf(command.by)} assigned ${id} to you`;
  return askNotice(`assigned|${id}|${version + 1}`, { to: { actor: to }, title, lines, incident: id });
}

const SLACK_ID = /^(?:slack:)?([UW][A-Z0-9]{2,})$/;

/**
 * A key of oncall.people, or a Slack id; from the command line only one that oncall.yml knows. Whoever takes it for
 * themselves by a link needs no Slack account.
 */
function readPerson(config: Config, { args, via, by }: Command): Actor | Refusal {
  if (via === 'link' && args.to === by) return by;
  const { to } = args;
  const written = typeof to === 'string' ? to.trim() : '';
  const { people } = config.oncall;
  const [, slackId] = SLACK_ID.exec(written) ?? [];
  if (slackId !== undefined) {
    const isKnown = via !== 'cli' || Object.values(people).some(({ slack }) => slack.includes(slackId));
    return isKnown ? `slack:${slackId}` : unknown(written, people);
  }
  if (!Object.hasOwn(people, written)) return unknown(written, people);
  const first = people[written]?.slack[0];
  if (first !== undefined) return `slack:${first}`;
  const what = `${written} has no Slack id in oncall.yml, so nobody could be shown as the owner. Nothing was changed.`;
  return refusal('PERSON_WITHOUT_SLACK', what, 'Name somebody else, or write their Slack id into oncall.yml.');
}

function unknown(written: string, people: Config['oncall']['people']): Refusal {
  const known = Object.keys(people);
  const near = closest(written, known);
  const what = written === '' ? 'Nobody was named.' : `"${written.slice(0, 40)}" is nobody of oncall.yml.`;
  const hint = near.length > 0 ? `Did you mean ${near.join(' or ')}? ` : '';
  return refusal('PERSON_UNKNOWN', `${what} Nothing was changed.`, `${hint}People: ${known.join(', ')}`);
}
