import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { connected, createTestDesk, type TestDesk } from '../../support/desk.ts';
import { control, type LocalSlack, startLocalSlack } from '../../support/local-slack.ts';
import { type SlackProxy, startSlackProxy } from '../../support/slack-proxy/proxy.ts';
import { openSlackUi, type SlackUi } from '../../support/slack-ui.ts';

const ANA = 'U01ONCALL';
const MARCO = 'U02MGR';
type Values = Parameters<SlackUi['submit']>[1];
const typed = (value: string): Values[string] => ({ value: { type: 'plain_text_input', value } });
const picked = (value: string): Values[string] => ({ value: { type: 'static_select', selected_option: { value } } });

const eventually = (check: () => void) => vi.waitFor(check, 15_000);

describe('the form of a drill', () => {
  let slack: LocalSlack;
  let proxy: SlackProxy;
  let desk: TestDesk;
  let ui: SlackUi;

  beforeAll(async () => {
    slack = await startLocalSlack({
      users: [
        { id: ANA, name: 'ana', real_name: 'Ana Oncall', email: 'ana@company.com' },
        { id: MARCO, name: 'marco', real_name: 'Marco Manager', email: 'marco@company.com' },
      ],
      channels: [{ id: 'C01OPS', name: 'gianna-ops', members: [ANA, MARCO, 'U0BOT'] }],
    });
  });
  beforeEach(async () => {
    proxy = await startSlackProxy({ upstream: slack.url });
    desk = await createTestDesk({ url: proxy.url });
    desk.listener.start();
    await connected(desk);
    ui = await openSlackUi(slack.url);
  });
  afterEach(async () => {
    ui.close(MARCO);
    ui.stop();
    await desk.stop();
    await proxy.stop();
  });
  afterAll(() => slack.stop());

  const say = (text: string, user = MARCO) =>
    control(slack.url, 'command', { channel: 'C01OPS', user, command: '/gianna', text });
  const opened = () => ui.frame((frame) => frame.t === 'view');
  const seen = () => JSON.stringify(ui.frames.filter((frame) => frame.t !== 'init'));
  const shown = () => JSON.stringify(proxy.callsOf('views.open'));

  it('opens by the command with the severity that was named, and stores nothing yet', async () => {
    await say('drill p1');
    await opened();

    expect(shown()).toContain('Open a drill');
    expect(shown()).toMatch(/"initial_option":\{[^}]*\{[^}]*\},"value":"P1"/);
    expect(shown()).toContain('On paper: nobody is paged');
    expect(desk.commands).toEqual([]);
  });

  it('offers no severity that pages nobody', async () => {
    await say('drill');
    await opened();

    expect(['P0', 'P1', 'P2', 'P3'].filter((severity) => shown().includes(`"value":"${severity}"`))).toEqual([
      'P0',
      'P1',
      'P2',
    ]);
  });

  it.each([
    ['real', false],
    ['paper', true],
  ])('asks for exactly what was filled in, %s', async (how, paper) => {
    await say('drill');
    await opened();

    ui.submit(MARCO, {
      severity: picked('P0'),
      how: picked(how),
      service: picked('gianna'),
      note: typed('new phones'),
    });

    await eventually(() => expect(desk.commands).toHaveLength(1));
    expect(desk.commands[0]).toMatchObject({ verb: 'drill', via: 'modal', by: `slack:${MARCO}` });
    expect(desk.commands[0]).not.toHaveProperty('incident');
    expect(desk.commands[0]?.args).toEqual({ severity: 'P0', paper, service: 'gianna', note: 'new phones' });
  });

  it.each<[string, Values, string]>([
    ['whose policy', { how: picked('real') }, 'Choose a severity.'],
    ['a policy that pages', { severity: picked('P3'), how: picked('real') }, 'Choose a severity.'],
    ['whether people are paged', { severity: picked('P1') }, 'Choose whether people are paged.'],
  ])('opens none before it knows %s, and says so under the field', async (_what, values, words) => {
    await say('drill');
    await opened();

    ui.submit(MARCO, values);

    expect(JSON.stringify(await ui.frame((frame) => frame.t === 'view_errors'))).toContain(words);
    expect(desk.commands).toEqual([]);
  });

  it('is for admins and approvers: a responder is told so, and sees no form', async () => {
    await say('drill p1', ANA);

    await eventually(() => expect(seen()).toContain('needs the role admin or approver'));
    expect(proxy.callsOf('views.open')).toEqual([]);
    expect(desk.commands).toEqual([]);
  });

  it('is not opened by text in a channel: the answer is a button for it', async () => {
    await control(slack.url, 'message', { channel: 'C01OPS', user: MARCO, text: '<@U0BOT> drill p1' });

    await eventually(() => expect(JSON.stringify(proxy.callsOf('chat.postEphemeral'))).toContain('gi.drill'));
    expect(proxy.callsOf('views.open')).toEqual([]);
    expect(desk.commands).toEqual([]);
  });
});
