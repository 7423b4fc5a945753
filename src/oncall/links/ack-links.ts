import { randomUUID } from 'node:crypto';
import { joinBatchParts } from '../../alerts/change.ts';
import type { IncidentAbout, IncidentState } from '../../alerts/incident-state.ts';
import type { Clock } from '../../core/clock.ts';
import type { Command, SubmitCommand } from '../../core/command.ts';
import type { ConfigSource, Severity } from '../../core/config/config.ts';
import type { Journal } from '../../journal/port.ts';
import type { CommandDecision, CommandHandler, OncallPart } from '../part.ts';
import { actorOf } from '../person.ts';
import { answersTo, isAsShown, isOwner, type LinkAnswer } from './link-answers.ts';
import { ACK_LINK, linkIdOf, useLink } from './link-state.ts';
import { type LinkClaims, pageDigest, readLink, signLink } from './link-token.ts';
import { type LinkedPage, linkedPages } from './linked-pages.ts';

/** What stands behind a link, now. */
export type LinkView =
  /** Not one of ours, or its incident or person is gone. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'expired'; readonly incident: string }
  /** There is something to press: the answer that fits its own incident first, then those of the others. */
  | ({ readonly kind: 'open'; readonly answers: readonly [LinkAnswer, ...LinkAnswer[]] } & LinkedIncident)
  /** There is nothing to press: it was used, or somebody owns the incident, or it is over. `owner`: key or id. */
  | ({ readonly kind: 'settled'; readonly isUsed: boolean; readonly isOwn: boolean } & LinkedIncident);

export interface LinkedIncident {
  readonly incident: string;
  readonly severity: Severity;
  /** Foreign: escape before showing. */
  readonly title: string;
  readonly service: string | null;
  readonly status: IncidentState['status'];
  /** Whoever owns it, as actor; null: nobody. */
  readonly owner: string | null;
  readonly person: string;
  readonly openedAt: number;
  /** Further incidents that the same message named: the link answers for them too. */
  readonly others: readonly string[];
  /** Its page was one beside the policy: somebody had the incident, or somebody called. */
  readonly isBeside: boolean;
}

/** Decides a command about an incident; the alerts room does. */
export type DecideIncident = (command: Command) => Promise<CommandDecision>;

export interface AckLinksDeps {
  readonly journal: Journal;
  readonly config: ConfigSource;
  readonly clock: Clock;
  /** The first signs, all verify. */
  readonly keys: readonly string[];
  /** Base of links; null: none are made. */
  readonly publicUrl: string | null;
  readonly decideIncident: DecideIncident;
}

export interface AckLinks {
  /** The address that acknowledges one page of a person; null: there is none for it. */
  urlOf(page: {
    readonly key: string;
    readonly incident: string;
    readonly person: string | null;
    readonly askedAt: number;
  }): string | null;
  look(token: string): Promise<LinkView>;
  /**
   * Uses a link: resolves once it was decided. What came of it, `look` tells. `shown`: the answers that the button was
   * shown with (`answersText`); where another one fits by now nothing is done, and the link stays good. null: not known.
   */
  use(token: string, submit: SubmitCommand, shown?: string | null): Promise<void>;
  readonly part: OncallPart;
}

const VALID_MS = 24 * 3_600_000;
const VERB = 'ack-by-link';

