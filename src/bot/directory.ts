import type { WebClient } from '@slack/web-api';
import * as z from 'zod';
import type { Clock } from '../core/clock.ts';
import type { Actor } from '../core/command.ts';
import type { Config, ConfigSource } from '../core/config/config.ts';
import type { Logger } from '../core/logger.ts';

/** What Slack says about an account (`users.info`), as far as rights and names need it. */
export const SlackAccount = z.object({
  id: z.string(),
  team_id: z.string().optional(),
  name: z.string().optional(),
  deleted: z.boolean().optional(),
  is_bot: z.boolean().optional(),
  is_restricted: z.boolean().optional(),
  is_ultra_restricted: z.boolean().optional(),
  is_stranger: z.boolean().optional(),
  tz: z.string().nullish(),
  real_name: z.string().nullish(),
  profile: z
    .object({ email: z.string().nullish(), display_name: z.string().nullish(), real_name: z.string().nullish() })
    .optional(),
});
export type SlackAccount = z.infer<typeof SlackAccount>;

const Usergroups = z.object({
  usergroups: z.array(z.object({ handle: z.string(), users: z.array(z.string()).optional() })),
});

/** People as Slack knows them, and as the configuration does. Reads are cached briefly; Slack away gives nulls. */
export interface Directory {
  /** The account, null when Slack does not tell (an answer up to a day old is used then). */
  account(userId: string): Promise<SlackAccount | null>;
  /** Members of a user group by its handle without `@`; null when it cannot be read. */
  membersOf(handle: string): Promise<ReadonlySet<string> | null>;
  /** The plain display name of an actor or of a key of oncall.people, at once: from the cache, else the key, else the id. Never a mention. */
  nameOf(actor: string): string;
  /** The person of oncall.yml who has this Slack id. */
  personOf(userId: string): string | null;
  /** The person's display name by key, else the key. */
  nameOfPerson(person: string): string;
  /** Reads the accounts of everybody in oncall.yml, so that `nameOf` knows them. */
  warm(): Promise<void>;
}

export interface DirectoryDeps {
  readonly client: Pick<WebClient, 'apiCall'>;
  readonly config: ConfigSource;
  readonly clock: Clock;
  readonly logger: Logger;
}

const ACCOUNT_FRESH_MS = 30_000;
const ACCOUNT_STALE_MS = 86_400_000;
const GROUPS_FRESH_MS = 5_000;
/** A click has to be answered within 3 s: Slack's own answer may take no more than this of it. */
const PATIENCE_MS = 900;
/** What Slack did not tell is not asked again at once: many look at the same account. */
const UNTOLD_MS = 5_000;
const MOST_ACCOUNTS = 2_000;
/** A name that is wanted for a message and not known is asked for no more often than this. */
const WONDER_MS = 60_000;

