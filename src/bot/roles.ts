import type { ConfigSource, Role } from '../core/config/config.ts';
import { ROLES } from '../core/config/config.ts';
import type { Logger } from '../core/logger.ts';
import type { Directory, SlackAccount } from './directory.ts';

/**
 * What may be asked for, by risk (CONFIG.md, Rights): `read` is status, help, oncall and probe summaries; `evidence`
 * is logs and diagnosis in a thread; `R1` acknowledges and resolves; `R2` affects the service; `drill` pages people without need.
 */
export type Right = 'read' | 'evidence' | 'R1' | 'R2' | 'approve' | 'drill';

export type Permission =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly needs: readonly Role[]; readonly reason: string };

export interface Roles {
  /** Roles of an account as the configuration and Slack say now. Everybody is a viewer; guests are nothing more. */
  rolesOf(userId: string): Promise<ReadonlySet<Role | 'viewer'>>;
  /** Whether an account may, now. `channel` is our own word for the incident's channel (`security`), null without one. */
  may(userId: string, right: Right, channel?: string | null): Promise<Permission>;
}

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

  async function rolesOf(userId: string): Promise<ReadonlySet<Role | 'viewer'>> {
    const roles = new Set<Role | 'viewer'>(['viewer']);
    const account = await deps.directory.account(userId);
    if (account !== null && isOutsider(account, deps.teamId())) return roles;
    for (const role of ROLES) {
      for (const entry of deps.config.current().slack.roles[role]) {
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
    may: async (userId, right, channel = null) => decideRight(await rolesOf(userId), right, channel),
  };
}

/** The table of CONFIG.md, Rights, for what exists in this release. In incidents of channel `security` that role stands in for R1. */
export function decideRight(roles: ReadonlySet<Role | 'viewer'>, right: Right, channel: string | null): Permission {
  if (right === 'drill') {
    if (roles.has('admin') || roles.has('approver')) return { allowed: true };
    return { allowed: false, needs: ['admin', 'approver'], reason: 'needs the role admin or approver' };
  }
  if (right === 'approve') return mayApprove(roles, channel);
  if (right === 'read' || roles.has('responder') || roles.has('approver')) return { allowed: true };
  const securityMay = channel === 'security' && right !== 'R2';
  if (securityMay && roles.has('security')) return { allowed: true };
  const needs: Role[] = securityMay ? ['responder', 'security'] : ['responder'];
  return { allowed: false, needs, reason: `needs the role ${needs.join(' or ')}, or being on call now` };
}

/** Approvers, and the role security in incidents of its channel; nobody else, admins neither. */
function mayApprove(roles: ReadonlySet<Role | 'viewer'>, channel: string | null): Permission {
  if (roles.has('approver') || (channel === 'security' && roles.has('security'))) return { allowed: true };
  const needs: Role[] = channel === 'security' ? ['approver', 'security'] : ['approver'];
  return { allowed: false, needs, reason: `needs the role ${needs.join(' or ')}` };
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
