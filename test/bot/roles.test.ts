import { describe, expect, it } from 'vitest';
import type { SlackAccount } from '../../src/bot/directory.ts';
import { createRoles, type Right } from '../../src/bot/roles.ts';
import type { Role, SlackConfig } from '../../src/core/config/config.ts';
import { testConfig, testConfigSource } from '../support/config.ts';
import { silentLogger } from '../support/journal.ts';

const ACCOUNTS: Record<string, Partial<SlackAccount>> = {
  U01ONCALL: {},
  U03BEN: {},
  U02MGR: {},
  U05SRE: {},
  U06SEC: { profile: { email: 'Sec-Lead@company.com' } },
  U07NOBODY: {},
  U08GUEST: { is_restricted: true },
  U09GONE: { deleted: true },
  U10BOT: { is_bot: true },
  U11OTHER: { team_id: 'T99OTHER' },
};

function rolesWith(
  options: {
    within?: SlackConfig['rolesIn'];
    onCall?: string[];
    lists?: Record<string, string[]>;
    groups?: Record<string, string[]> | null;
  } = {},
) {
  const config = testConfig();
  const everyone = Object.keys(ACCOUNTS);
  const source = testConfigSource({
    ...config,
    slack: {
      ...config.slack,
      roles: { ...config.slack.roles, ...options.lists },
      rolesIn: options.within ?? {},
    },
  });
  const groups: Record<string, string[]> | null = options.groups === undefined ? { sre: ['U05SRE'] } : options.groups;
  const roles = createRoles({
    config: source,
    logger: silentLogger,
    teamId: () => 'T01TEST',
    onCallNow: () => options.onCall ?? [],
    directory: {
      account: async (id) => (everyone.includes(id) ? { id, team_id: 'T01TEST', ...ACCOUNTS[id] } : null),
      membersOf: async (handle) => (groups?.[handle] === undefined ? null : new Set(groups[handle])),
      personOf: (id) => (id === 'U01ONCALL' ? 'ana' : id === 'U03BEN' || id === 'U03DEV' ? 'ben' : null),
    },
  });
  return { roles, source };
}

describe('roles', () => {
  it.each([
    ['U01ONCALL', ['viewer', 'responder'], 'a person of oncall.yml by key'],
    ['U03BEN', ['viewer', 'responder'], 'any id of a person who has several'],
    ['U05SRE', ['viewer', 'responder'], 'a member of a listed user group'],
    ['U02MGR', ['viewer', 'approver', 'admin', 'responder'], 'an approver, who may what a responder may'],
    ['U06SEC', ['viewer', 'security'], 'somebody listed by e-mail, in any case'],
    ['U07NOBODY', ['viewer'], 'somebody whom nothing lists'],
  ])('gives %s %j: %s', async (user, expected) => {
    const { roles } = rolesWith();

    expect([...(await roles.rolesOf(user))].sort()).toEqual([...expected].sort());
  });

  it.each([
    ['production', true],
    ['staging', false],
    [null, false],
    ['*', true],
  ])('gives a role of one environment for what is all in %s: %s', async (environment, allowed) => {
    const none = { responder: [], approver: [], security: [], admin: [] };
    const within = { production: { ...none, approver: ['U07NOBODY'] }, staging: { ...none, approver: ['U05SRE'] } };
    const { roles } = rolesWith({ within });

    const permission = await roles.may('U07NOBODY', 'approve', null, [], environment);

    expect(permission.allowed).toBe(allowed);
    expect((await roles.rolesOf('U07NOBODY')).has('approver')).toBe(false);
  });

  it.each(['U08GUEST', 'U09GONE', 'U10BOT', 'U11OTHER'])(
    'lets %s be nothing but a viewer, whatever lists it',
    async (user) => {
      const { roles } = rolesWith({ lists: { responder: [user], approver: [user] } });

      expect([...(await roles.rolesOf(user))]).toEqual(['viewer']);
    },
  );

  it('makes whoever is on call now a responder, and only now', async () => {
    const onCall = ['ana'];
    const { roles } = rolesWith({ lists: { responder: [] }, onCall });
    expect((await roles.may('U01ONCALL', 'R2')).allowed).toBe(true);

    onCall.length = 0;

    expect((await roles.may('U01ONCALL', 'R2')).allowed).toBe(false);
  });

  it('takes an empty list for nobody and an unreadable group for nothing', async () => {
    const { roles } = rolesWith({ lists: { responder: [] } });
    const { roles: blind } = rolesWith({ groups: null });

    expect((await roles.may('U03BEN', 'R1')).allowed).toBe(false);
    expect((await blind.may('U05SRE', 'R1')).allowed).toBe(false);
  });

  it('follows a reload at the next question', async () => {
    const { roles, source } = rolesWith();
    expect((await roles.may('U03BEN', 'R2')).allowed).toBe(true);

    source.swap({
      ...source.current(),
      slack: { ...source.current().slack, roles: { responder: [], approver: [], security: [], admin: [] } },
    });

    expect((await roles.may('U03BEN', 'R2')).allowed).toBe(false);
  });

  const EVERY: readonly Right[] = ['read', 'evidence', 'R1', 'R2', 'R3', 'approve', 'drill'];
  const TABLE: Array<[string, string | null, Right[]]> = [
    ['U07NOBODY', 'ops', ['read']],
    ['U05SRE', 'ops', ['read', 'evidence', 'R1', 'R2', 'R3']],
    ['U02MGR', 'ops', ['read', 'evidence', 'R1', 'R2', 'R3', 'approve', 'drill']],
    ['U06SEC', 'ops', ['read']],
    ['U06SEC', 'security', ['read', 'evidence', 'R1', 'R3', 'approve']],
    ['U06SEC', null, ['read']],
    ['U08GUEST', 'security', ['read']],
  ];
  it.each(TABLE)('lets %s in channel %s do exactly %j', async (user, channel, allowed) => {
    const { roles } = rolesWith();

    const may: Right[] = [];
    for (const right of EVERY) {
      if ((await roles.may(user, right, channel)).allowed) may.push(right);
    }

    expect(may).toEqual(allowed);
  });

  it.each<[string, string, string | null, Role[], boolean]>([
    ['R2', 'U05SRE', 'ops', ['approver'], false],
    ['R2', 'U02MGR', 'ops', ['approver'], true],
    ['R2', 'U02MGR', 'ops', ['responder'], true],
    ['R3', 'U05SRE', 'security', ['security'], false],
    ['R2', 'U06SEC', 'security', ['security'], true],
    ['R2', 'U06SEC', 'security', ['responder'], false],
    ['R2', 'U06SEC', 'ops', ['security'], false],
    ['R1', 'U07NOBODY', 'ops', ['responder'], false],
    ['R3', 'U02MGR', 'ops', ['admin'], false],
  ])('for %s by %s in channel %s of a runbook that is for %j: %s', async (right, user, channel, who, expected) => {
    const { roles } = rolesWith();

    const permission = await roles.may(user, right as Right, channel, who);

    expect(permission.allowed).toBe(expected);
  });

  it('gives an admin who is on no other list no right to act', async () => {
    const { roles } = rolesWith({ lists: { approver: [], admin: ['U07NOBODY'] } });

    expect(await roles.may('U07NOBODY', 'R1')).toMatchObject({ allowed: false, needs: ['responder'] });
  });
});
