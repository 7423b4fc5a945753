import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readNotice } from '../../src/journal/notice.ts';
import { testConfig } from '../support/config.ts';
import { createRunWorld, type RunWorld } from '../support/run-world.ts';

const ASKER = 'slack:U01ONCALL';
const SECOND = 'slack:U02MGR';

describe('what is destructive needs the yes of a second person to exactly that plan', () => {
  let world: RunWorld;
  beforeEach(async () => {
    world = await createRunWorld();
    const config = testConfig();
    const known = config.runbooks.restart;
    if (known === undefined) throw new Error('no runbook');
    world.config.swap({ ...config, runbooks: { restart: { ...known, risk: 'R3' } } });
  });
  afterEach(() => world.end());

  const request = (rest: object = {}) =>
    world.ask({ runbook: 'restart', parameters: { service: 'gianna' }, reason: 'it hangs', ...rest });
  const say = (verb: string, by: string, args: Record<string, unknown> = {}) =>
    world.ask(args, { verb, run: 'RUN-1', by: by as typeof ASKER });
  const hash = async () => (await world.engine.run('RUN-1'))?.planHash ?? '';
  const restarts = () => world.drivers.gianna?.calls.length ?? 0;

  it('runs nothing before the yes, and runs once after it, in the name of who asked', async () => {
    const outcome = await request();
    await world.go();
    const before = { run: await world.engine.run('RUN-1'), restarts: restarts() };

    const yes = await say('approve', SECOND, { planHash: await hash() });
    const run = await world.finish('RUN-1');

    expect(outcome.text).toContain('waits for a second person');
    expect(before).toMatchObject({ run: { status: 'waiting', approval: { state: 'asked' } }, restarts: 0 });
    expect(yes).toMatchObject({ kind: 'done' });
    expect(run).toMatchObject({ status: 'succeeded', by: ASKER, approval: { state: 'given', by: SECOND } });
    expect(restarts()).toBe(1);
  });

  it('leaves its targets to others until somebody agreed', async () => {
    await request();
    world.config.swap(testConfig());

    const other = await world.ask({ runbook: 'restart', parameters: { service: 'gianna' } });
    const plan = await hash();
    const late = await say('approve', SECOND, { planHash: plan });

    expect(other).toMatchObject({ kind: 'done', run: 'RUN-2' });
    expect(late).toMatchObject({ kind: 'refused' });
  });

  it.each([
    ['whoever asked', ASKER, 'SELF_APPROVAL'],
    ['the same human by another account', 'slack:U01SECOND', 'SELF_APPROVAL'],
    ['somebody who is no approver', 'slack:U99', 'NOT_ALLOWED'],
    ['the command line without a token', 'local', 'NOT_ALLOWED'],
  ])('refuses the yes of %s, and keeps that on record', async (_, by, code) => {
    const config = world.config.current();
    const ana = { ...config.oncall.people.ana, slack: ['U01ONCALL', 'U01SECOND'] } as never;
    world.config.swap({ ...config, oncall: { ...config.oncall, people: { ...config.oncall.people, ana } } });
    await request();
    await world.go();

    const outcome = await say('approve', by, { planHash: await hash() });

    expect(outcome).toMatchObject({ kind: 'refused', code });
    expect(await world.engine.run('RUN-1')).toMatchObject({ status: 'waiting', approval: { state: 'asked' } });
    expect(restarts()).toBe(0);
    const events = await world.store.journal.eventsOf('run', 'RUN-1');
    expect(events.at(-1)).toMatchObject({ type: 'run.approval-refused', actor: by, data: { code } });
  });

  it.each([
    ['no hash', undefined, 'PLAN_UNSEEN'],
    ['another hash', 'f'.repeat(64), 'PLAN_CHANGED'],
    ['a hash that is too short to tell', 'f', 'PLAN_CHANGED'],
  ])('refuses a yes with %s', async (_, planHash, code) => {
    await request();

    const outcome = await say('approve', SECOND, planHash === undefined ? {} : { planHash });

    expect(outcome).toMatchObject({ kind: 'refused', code });
    expect(await world.engine.run('RUN-1')).toMatchObject({ status: 'waiting' });
  });

  it('ends the request when the target was made anew before the yes', async () => {
    await request();
    const seen = await hash();
    const driver = world.drivers.gianna;
    if (driver !== undefined) driver.ids = ['c2'];

    const outcome = await say('approve', SECOND, { planHash: seen });

    expect(outcome).toMatchObject({ kind: 'refused', code: 'PLAN_CHANGED' });
    expect(await world.engine.run('RUN-1')).toMatchObject({ status: 'refused', approval: { state: 'void' } });
  });

  it('does not start when the target was made anew between the yes and the start', async () => {
    await request();
    await say('approve', SECOND, { planHash: await hash() });
    const driver = world.drivers.gianna;
    if (driver !== undefined) driver.ids = ['c2'];

    await world.go();
    const run = await world.finish('RUN-1');

    expect(run).toMatchObject({ status: 'refused' });
    expect(restarts()).toBe(0);
  });

  it.each(['asker', 'approver'])('does not start when the %s lost the right meanwhile', async (who) => {
    await request();
    await say('approve', SECOND, { planHash: await hash() });
    if (who === 'asker') world.rights = { allowed: false, reason: 'needs the role responder' };
    else world.approvers = [];

    await world.go();
    const run = await world.finish('RUN-1');

    expect(run).toMatchObject({ status: 'refused', summary: expect.stringContaining('needs the role') });
    expect(restarts()).toBe(0);
  });

  it('is over after its time, also when the bot was away then, and a yes comes too late', async () => {
    await request();
    const seen = await hash();
    world.store.clock.advance(20 * 60_000);

    const late = await say('approve', SECOND, { planHash: seen });
    await world.runTimers();
    const run = await world.engine.run('RUN-1');

    expect(late).toMatchObject({ kind: 'refused', code: 'RUN_STATE' });
    expect(run).toMatchObject({ status: 'refused', summary: expect.stringContaining('nobody agreed in time') });
  });

  it('counts one yes of several, and tells the others who was first', async () => {
    world.approvers = [SECOND, 'slack:U03DEV'];
    await request();
    const planHash = await hash();

    const said = await Promise.all([
      say('approve', SECOND, { planHash }),
      say('approve', 'slack:U03DEV', { planHash }),
      say('approve', SECOND, { planHash }),
    ]);
    await world.go();
    await world.finish('RUN-1');

    expect(said.filter(({ kind }) => kind === 'done')).toHaveLength(1);
    expect(said.find(({ kind }) => kind === 'refused')?.text).toContain('was approved by');
    expect(restarts()).toBe(1);
  });

  it('takes a no with its reason, from an approver or from whoever asked', async () => {
    await request();
    const unreasoned = await say('deny', SECOND);
    const stranger = await say('deny', 'slack:U99', { reason: 'not now' });
    const denied = await say('deny', SECOND, { reason: 'not during the sale' });

    expect(unreasoned).toMatchObject({ kind: 'refused', code: 'REASON_MISSING' });
    expect(stranger).toMatchObject({ kind: 'refused', code: 'NOT_ALLOWED' });
    expect(denied).toMatchObject({ kind: 'done' });
    expect(await world.engine.run('RUN-1')).toMatchObject({
      status: 'refused',
      approval: { state: 'denied', by: SECOND },
      summary: expect.stringContaining('not during the sale'),
    });
  });

  it.each([
    ['whoever asked at the command line', 'local', 'local', 'WITHDRAWN'],
    ['whoever asked in Slack', ASKER, ASKER, 'WITHDRAWN'],
    ['the command line, of what was asked for in Slack', ASKER, 'local', 'NOT_ALLOWED'],
    ['somebody of Slack, of what was asked for at the command line', 'local', 'slack:U99', 'NOT_ALLOWED'],
  ])('is withdrawn by nobody but its asker: %s', async (_, asker, by, code) => {
    const args = { runbook: 'restart', parameters: { service: 'gianna' }, reason: 'it hangs' };
    await world.ask(args, { by: asker as typeof ASKER });

    const outcome = await say('deny', by, { reason: 'not needed' });

    const isWithdrawn = code === 'WITHDRAWN';
    const events = await world.store.journal.eventsOf('run', 'RUN-1');
    expect(outcome).toMatchObject(isWithdrawn ? { kind: 'done' } : { kind: 'refused', code });
    if (isWithdrawn) expect(events.at(-1)).toMatchObject({ type: 'run.refused', data: { code } });
    else expect(await world.engine.run('RUN-1')).toMatchObject({ approval: { state: 'asked' } });
  });

  it('wants a reason for what is R3', async () => {
    const outcome = await request({ reason: ' ' });

    expect(outcome).toMatchObject({ kind: 'refused', code: 'REASON_MISSING' });
    expect(await world.engine.runs()).toEqual([]);
  });

  describe('breaking the glass', () => {
    const ask = () => world.ask({ runbook: 'restart', parameters: {}, reason: 'it hangs' }, { incident: 'GI-1' });

    it('is for the owner of an acknowledged P0 or P1, with a reason, and leaves a trace', async () => {
      await ask();

      const outcome = await say('break-glass', ASKER, { reason: 'nobody answers' });
      await world.go();
      const run = await world.finish('RUN-1');

      expect(outcome).toMatchObject({ kind: 'done', text: expect.stringContaining('broke the glass') });
      expect(run).toMatchObject({ status: 'succeeded', approval: { breakGlass: true, by: ASKER } });
      const notices = await world.store.journal.effects({ kinds: ['notice'] });
      const told = await Promise.all(notices.map((notice) => readNotice(world.store.journal, notice)));
      expect(told.map((notice) => notice?.to)).toEqual([{ channel: 'ops' }, { actor: 'slack:U02MGR' }]);
      expect(told[0]?.lines.join(' ')).toContain('nobody answers');
    });

    it.each([
      ['who does not own it', { owner: 'slack:U77' }, 'you do not own GI-1'],
      ['of an incident that nobody has', { owner: null, status: 'firing' }, 'has no owner'],
      ['of a P2', { severity: 'P2' }, 'is a P2'],
    ])('is refused to somebody %s', async (_, fact, words) => {
      await ask();
      world.incident = { ...world.incident, ...fact };

      const outcome = await say('break-glass', ASKER, { reason: 'nobody answers' });

      expect(outcome).toMatchObject({ kind: 'refused', code: 'NO_BREAK_GLASS', text: expect.stringContaining(words) });
      expect(await world.engine.run('RUN-1')).toMatchObject({ status: 'waiting' });
    });
  });
});
