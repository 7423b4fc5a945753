import { afterEach, describe, expect, it } from 'vitest';
import type { Role } from '../../src/core/config/config.ts';
import { testConfig, testParameter, testRunbook, testStep } from '../support/config.ts';
import { createRunWorld, type RunWorld } from '../support/run-world.ts';

const REQUESTER = 'slack:U01ONCALL';
const APPROVER = 'slack:U05';

/** Who there is. `again`: the human who asked, by another account. */
const USERS = {
  requester: { actor: REQUESTER, roles: ['responder', 'approver'] },
  again: { actor: 'slack:U02AGAIN', roles: ['responder', 'approver'] },
  responder: { actor: 'slack:U03', roles: ['responder'] },
  viewer: { actor: 'slack:U04', roles: [] },
  approver: { actor: APPROVER, roles: ['approver', 'responder'] },
  security: { actor: 'slack:U06', roles: ['security'] },
  admin: { actor: 'slack:U07', roles: ['admin'] },
  securityApprover: { actor: 'slack:U08', roles: ['security', 'approver'] },
  commandLine: { actor: 'local', roles: ['responder'] },
} as const;
type User = keyof typeof USERS;

const VERBS = [
  'approve',
  'deny',
  'break-glass',
  'stop',
  'abort',
  'continue',
  'skip',
  'resume',
  'undo',
  'abandon',
] as const;
type Verb = (typeof VERBS)[number];

const STATES = ['asked', 'expired', 'drifted', 'running', 'asking', 'interrupted', 'succeeded', 'denied'] as const;
type State = (typeof STATES)[number];

const MAY_RUN: readonly User[] = ['requester', 'again', 'responder', 'approver', 'securityApprover', 'commandLine'];

/** The whole table: whoever is not named may not, in that state (CONFIG.md, Rights; DESIGN.md, Contracts). */
const ALLOWED: Readonly<Record<State, Partial<Record<Verb, readonly User[]>>>> = {
  asked: {
    approve: ['approver', 'securityApprover'],
    deny: ['requester', 'again', 'approver', 'securityApprover'],
    // GI-1 is an acknowledged P1 of the requester
    'break-glass': ['requester', 'again'],
  },
  expired: {},
  drifted: { deny: ['requester', 'again', 'approver', 'securityApprover'] },
  running: { stop: MAY_RUN, abort: MAY_RUN },
  asking: { stop: MAY_RUN, abort: MAY_RUN, continue: MAY_RUN, skip: MAY_RUN },
  interrupted: { resume: MAY_RUN, skip: MAY_RUN, undo: MAY_RUN, abandon: MAY_RUN },
  succeeded: { undo: MAY_RUN },
  denied: {},
};

const PAUSE = testStep('halt', 'service.stop', { service: 'gianna' });
const LAST = testStep('last', 'service.stop', { service: 'redis' });

describe('the rights on runs: every person, every word, every state', () => {
  let world: RunWorld;
  let letGo = () => {};
  afterEach(async () => {
    letGo();
    await world.end();
  });

  it.each(STATES)('of a run that is %s', async (state) => {
    world = await createRunWorld();
    await reach(state);
    const version = (await world.engine.run('RUN-1'))?.planHash ?? '';
    let tried = 0;

    for (const [name, { actor }] of Object.entries(USERS)) {
      for (const verb of VERBS) {
        const command = { v: 1, verb, by: actor, at: world.store.clock.now(), via: 'button', run: 'RUN-1' } as const;
        const { outcome } = await world.engine.command({
          ...command,
          args: { planHash: version, reason: 'it must be' },
        });
        const isAllowed = ALLOWED[state][verb]?.includes(name as User) === true;
        expect({ name, verb, kind: outcome.kind, said: outcome.text }).toEqual({
          name,
          verb,
          kind: isAllowed ? 'done' : 'refused',
          said: expect.stringMatching(/\S/),
        });
        tried += 1;
      }
    }

    expect(tried).toBe(Object.keys(USERS).length * VERBS.length);
  });

  /** Brings RUN-1 into a state; the table is asked without changing it. */
  async function reach(state: State): Promise<void> {
    const config = testConfig();
    const people = { ...config.oncall.people, ana: { ...config.oncall.people.ana, slack: ['U01ONCALL', 'U02AGAIN'] } };
    const needs = ['asked', 'expired', 'drifted', 'denied'].includes(state) ? 1 : 0;
    const question = state === 'asking' ? [testStep('look', 'ask', { question: 'Well?' })] : [];
    const runbook = testRunbook('pause', {
      approvals: needs,
      parameters: { service: testParameter('service') },
      steps: [PAUSE, ...question, LAST],
    });
    world.config.swap({ ...config, oncall: { ...config.oncall, people } as never, runbooks: { pause: runbook } });
    world.rolesOf = rolesOf;
    await world.ask({ runbook: 'pause', parameters: { service: 'gianna' }, reason: 'why not' }, { incident: 'GI-1' });
    if (state === 'expired') world.store.clock.advance(21 * 60_000);
    if (state === 'drifted' && world.drivers.gianna !== undefined) world.drivers.gianna.ids = ['anew'];
    if (state === 'denied') {
      await world.ask({ reason: 'not now' }, { verb: 'deny', run: 'RUN-1', by: APPROVER });
    }
    if (needs > 0) return;
    await begin(state);
  }

  async function begin(state: State): Promise<void> {
    const redis = world.drivers.redis;
    if (redis === undefined) throw new Error('no driver');
    const isHanging = state === 'running' || state === 'interrupted';
    if (isHanging) {
      redis.onAct = () =>
        new Promise((resolve) => {
          letGo = () => resolve({ outcome: 'done', summary: 'stopped at last' });
        });
    }
    await world.go();
    if (isHanging) await world.until(() => redis.calls.length === 1);
    else
      await world.until(
        async () =>
          !['running'].includes((await world.engine.run('RUN-1'))?.status ?? 'running') && (await isSettled(state)),
      );
    if (state !== 'interrupted') return;
    const rights = world.rolesOf;
    await world.crash();
    world.rolesOf = rights;
    await world.go();
  }

  async function isSettled(state: State): Promise<boolean> {
    const run = await world.engine.run('RUN-1');
    return state === 'asking' ? run?.asks != null : run?.status === 'succeeded';
  }
});

function rolesOf(actor: string): ReadonlySet<Role | 'viewer'> {
  const user = Object.values(USERS).find((each) => each.actor === actor);
  return new Set(['viewer', ...(user?.roles ?? [])] as const);
}