/** Answering a page by a link: signed, for one page of one person, for 24 hours, once. */
export function createAckLinks({ journal, config, clock, keys, publicUrl, decideIncident }: AckLinksDeps): AckLinks {
  async function look(token: string): Promise<LinkView> {
    const claims = readLink(token, keys);
    if (claims === null || config.current().oncall.people[claims.person] === undefined) return { kind: 'unknown' };
    const row = await journal.aggregate<IncidentState>('incident', claims.incident);
    if (row === null) return { kind: 'unknown' };
    const isUsed = (await journal.aggregate(ACK_LINK, linkIdOf(claims))) !== null;
    if (!isUsed && clock.now() > claims.expiresAt) return { kind: 'expired', incident: claims.incident };
    const pages = await linkedPages(journal, claims);
    const { person } = claims;
    const shown = { ...(await shownOf(row.state, pages)), person };
    const reader = { journal, oncall: config.current().oncall, person };
    const [own, ...others] = isUsed ? [] : await answersTo(pages, reader);
    if (own?.incident === claims.incident) return { kind: 'open', answers: [own, ...others], ...shown };
    return { kind: 'settled', isUsed, isOwn: isOwner(row.state, reader), ...shown };
  }

  async function shownOf(state: IncidentState, [own, ...rest]: readonly LinkedPage[]) {
    const { id, severity, service, status, owner, openedAt, about } = state;
    const text = await journal.payload(about);
    const title = text === null ? id : (JSON.parse(text) as IncidentAbout).title;
    const others = rest.map(({ incident }) => incident);
    return {
      incident: id,
      severity,
      title,
      service,
      status,
      owner,
      openedAt,
      others,
      isBeside: own?.beyond !== undefined,
    };
  }

  async function use(token: string, submit: SubmitCommand, shown: string | null = null): Promise<void> {
    const claims = readLink(token, keys);
    if (claims === null) return;
    const by = actorOf(claims.person, config.current().oncall);
    const { incident, person, page, expiresAt } = claims;
    const args = { person, page, expiresAt, shown };
    const command: Command = { v: 1, verb: VERB, by, at: clock.now(), via: 'link', incident, args };
    const taken = await submit(`link|${randomUUID()}`, command);
    await taken.outcome;
  }

  const handle: CommandHandler = async (command) => {
    const { args } = command;
    const claims = claimsOf(command);
    const isUsed = (await journal.aggregate(ACK_LINK, linkIdOf(claims))) !== null;
    if (isUsed) return refused('LINK_USED', 'This link was used already.');
    if (command.at > claims.expiresAt) return refused('LINK_EXPIRED', 'This link has expired.');
    const reader = { journal, oncall: config.current().oncall, person: claims.person };
    const answers = await answersTo(await linkedPages(journal, claims), reader);
    if (typeof args.shown === 'string' && !isAsShown(answers, args.shown))
      return refused('LINK_CHANGED', 'It stands otherwise by now; nothing was done.', 'Look again, then press.');
    const own = answers.find(({ incident }) => incident === claims.incident);
    const { batch, outcome } = await decide(command, own ?? { incident: claims.incident, answer: 'ack' });
    const rest = answers.filter((each) => each !== own);
    const others = await Promise.all(rest.map((each) => decide(command, each)));
    const taken = [batch, ...others.map((each) => each.batch)].flatMap((each) => each ?? []);
    const part = joinBatchParts([...taken, { aggregates: [useLink(claims, clock.now())] }]);
    return { outcome, batch: { ...batch, at: batch?.at ?? clock.now(), actor: command.by, ...part } };
  };

  function decide(command: Command, { incident, answer }: LinkAnswer): Promise<CommandDecision> {
    if (answer !== 'take-over') return decideIncident({ ...command, incident, verb: answer, args: {} });
    return decideIncident({ ...command, incident, verb: 'assign', args: { to: command.by } });
  }

  return {
    urlOf: ({ key, incident, person, askedAt }) => {
      const [signing] = keys;
      if (publicUrl === null || person === null || signing === undefined) return null;
      const claims = { incident, person, page: pageDigest(key), expiresAt: askedAt + VALID_MS };
      return `${publicUrl}/a/${signLink(claims, signing)}`;
    },
    look,
    use,
    part: { commands: { [VERB]: handle } },
  };
}

function claimsOf({ incident = '', args }: Command): LinkClaims {
  return { incident, person: String(args.person), page: String(args.page), expiresAt: Number(args.expiresAt) };
}

const ELSEWHERE = 'Acknowledge in Slack, or on the host: gianna-ops ack GI-<n>';

function refused(code: string, text: string, remedy = ELSEWHERE): CommandDecision {
  return { batch: null, outcome: { kind: 'refused', code, text, remedy } };
}
