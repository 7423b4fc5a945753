import { randomUUID } from 'node:crypto';
import { joinBatchParts } from '../../alerts/change.ts';
import type { IncidentAbout, IncidentState } from '../../alerts/incident-state.ts';
import type { Clock } from '../../core/clock.ts';
import type { Actor, Command, SubmitCommand } from '../../core/command.ts';
import type { ConfigSource, Severity } from '../../core/config/config.ts';
import type { Journal } from '../../journal/port.ts';
import { PAGE_KINDS } from '../page.ts';
import type { CommandDecision, CommandHandler, OncallPart } from '../part.ts';
import { ACK_LINK, linkIdOf, useLink } from './link-state.ts';
import { type LinkClaims, pageDigest, readLink, signLink } from './link-token.ts';

/** What stands behind a link, now. */
export type LinkView =
  /** Not one of ours, or its incident or person is gone. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'expired'; readonly incident: string }
  | ({ readonly kind: 'open' } & LinkedIncident)
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
  /** Further incidents that the same message named: the link takes them too. */
  readonly others: readonly string[];
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
  /** Uses a link: resolves once it was decided. What came of it, `look` tells. */
  use(token: string, submit: SubmitCommand): Promise<void>;
  readonly part: OncallPart;
}

const VALID_MS = 24 * 3_600_000;
const VERB = 'ack-by-link';

/** Acknowledging by a link: signed, for one page of one person, for 24 hours, once. */
export function createAckLinks({ journal, config, clock, keys, publicUrl, decideIncident }: AckLinksDeps): AckLinks {
  async function look(token: string): Promise<LinkView> {
    const claims = readLink(token, keys);
    if (claims === null || config.current().oncall.people[claims.person] === undefined) return { kind: 'unknown' };
    const row = await journal.aggregate<IncidentState>('incident', claims.incident);
    if (row === null) return { kind: 'unknown' };
    const isUsed = (await journal.aggregate(ACK_LINK, linkIdOf(claims))) !== null;
    if (!isUsed && clock.now() > claims.expiresAt) return { kind: 'expired', incident: claims.incident };
    const shown = await shownOf(row.state, claims);
    if (!isUsed && row.state.status === 'firing') return { kind: 'open', ...shown };
    return { kind: 'settled', isUsed, isOwn: row.state.owner === actorOf(claims.person), ...shown };
  }

  async function shownOf({ id, severity, service, status, owner, openedAt, about }: IncidentState, claims: LinkClaims) {
    const text = await journal.payload(about);
    const title = text === null ? id : (JSON.parse(text) as IncidentAbout).title;
    const others = await othersOf(claims);
    return { incident: id, severity, title, service, status, owner, person: claims.person, openedAt, others };
  }

  /** What the message of the page named beside its own incident. */
  async function othersOf({ incident, page }: LinkClaims): Promise<string[]> {
    const pages = await journal.effects({ kinds: PAGE_KINDS, states: ['done'], incident });
    const found = pages.find(({ key }) => pageDigest(key) === page);
    const names = Array.isArray(found?.result?.names) ? found.result.names.map(String) : [];
    return names.filter((name) => name !== incident);
  }

  /** The person's Slack account, as a click would be; without one the person of oncall.yml. */
  function actorOf(person: string): Actor {
    const first = config.current().oncall.people[person]?.slack[0];
    return first === undefined ? `person:${person}` : `slack:${first}`;
  }

  async function use(token: string, submit: SubmitCommand): Promise<void> {
    const claims = readLink(token, keys);
    if (claims === null) return;
    const by = actorOf(claims.person);
    const { incident } = claims;
    const args = { person: claims.person, page: claims.page, expiresAt: claims.expiresAt };
    const command: Command = { v: 1, verb: VERB, by, at: clock.now(), via: 'link', incident, args };
    const taken = await submit(`link|${randomUUID()}`, command);
    await taken.outcome;
  }

  const handle: CommandHandler = async (command) => {
    const { incident = '', args } = command;
    const claims = {
      incident,
      person: String(args.person),
      page: String(args.page),
      expiresAt: Number(args.expiresAt),
    };
    const isUsed = (await journal.aggregate(ACK_LINK, linkIdOf(claims))) !== null;
    if (isUsed) return refused('LINK_USED', 'This link was used already.');
    if (command.at > claims.expiresAt) return refused('LINK_EXPIRED', 'This link has expired.');
    const { batch, outcome } = await decideIncident({ ...command, verb: 'ack', args: {} });
    const others = await Promise.all(
      (await othersOf(claims)).map((other) => decideIncident({ ...command, incident: other, verb: 'ack', args: {} })),
    );
    const taken = [batch, ...others.map((each) => each.batch)].flatMap((each) => each ?? []);
    const part = joinBatchParts([...taken, { aggregates: [useLink(claims, clock.now())] }]);
    return { outcome, batch: { ...batch, at: batch?.at ?? clock.now(), actor: command.by, ...part } };
  };

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

function refused(code: string, text: string): CommandDecision {
  const remedy = 'Acknowledge in Slack, or on the host: gianna-ops ack GI-<n>';
  return { batch: null, outcome: { kind: 'refused', code, text, remedy } };
}
