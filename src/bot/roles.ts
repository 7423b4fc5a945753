import type { ConfigSource, Role, SlackConfig } from '../core/config/config.ts';
import { ROLES } from '../core/config/config.ts';
import type { Logger } from '../core/logger.ts';
import type { Directory, SlackAccount } from './directory.ts';

/**
 * What may be asked for, by risk (CONFIG.md, Rights): `read` is status, help, oncall and probe summaries; `evidence`
 * is logs and diagnosis in a thread; `R1` acknowledges and resolves; `R2` affects the service; `R3` destroys or concerns
 * secrets; `approve` is the second person's word; `drill` pages people without need; `admin` is what admins do.
 */
export type Right = 'read' | 'evidence' | 'R1' | 'R2' | 'R3' | 'approve' | 'drill' | 'admin';

export type Permission =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly needs: readonly Role[]; readonly reason: string };

export interface Roles {
  /**
   * Roles of an account as the configuration and Slack say now, with those of one environment. Everybody is a viewer;
   * guests are nothing more.
   */
  rolesOf(userId: string, environment?: Environment): Promise<ReadonlySet<Role | 'viewer'>>;
  /**
   * Whether an account may, now. `channel` is our own word for the incident's channel (`security`), null without one;
   * `who`: the roles that a runbook is for, none: whoever the right allows.
   */
  may(
    userId: string,
    right: Right,
    channel?: string | null,
    who?: readonly Role[],
    environment?: Environment,
  ): Promise<Permission>;
}

/** An environment of hosts.yml; `*`: any of them, where the room itself looks again at the right one; null: none. */
export type Environment = string | null;

export interface RolesDeps {
  readonly config: ConfigSource;
  readonly directory: Pick<Directory, 'account' | 'membersOf' | 'personOf'>;
  /** Keys of the people who are on call now, of all schedules. */
  readonly onCallNow: () => readonly string[];
  /** Our workspace; null while it is not known. */
  readonly teamId: () => string | null;
  readonly logger: Logger;
}

/** Creates the answer to "who may": resolved at the click, and again by whoever runs something. Nothing is remembered. */
export function createRoles(deps: RolesDeps): Roles {
  const warned = new Set<string>();

  async function isListed(userId: string, entry: string, account: SlackAccount | null): Promise<boolean> {
    const person = deps.config.current().oncall.people[entry];
    if (person !== undefined) return person.slack.includes(userId) || sameEmail(person.email, account);
    if (entry.startsWith('@')) return isMember(userId, entry.slice(1));
    if (entry.includes('@')) return sameEmail(entry, account);
    return entry === userId;
  }

  async function isMember(userId: string, handle: string): Promise<boolean> {
    const members = await deps.directory.membersOf(handle);
    if (members !== null) return members.has(userId);
    if (!warned.has(handle)) deps.logger.warn({ usergroup: handle }, 'user group cannot be read and grants nothing');
    warned.add(handle);
    return false;
  }

  async function rolesOf(userId: string, environment: Environment = null): Promise<ReadonlySet<Role | 'viewer'>> {
    const roles = new Set<Role | 'viewer'>(['viewer']);
    const account = await deps.directory.account(userId);
    if (account !== null && isOutsider(account, deps.teamId())) return roles;
    for (const role of ROLES) {
      for (const entry of listedIn(deps.config.current().slack, role, environment)) {
        if (roles.has(role)) break;
        if (await isListed(userId, entry, account)) roles.add(role);
      }
    }
    const person = deps.directory.personOf(userId);
    if (roles.has('approver') || (person !== null && deps.onCallNow().includes(person))) roles.add('responder');
    return roles;
  }

  return {
    rolesOf,
    may: async (userId, right, channel = null, who = [], environment = null) =>
      decideRight(await rolesOf(userId, environment), right, channel, who),
  };
}

function listedIn({ roles, rolesIn = {} }: SlackConfig, role: Role, environment: Environment): readonly string[] {
  const within = Object.entries(rolesIn).filter(([name]) => name === environment || environment === '*');
  return [...roles[role], ...within.flatMap(([, holders]) => holders[role])];
}

/**
 * The table of CONFIG.md, Rights. In incidents of channel `security` that role stands in for all but R2: what affects a
 * service is for it only where a runbook names it (`who`), which narrows for everybody else.
 */
export function decideRight(
  roles: ReadonlySet<Role | 'viewer'>,
  right: Right,
  channel: string | null,
  who: readonly Role[] = [],
): Permission {
  if (right === 'read') return { allowed: true };
  const needs = rolesFor(right, channel, who);
  if (needs.some((role) => roles.has(role))) return { allowed: true };
  // an approver may what a responder may, and need not be named
  const named = needs.includes('responder') ? needs.filter((role) => role !== 'approver') : needs;
  if (named.length === 0) return { allowed: false, needs: [], reason: 'is for nobody here' };
  const onCall = named.includes('responder') ? ', or being on call now' : '';
  return { allowed: false, needs: named, reason: `needs the role ${named.join(' or ')}${onCall}` };
}

function rolesFor(right: Exclude<Right, 'read'>, channel: string | null, who: readonly Role[]): Role[] {
  if (right === 'admin') return ['admin'];
  if (right === 'drill') return ['admin', 'approver'];
  // an admin is no approver unless listed
  if (right === 'approve') return channel === 'security' ? ['approver', 'security'] : ['approver'];
  const isSecurity = channel === 'security' && (right !== 'R2' || who.includes('security'));
  const allowed: Role[] = ['responder', 'approver', ...(isSecurity ? (['security'] as const) : [])];
  return who.length === 0 ? allowed : allowed.filter((role) => who.includes(role));
}

/** Guests, bots, deactivated accounts and people of other workspaces are viewers whatever lists them. */
function isOutsider(account: SlackAccount, teamId: string | null): boolean {
  const other = teamId !== null && account.team_id !== undefined && account.team_id !== teamId;
  return [
    account.deleted,
    account.is_bot,
    account.is_restricted,
    account.is_ultra_restricted,
    account.is_stranger,
    other,
  ].some((fact) => fact === true);
}

function sameEmail(email: string | null, account: SlackAccount | null): boolean {
  const theirs = account?.profile?.email;
  return typeof email === 'string' && typeof theirs === 'string' && email.toLowerCase() === theirs.toLowerCase();
}
