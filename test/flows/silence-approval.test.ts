import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '../../src/core/command.ts';
import { openSilenceRoom, type SilenceRoom, type SilenceRuns } from '../support/silence-desk.ts';

const P0 = { alertname: 'ApiErrors', severity: 'critical', component: 'application' };
const P2 = { alertname: 'ApiErrors', severity: 'warning', component: 'application' };
const REDIS = { alertname: 'ApiErrors', severity: 'warning', service: 'redis' };
const OTHER_P0 = { alertname: 'ApiGone', severity: 'critical', component: 'application' };
const ASKER = 'slack:U01ONCALL';
const SECOND = 'slack:U02MGR';

describe('what one person alone may not mute, two people mute together', () => {
  let room: SilenceRoom;
  let runs: Partial<SilenceRuns>;
  let approvers: string[];
  beforeEach(async () => {
    approvers = [SECOND];
    runs = {
      mayApprove: async (actor) => ({ allowed: approvers.includes(actor), reason: 'needs the role approver' }),
    };
    room = await openSilenceRoom({}, runs);
    await room.deliver([{ fingerprint: 'f1', labels: P2 }], { groupLabels: { a: 'b' } });
    await room.deliver([{ fingerprint: 'f0', labels: P0 }], { groupLabels: { a: 'c' } });
  });
  afterEach(() => room.close());

  const engine = () => runs.engine?.() as ReturnType<SilenceRuns['engine']>;
  const run = async () => {
    const view = await engine().run('RUN-1');
    if (view === null) throw new Error('no RUN-1');
    return view;
  };
  const say = async (verb: string, by: string, args: Record<string, string> = {}) => {
    const planHash = (await run()).planHash;
    return room.ask(verb, verb === 'approve' ? { planHash, ...args } : args, { run: 'RUN-1', by: by as Actor });
  };
  const over = async () => {
    await engine().waitFor('RUN-1');
    await room.settled();
    return run();
  };
  const made = () => room.alertmanager.asked.filter((each) => each.startsWith('POST')).length;

  it('waits for a second person who sees what it mutes, and is made once when they agree', async () => {
    const outcome = await room.silence('alertname=ApiErrors', { incident: 'GI-1' });
    const asked = await run();
    const before = made();

    const yes = await say('approve', SECOND);
    const ended = await over();

    expect(outcome).toMatchObject({ kind: 'done', run: 'RUN-1' });
    expect(outcome.text).toContain('waits for a second person');
    expect(asked).toMatchObject({ status: 'waiting', approval: { state: 'asked' }, by: ASKER });
    expect(asked.plan?.steps[0]).toMatchObject({
      call: 'silence {alertname="ApiErrors"} for 1h: "a known cause"',
      effect: 'alerts with these labels notify nobody meanwhile; it mutes P0 ApiErrors, P0 GI-2',
    });
    expect(asked.plan?.needs.because.slice(0, 2)).toEqual([
      'It would mute a P0 that fires now: ApiErrors (GI-2).',
      'Mutes 2 alerts now (1 P0, 1 P2) in GI-2, GI-1.',
    ]);
    expect(before).toBe(0);
    expect(yes).toMatchObject({ kind: 'done' });
    expect(ended).toMatchObject({ status: 'succeeded', approval: { by: SECOND } });
    expect(made()).toBe(1);
    expect(await room.desk().ask.view('SIL-1')).toMatchObject({ status: 'active', author: 'Ana Souza', by: ASKER });
  });

  it('shows before it is asked for that a second person must agree, and to what', async () => {
    const preview = await room.desk().ask.preview({
      matchers: [{ name: 'alertname', value: 'ApiErrors', isRegex: false, isEqual: true }],
      seconds: 3600,
      reason: 'a known cause',
    });

    expect(preview.refused).toBeUndefined();
    expect(preview.second).toMatchObject({ shown: ['P0 ApiErrors', 'P0 GI-2'] });
    expect(preview.longestSeconds).toBe(4 * 3600);
  });

  it.each([
    ['whoever asked', ASKER, 'SELF_APPROVAL'],
    ['the same human by another account', 'slack:U01SECOND', 'SELF_APPROVAL'],
    ['somebody who is no approver', 'slack:U99', 'NOT_ALLOWED'],
    ['the command line without a token', 'local', 'NOT_ALLOWED'],
  ])('is not agreed to by %s', async (_, by, code) => {
    const config = room.config.current();
    const ana = { ...config.oncall.people.ana, slack: ['U01ONCALL', 'U01SECOND'] } as never;
    room.config.swap({ ...config, oncall: { ...config.oncall, people: { ...config.oncall.people, ana } } });
    await room.silence('alertname=ApiErrors');

    expect(await say('approve', by)).toMatchObject({ kind: 'refused', code });
    expect(made()).toBe(0);
  });

  it('is asked for by the command line too, and ends when somebody says no', async () => {
    const outcome = await room.silence('alertname=ApiErrors', { by: 'local', via: 'cli' });

    const no = await say('deny', SECOND, { reason: 'mend it instead' });

    expect(outcome).toMatchObject({ kind: 'done', run: 'RUN-1' });
    expect(no).toMatchObject({ kind: 'done' });
    expect(await run()).toMatchObject({ status: 'refused', approval: { state: 'denied' } });
    expect(made()).toBe(0);
  });

  it('ends when nobody agrees in time', async () => {
    await room.silence('alertname=ApiErrors');

    await room.pass(20 * 60);

    expect(await run()).toMatchObject({ status: 'refused' });
    expect(await say('approve', SECOND)).toMatchObject({ kind: 'refused', code: 'RUN_STATE' });
    expect(made()).toBe(0);
  });

  it.each([
    ['another service', REDIS],
    ['another P0', { ...P0, instance: 'b' }],
  ])('ends when it would mute %s by now, which nobody was shown', async (_, labels) => {
    await room.silence('alertname=ApiErrors', { incident: 'GI-1' });
    await room.deliver([{ fingerprint: 'f9', labels }], { groupLabels: { a: 'd' } });

    const yes = await say('approve', SECOND);

    expect(yes).toMatchObject({ kind: 'refused', code: 'PLAN_CHANGED' });
    expect(await run()).toMatchObject({ status: 'refused' });
    expect(made()).toBe(0);
  });

  it('stays good while only more of what was shown fires', async () => {
    await room.silence('alertname=ApiErrors', { incident: 'GI-1' });
    await room.deliver([{ fingerprint: 'f8', labels: { ...P2, instance: 'b' } }], { groupLabels: { a: 'b' } });

    await say('approve', SECOND);

    expect(await over()).toMatchObject({ status: 'succeeded' });
    expect(made()).toBe(1);
  });

  it.each([
    ['asked', 'mayRun', 1],
    ['agreed', 'mayApprove', 2],
  ] as const)('is not made when whoever %s may not any more once Alertmanager is asked', async (_, which, before) => {
    await room.silence('alertname=ApiErrors');
    let asked = 0;
    runs[which] = async () => {
      asked += 1;
      return { allowed: asked <= before, reason: 'was demoted' };
    };

    await say('approve', SECOND);

    const ended = await over();
    expect(asked).toBe(before + 1);
    expect(ended).toMatchObject({ status: 'failed', summary: expect.stringContaining('was demoted') });
    expect(made()).toBe(0);
  });

  it('does not take the word of a surface for an agreement', async () => {
    const args = {
      matchers: [{ name: 'alertname', value: 'ApiErrors' }],
      seconds: 3600,
      reason: 'a known cause',
      agreed: ['P0 ApiErrors', 'P0 GI-2'],
      run: 'RUN-1',
    };

    const outcome = await room.ask('silence', args, { via: 'cli', by: 'local' });

    expect(outcome).toMatchObject({ kind: 'done', run: 'RUN-1' });
    expect(await run()).toMatchObject({ status: 'waiting' });
    expect(made()).toBe(0);
  });

  it('is lifted by itself when a P0 fires under it that nobody agreed to, and not for the one they did', async () => {
    await room.silence('alertname=~"Api.*", severity=critical', { incident: 'GI-2' });
    await say('approve', SECOND);
    await over();

    room.alertmanager.alerts.set('f0', P0);
    await room.look();
    await room.settled();
    const kept = await room.desk().ask.view('SIL-1');
    room.alertmanager.alerts.set('f7', OTHER_P0);
    await room.look();
    await room.settled();

    expect(kept).toMatchObject({ status: 'active' });
    expect(await room.desk().ask.view('SIL-1')).toMatchObject({ status: 'lifted' });
  });

  it('is not extended without asking anew', async () => {
    await room.silence('alertname=ApiErrors');
    await say('approve', SECOND);
    await over();

    const outcome = await room.ask('silence-extend', { id: 'SIL-1', seconds: 2 * 3600 });

    expect(outcome).toMatchObject({ kind: 'refused', code: 'WOULD_MUTE_P0' });
    expect(outcome).toMatchObject({ remedy: expect.stringContaining('agreed to anew') });
  });
});