/** Creates the directory over `users.info` and `usergroups.list`. */
export function createDirectory(deps: DirectoryDeps): Directory {
  const accounts = new Map<string, { at: number; account: SlackAccount }>();
  const wondered = new Map<string, number>();
  const asked = new Map<string, { at: number; answer: Promise<unknown> }>();
  let groups: { at: number; members: Map<string, ReadonlySet<string>> } | null = null;

  async function call(method: string, args: Record<string, unknown>): Promise<unknown> {
    const late = new Promise<null>((resolve) => deps.clock.after(PATIENCE_MS, () => resolve(null)));
    const asked = deps.client.apiCall(method, args).catch((error: unknown) => {
      deps.logger.debug({ err: error, method }, 'slack directory could not be read');
      return null;
    });
    return Promise.race([asked, late]);
  }

  async function account(userId: string): Promise<SlackAccount | null> {
    const now = deps.clock.monotonicMs();
    const known = accounts.get(userId);
    if (known !== undefined && now - known.at < ACCOUNT_FRESH_MS) return known.account;
    return once(`account:${userId}`, () => readAccount(userId));
  }

  /** The answer under way, or the one of the last seconds, in place of another call. */
  function once<T>(name: string, ask: () => Promise<T>): Promise<T> {
    const now = deps.clock.monotonicMs();
    const last = asked.get(name);
    if (last !== undefined && now - last.at < UNTOLD_MS) return last.answer as Promise<T>;
    if (asked.size >= MOST_ACCOUNTS) asked.clear();
    const answer = ask();
    asked.set(name, { at: now, answer });
    return answer;
  }

  async function readAccount(userId: string): Promise<SlackAccount | null> {
    const now = deps.clock.monotonicMs();
    const known = accounts.get(userId);
    const answer = z.object({ user: SlackAccount }).safeParse(await call('users.info', { user: userId }));
    if (!answer.success) return known !== undefined && now - known.at < ACCOUNT_STALE_MS ? known.account : null;
    if (accounts.size >= MOST_ACCOUNTS) accounts.clear();
    accounts.set(userId, { at: now, account: answer.data.user });
    return answer.data.user;
  }

  async function readGroups(): Promise<Map<string, ReadonlySet<string>> | null> {
    const now = deps.clock.monotonicMs();
    if (groups !== null && now - groups.at < GROUPS_FRESH_MS) return groups.members;
    return once('usergroups', () => askGroups(now));
  }

  async function askGroups(now: number): Promise<Map<string, ReadonlySet<string>> | null> {
    const answer = Usergroups.safeParse(await call('usergroups.list', { include_users: true }));
    if (!answer.success) return null;
    const members = new Map<string, ReadonlySet<string>>();
    for (const group of answer.data.usergroups) members.set(group.handle, new Set(group.users ?? []));
    groups = { at: now, members };
    return members;
  }

  /** The cached name of an account; one that is not known is asked for in the background. */
  function knownName(id: string): string | null {
    const known = accounts.get(id);
    if (known !== undefined) return displayName(known.account);
    const now = deps.clock.monotonicMs();
    if (now - (wondered.get(id) ?? Number.NEGATIVE_INFINITY) >= WONDER_MS) {
      if (wondered.size >= MOST_ACCOUNTS) wondered.clear();
      wondered.set(id, now);
      void account(id);
    }
    return null;
  }

  function nameOfPerson(person: string): string {
    const { people } = deps.config.current().oncall;
    const id = Object.hasOwn(people, person) ? people[person]?.slack[0] : undefined;
    return (id === undefined ? null : knownName(id)) ?? person;
  }

  function nameOf(actor: string): string {
    if (!actor.startsWith('slack:')) return ACTORS.get(actor) ?? nameOfPerson(actor.replace(/^person:/, ''));
    const id = actor.slice('slack:'.length);
    return knownName(id) ?? personOf(deps.config.current(), id) ?? id;
  }

  return {
    account,
    membersOf: async (handle) => (await readGroups())?.get(handle) ?? null,
    nameOf,
    personOf: (userId) => personOf(deps.config.current(), userId),
    nameOfPerson,
    warm: async () => {
      const ids = Object.values(deps.config.current().oncall.people).flatMap((person) => person.slack.slice(0, 1));
      await Promise.all(ids.map((id) => account(id)));
    },
  };
}

const ACTORS: ReadonlyMap<string, string> = new Map([
  ['local', 'the command line'],
  ['auto', 'Gianna Ops'],
  ['alertmanager', 'Alertmanager'],
  ['grafana', 'Grafana'],
  ['event', 'an event'],
]);

/** What people read beside the account's messages; a display name that only repeats the handle gives way to the real name. */
function displayName({ name, profile, real_name }: SlackAccount): string | null {
  const chosen = profile?.display_name === name ? null : profile?.display_name;
  const names = [chosen, real_name, profile?.real_name, profile?.display_name, name];
  return names.find((each) => typeof each === 'string' && each.trim() !== '') ?? null;
}

function personOf(config: Config, userId: string): string | null {
  for (const [key, person] of Object.entries(config.oncall.people)) {
    if (person.slack.includes(userId)) return key;
  }
  return null;
}

/** The actor that a Slack account is. */
export function actorOf(userId: string): Actor {
  return `slack:${userId}`;
}
