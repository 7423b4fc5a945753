import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  connected,
  createTestDesk,
  type TestDesk,
  testIncident,
  testLease,
  testPlan,
  testPreview,
  testRule,
  testSilence,
} from '../../support/desk.ts';
import { control, type LocalSlack, startLocalSlack } from '../../support/local-slack.ts';
import { type SlackProxy, startSlackProxy } from '../../support/slack-proxy/proxy.ts';
import { openSlackUi, type SlackUi } from '../../support/slack-ui.ts';

const eventually = (check: () => void) => vi.waitFor(check, 15_000);

describe('commands and the restart form', () => {
  let slack: LocalSlack;
  let proxy: SlackProxy;
  let desk: TestDesk;
  let ui: SlackUi;

  beforeAll(async () => {
    slack = await startLocalSlack({
      users: [
        { id: 'U01ONCALL', name: 'ana', real_name: 'Ana Oncall', email: 'ana@company.com' },
        { id: 'U09GUEST', name: 'gus', real_name: 'Gus Guest', email: 'gus@elsewhere.com' },
      ],
      channels: [{ id: 'C01OPS', name: 'gianna-ops', members: ['U01ONCALL', 'U09GUEST', 'U0BOT'] }],
    });
  });
  beforeEach(async () => {
    proxy = await startSlackProxy({ upstream: slack.url, limits: 'off' });
    desk = await createTestDesk({ url: proxy.url });
    desk.leases.push(testLease('LEASE-3'));
    desk.rules.push(testRule('restart-when-down'));
    desk.listener.start();
    await connected(desk);
    ui = await openSlackUi(slack.url);
  });
  afterEach(async () => {
    ui.close('U01ONCALL');
    ui.stop();
    await desk.stop();
    await proxy.stop();
  });
  afterAll(() => slack.stop());

  const say = (text: string, user = 'U01ONCALL') =>
    control(slack.url, 'command', { channel: 'C01OPS', user, command: '/gianna', text });
  /** What reached the browser since this test began; the first frame is the past. */
  const seen = () => JSON.stringify(ui.frames.filter((frame) => frame.t !== 'init'));
  const planShown = (service: string) =>
    ui.frame((frame) => frame.t === 'view' && JSON.stringify(frame).includes(`${service}-3f2a91c04d1e`));

  it.each([
    ['help', 'Incidents'],
    ['help restart', 'asks first'],
    ['status', 'GI-1'],
    ['oncall', 'ana'],
    ['leases', 'RUN-7'],
    ['lease list', 'Undo LEASE-3'],
    ['remediation', 'switched itself off: 3 runs in a row did not help'],
    ['help leases', 'lease undo'],
    ['frobnicate', 'Unknown command'],
    ['restart nothing-like-it', 'Unknown service'],
  ])('answers /gianna %s', async (text, expected) => {
    await say(text);

    await eventually(() => expect(seen()).toContain(expected));
    expect(desk.commands).toEqual([]);
  });

  it.each([
    ['lease renew LEASE-3 1h', 'Renew a lease'],
    ['lease undo run-7', 'Take it back now'],
    ['silence alertname=ApiSlow --for 1h --reason deploy', 'A second person must agree'],
  ])('opens the form of /gianna %s, filled in, and asks for nothing by itself', async (text, expected) => {
    const second = { because: 'It would mute a P0.', remedy: 'Narrow it.', shown: ['P0 ApiSlow'] };
    desk.preview = async () => testPreview({ second });

    await say(text);

    await ui.frame((frame) => frame.t === 'view' && JSON.stringify(frame).includes(expected));
    expect(desk.commands).toEqual([]);
  });

  it('acknowledges several incidents and says what each came to', async () => {
    desk.incidents.set('GI-2', testIncident('GI-2'));
    desk.decide = (command) =>
      command.incident === 'GI-2'
        ? {
            kind: 'refused',
            code: 'ALREADY_ACKNOWLEDGED',
            text: 'Already acknowledged by ben 4s ago.',
            remedy: 'Nothing to do.',
          }
        : { kind: 'done', text: 'acknowledged' };

    await say('ack 1 2 77');

    await eventually(() => expect(desk.commands.map((each) => each.incident)).toEqual(['GI-1', 'GI-2']));
    await eventually(() => {
      const all = seen();
      expect(all).toContain('Already acknowledged by ben');
      expect(all).toContain('no incident GI-77');
    });
  });

  it.each<[string, object]>([
    [
      'note 1 failed over to <@U01ONCALL|ana>',
      { verb: 'note', args: { text: expect.stringMatching(/^failed over to @(ana|Ana Oncall)$/) } },
    ],
    ['sev 1 p1 only the preview', { verb: 'severity', args: { to: 'P1', reason: 'only the preview' } }],
    ['assign 1 me', { verb: 'assign', args: { to: 'ana' } }],
    ['snooze 1 2h vendor is at it', { verb: 'snooze', args: { seconds: 7200, reason: 'vendor is at it' } }],
    ['incident 1 wake', { verb: 'unsnooze', args: {} }],
    ['merge 1 into 2 same disk', { verb: 'merge', args: { into: 'GI-2', reason: 'same disk' } }],
    ['unmerge 1', { verb: 'unmerge', args: {} }],
    ['reopen 1 still broken', { verb: 'reopen', args: { reason: 'still broken' } }],
    ['split 1 00000000c0ffee01 other host', { verb: 'split', args: { fingerprints: ['00000000c0ffee01'] } }],
    ['silence 1 --for 2h --reason new disk', { verb: 'silence', args: { seconds: 7200, reason: 'new disk' } }],
  ])('stores what /gianna %s asks for', async (text, expected) => {
    await say(text);

    await eventually(() => expect(desk.commands).toHaveLength(1));
    expect(desk.commands[0]).toMatchObject({ ...expected, incident: 'GI-1', via: 'slash', by: 'slack:U01ONCALL' });
  });

  it('tells the numbers to who asks for them, and stores nothing', async () => {
    await say('stats 24h');

    await eventually(() => {
      expect(seen()).toContain('The last 1d');
      expect(seen()).toContain('Nobody was paged.');
    });
    expect(desk.commands).toEqual([]);
  });

  it('opens an incident by hand, and says which', async () => {
    desk.decide = () => ({ kind: 'done', text: 'GI-12 opened.', incident: 'GI-12' });

    await say('incident open "Checkout is slow" --sev p1 --service gianna');

    await eventually(() => expect(seen()).toContain('GI-12 opened'));
    expect(desk.commands[0]?.args).toEqual({ title: 'Checkout is slow', severity: 'P1', service: 'gianna' });
  });

  it('echoes how a time was read by the clock of its asker', async () => {
    await say('snooze 1 until 18:00 deploy runs');

    await eventually(() => expect(seen()).toMatch(/until \d{4}-\d{2}-\d{2} 18:00 \(\w+(\/\w+)?\)/));
    expect(Number(desk.commands[0]?.args.seconds)).toBeLessThanOrEqual(24 * 3600);
  });

  it.each([
    ['snooze 1', 'Snooze'],
    ['snooze 1 2h', 'Snooze'],
    ['sev 1', 'Change severity'],
    ['incident open', 'Open an incident'],
    ['silence 1', 'Silence alerts'],
    ['silence 1 --for 8h --reason new disk', 'Silence alerts'],
  ])('opens the form for what is not whole, or not small: %s', async (text, title) => {
    await say(text);

    const frame = await ui.frame((each) => each.t === 'view' && JSON.stringify(each).includes('callback_id'));
    expect(JSON.stringify(frame)).toContain(title);
    expect(desk.commands).toEqual([]);
  });

  it('lists silences, with a button to lift each, and lifts one by its id', async () => {
    desk.silences.set('SIL-7', testSilence('SIL-7'));
    await say('silence list');
    await eventually(() => expect(seen()).toContain('SIL-7'));
    expect(seen()).toContain('gi.lift');

    await say('silence lift 7');

    await eventually(() => expect(desk.commands).toMatchObject([{ verb: 'lift', args: { id: 'SIL-7' } }]));
  });

  it('tells that Alertmanager did not take a silence that was asked for', async () => {
    desk.silences.set('SIL-8', testSilence('SIL-8', { status: 'failed', failure: 'Alertmanager does not answer.' }));
    desk.decide = () => ({ kind: 'done', text: 'SIL-8 silences it.', silence: 'SIL-8' });

    await say('silence 1 --for 2h --reason new disk');

    await eventually(() => expect(seen()).toContain('was not made: Alertmanager does not answer'));
  });

  it('refuses to acknowledge for a viewer', async () => {
    await say('ack 1', 'U09GUEST');

    await eventually(() => expect(seen()).toContain('responder'));
    expect(desk.commands).toEqual([]);
  });

  it('runs the probes of a service and reports', async () => {
    await say('probe gianna');

    await eventually(() => expect(seen()).toContain('answers in 12 ms'));
    expect(desk.probed).toEqual(['gianna-health', 'gianna-ready']);
  });

  it('restarts nothing before the form is submitted, shows the exact plan, and asks for exactly that', async () => {
    await say('restart gianna');
    await planShown('gianna');
    expect(desk.commands).toEqual([]);

    ui.submit('U01ONCALL', { reason: { value: { type: 'plain_text_input', value: 'memory leak' } } });

    await eventually(() => expect(desk.commands).toHaveLength(1));
    expect(desk.commands[0]).toMatchObject({
      verb: 'run',
      via: 'modal',
      by: 'slack:U01ONCALL',
      args: {
        runbook: 'restart',
        parameters: { service: 'gianna', mode: 'graceful' },
        planHash: 'hash-gianna-graceful',
        reason: 'memory leak',
      },
    });
  });

  it('takes another mode on the very targets that were shown', async () => {
    await say('restart gianna');
    await planShown('gianna');

    ui.submit('U01ONCALL', { mode: { value: { type: 'static_select', value: 'forced' } } });

    await eventually(() => expect(desk.commands).toHaveLength(1));
    expect(desk.commands[0]?.args).toMatchObject({ parameters: { mode: 'forced' }, planHash: 'hash-gianna-forced' });
  });

  it('shows the plan of another service before it may be restarted', async () => {
    await say('restart gianna');
    await planShown('gianna');

    ui.submit('U01ONCALL', { service: { value: { type: 'static_select', value: 'redis' } } });

    await planShown('redis');
    expect(desk.commands).toEqual([]);
  });

  it('says under the field what is wrong with it', async () => {
    await say('restart gianna');
    await planShown('gianna');

    ui.submit('U01ONCALL', { reason: { value: { type: 'plain_text_input', value: 'x' } } });
    const frame = await ui.frame((each) => each.t === 'view_errors');

    expect(JSON.stringify(frame)).toContain('Between 3 and 300');
    expect(desk.commands).toEqual([]);
    ui.submit('U01ONCALL', { reason: { value: { type: 'plain_text_input', value: 'better' } } });
    await eventually(() => expect(desk.commands).toHaveLength(1));
  });

  it('offers only to look again while the plan is blocked, and runs nothing when that is pressed', async () => {
    desk.plan = async (parameters) =>
      testPlan(parameters, { hash: 'blocked', blockedBy: [{ kind: 'running', reason: 'RUN-1 is running already' }] });
    await say('restart gianna');

    await eventually(() => expect(seen()).toContain('RUN-1 is running already'));
    expect(proxy.callsOf('views.update').at(-1)?.body.view).toMatchObject({ submit: { text: 'Show the plan' } });

    desk.plan = async (parameters) => testPlan(parameters);
    ui.submit('U01ONCALL', {});

    await eventually(() => expect(JSON.stringify(ui.frames.at(-1))).toContain('Restart gianna'));
    expect(desk.commands).toEqual([]);
  });

  it('takes a command in an incident’s thread as about that incident', async () => {
    const ts = '1700000000.000100';
    desk.threads.set(`C01OPS/${ts}`, 'GI-1');

    await control(slack.url, 'message', { channel: 'C01OPS', user: 'U01ONCALL', text: '<@U0BOT> ack', thread_ts: ts });

    await eventually(() => expect(desk.commands).toMatchObject([{ verb: 'ack', incident: 'GI-1', via: 'mention' }]));
  });

  it('answers a mention that is not whole with the way to the form', async () => {
    const ts = '1700000000.000300';
    desk.threads.set(`C01OPS/${ts}`, 'GI-1');

    await control(slack.url, 'message', {
      channel: 'C01OPS',
      user: 'U01ONCALL',
      text: '<@U0BOT> snooze',
      thread_ts: ts,
    });

    await eventually(() => expect(JSON.stringify(proxy.callsOf('chat.postEphemeral'))).toContain('gi.snooze'));
    expect(desk.commands).toEqual([]);
  });

  it('answers a mention that asks for a restart with the way to the form', async () => {
    const ts = '1700000000.000200';
    desk.threads.set(`C01OPS/${ts}`, 'GI-1');

    await control(slack.url, 'message', {
      channel: 'C01OPS',
      user: 'U01ONCALL',
      text: '<@U0BOT> restart',
      thread_ts: ts,
    });

    await eventually(() => expect(JSON.stringify(proxy.callsOf('chat.postEphemeral'))).toContain('gi.restart'));
    expect(desk.commands).toEqual([]);
  });
});
