import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { connected, createTestDesk, type TestDesk, testIncident, testPlan } from '../../support/desk.ts';
import { control, type LocalSlack, startLocalSlack } from '../../support/local-slack.ts';
import { type SlackProxy, startSlackProxy } from '../../support/slack-proxy/proxy.ts';
import { openSlackUi, type SlackUi } from '../../support/slack-ui.ts';

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
    ['frobnicate', 'Unknown command'],
    ['restart nothing-like-it', 'Unknown service'],
  ])('answers /gianna %s', async (text, expected) => {
    await say(text);

    await vi.waitFor(() => expect(seen()).toContain(expected));
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

    await vi.waitFor(() => expect(desk.commands.map((each) => each.incident)).toEqual(['GI-1', 'GI-2']));
    await vi.waitFor(() => {
      const all = seen();
      expect(all).toContain('Already acknowledged by ben');
      expect(all).toContain('no incident GI-77');
    });
  });

  it('refuses to acknowledge for a viewer', async () => {
    await say('ack 1', 'U09GUEST');

    await vi.waitFor(() => expect(seen()).toContain('responder'));
    expect(desk.commands).toEqual([]);
  });

  it('runs the probes of a service and reports', async () => {
    await say('probe gianna');

    await vi.waitFor(() => expect(seen()).toContain('answers in 12 ms'));
    expect(desk.probed).toEqual(['gianna-health', 'gianna-ready']);
  });

  it('restarts nothing before the form is submitted, shows the exact plan, and asks for exactly that', async () => {
    await say('restart gianna');
    await planShown('gianna');
    expect(desk.commands).toEqual([]);

    ui.submit('U01ONCALL', { reason: { value: { type: 'plain_text_input', value: 'memory leak' } } });

    await vi.waitFor(() => expect(desk.commands).toHaveLength(1));
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

    await vi.waitFor(() => expect(desk.commands).toHaveLength(1));
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
    await vi.waitFor(() => expect(desk.commands).toHaveLength(1));
  });

  it('offers no submit while the plan is blocked, and refuses one that comes all the same', async () => {
    desk.plan = async (parameters) =>
      testPlan(parameters, { hash: 'blocked', blockedBy: [{ kind: 'running', reason: 'RUN-1 is running already' }] });
    await say('restart gianna');

    await vi.waitFor(() => expect(seen()).toContain('RUN-1 is running already'));
    const views = [...proxy.callsOf('views.open'), ...proxy.callsOf('views.update')];
    expect(JSON.stringify(views)).not.toContain('"submit"');
  });

  it('takes a command in an incident’s thread as about that incident', async () => {
    const ts = '1700000000.000100';
    desk.threads.set(`C01OPS/${ts}`, 'GI-1');

    await control(slack.url, 'message', { channel: 'C01OPS', user: 'U01ONCALL', text: '<@U0BOT> ack', thread_ts: ts });

    await vi.waitFor(() => expect(desk.commands).toMatchObject([{ verb: 'ack', incident: 'GI-1', via: 'mention' }]));
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

    await vi.waitFor(() => expect(JSON.stringify(proxy.callsOf('chat.postEphemeral'))).toContain('gi.restart'));
    expect(desk.commands).toEqual([]);
  });
});
