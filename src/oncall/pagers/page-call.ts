/** What a page beside the policy says of itself: an acknowledgement's clock asks, or a person calls. */
import type { IncidentState } from '../../alerts/incident-state.ts';
import type { OncallConfig } from '../../core/config/config.ts';
import type { Beyond, BeyondReason, PageRequest } from '../page.ts';
import { answerTo, type PageAnswer } from '../page-answer.ts';
import { personOf } from '../person.ts';
import { cleanLine } from './clean-line.ts';

/** One line each; names and the message are foreign text, stripped of controls and not escaped. */
export interface PageCall {
  /** `slack-silent`: nothing is asked; an admin is told of an incident that somebody has. */
  readonly why: BeyondReason | 'slack-silent';
  /** Who asked for it: a key of oncall.people, else a plain name; null: the clock. */
  readonly by: string | null;
  /** `ana has it and does not answer: please look`; without a full stop. */
  readonly says: string;
  /** The same in few words and without a name: `its owner does not answer`. */
  readonly brief: string;
  /** What they wrote; null: nothing. */
  readonly message: string | null;
  readonly answer: PageAnswer;
  /** Key of whoever is paged, where the host can make them its owner; null: it cannot. */
  readonly taker: string | null;
}

/** What is known where a page goes out. */
export interface CallContext {
  readonly oncall: OncallConfig;
  /** Plain name of an actor or of a key of oncall.people. */
  readonly nameOf: (actor: string) => string;
}

const LONGEST_NAME = 60;
const LONGEST_MESSAGE = 1000;

const BRIEF: Readonly<Record<BeyondReason, string>> = {
  ask: 'still on it?',
  owner: 'still on it?',
  level: 'its owner does not answer',
  'pass-on': 'passed on to you',
  help: 'help is asked for',
  responder: 'you are called in',
  escalate: 'escalated to you',
};

/** What a page beside the policy says; undefined: it is one of the policy. `message`: what its asker wrote. */
export function callOf(
  { beyond, people, notice }: PageRequest,
  state: IncidentState,
  message: string | null,
  { oncall, nameOf }: CallContext,
): PageCall | undefined {
  if (beyond === undefined) return undefined;
  const [person = null] = people;
  const isOwn = person !== null && personOf(state.owner, oncall) === person;
  const named = (actor: string) => cleanLine(keyOf(actor, oncall) ?? nameOf(actor), LONGEST_NAME);
  const owner = state.owner === null ? 'Its owner' : named(state.owner);
  const answer = answerTo(beyond, state, isOwn) ?? 'ack';
  const taker = person !== null && (oncall.people[person]?.slack.length ?? 0) > 0 ? person : null;
  if (notice !== undefined) return noticed(notice, { owner: isOwn ? 'You' : owner, answer, taker });
  const by = beyond.by === null ? null : named(beyond.by);
  const says = sayingOf(beyond, by ?? 'Somebody', owner);
  const wrote = message === null ? null : cleanLine(message, LONGEST_MESSAGE);
  return { why: beyond.why, by, says, brief: BRIEF[beyond.why], message: wrote, answer, taker };
}

/** An admin is asked nothing, and is told how to act on an incident that somebody has. */
function noticed(
  why: NonNullable<PageRequest['notice']>,
  { owner, answer, taker }: Pick<PageCall, 'answer' | 'taker'> & { readonly owner: string },
): PageCall | undefined {
  if (answer === 'ack') return undefined;
  const has = owner === 'You' ? 'You have it' : `${owner} has it`;
  return { why, by: null, says: has, brief: 'somebody has it', message: null, answer, taker };
}

/** As the rest of a page names people; it does not change between two tries, by which a page is found again. */
function keyOf(actor: string, oncall: OncallConfig): string | null {
  const person = personOf(actor, oncall);
  return person !== null && Object.hasOwn(oncall.people, person) ? person : null;
}

function sayingOf({ why }: Beyond, who: string, owner: string): string {
  switch (why) {
    case 'ask':
      return 'You acknowledged it, and nobody has said anything for a while: still on it?';
    case 'owner':
      return 'You acknowledged it and have not answered: still on it?';
    case 'level':
      return `${owner} has it and does not answer: please look`;
    case 'pass-on':
      return `${who} passes it on to you: please take it`;
    case 'help':
      return `${who} asks for help`;
    case 'responder':
      return `${who} calls you in as a responder`;
    case 'escalate':
      return `${who} escalates it to you`;
    default:
      return why satisfies never;
  }
}

/** `ben escalates it to you: the replica is gone`, or a sentence of its own. `most`: characters of the message. */
export function sentenceOf({ says, message }: PageCall, most = LONGEST_MESSAGE): string {
  if (message !== null) return `${says}: ${cleanLine(message, most)}`;
  return says.endsWith('?') ? says : `${says}.`;
}

/** `still on it? `, before a title; empty for a page of the policy. */
export function leadOf(call: PageCall | undefined): string {
  if (call === undefined) return '';
  return call.brief.endsWith('?') ? `${call.brief} ` : `${call.brief}: `;
}

/** The commands that answer on the host, one after the other. Nobody there can be made an owner without a Slack account. */
export function hostCommands(call: PageCall | undefined, incident: string): readonly string[] {
  const { answer, taker } = call ?? { answer: 'ack', taker: null };
  if (answer === 'still-on-it') return [`gianna-ops incidents still-on-it ${incident}`];
  if (answer === 'ack') return [`gianna-ops ack ${incident}`];
  if (taker !== null) return [`gianna-ops incidents assign ${incident} ${taker}`];
  return [`gianna-ops incidents unack ${incident}`, `gianna-ops ack ${incident}`];
}
