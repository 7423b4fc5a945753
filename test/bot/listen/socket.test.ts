import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { connected, createTestDesk, type TestDesk } from '../../support/desk.ts';
import { control, type LocalSlack, look, startLocalSlack } from '../../support/local-slack.ts';
import { type SlackProxy, startSlackProxy } from '../../support/slack-proxy/proxy.ts';

const PEOPLE = [
  { id: 'U01ONCALL', name: 'ana', real_name: 'Ana Oncall', email: 'ana@company.com' },
  { id: 'U09GUEST', name: 'gus', real_name: 'Gus Guest', email: 'gus@elsewhere.com' },
];

describe('Socket Mode', () => {
  let slack: LocalSlack;
  let proxy: SlackProxy;
  let desk: TestDesk;
  /** A message of the bot that buttons are pressed on. */
  let parentTs = '';

  beforeAll(async () => {
    slack = await startLocalSlack({
      users: PEOPLE,
      channels: [{ id: 'C01OPS', name: 'gianna-ops', members: ['U01ONCALL', 'U09GUEST', 'U0BOT'] }],
    });
  });
  beforeEach(async () => {
    proxy = await startSlackProxy({ upstream: slack.url, limits: 'off' });
    desk = await createTestDesk({ url: proxy.url });
    const posted = await fetch(`${slack.url}/api/chat.postMessage`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer xoxb-test-token' },
      body: JSON.stringify({ channel: 'C01OPS', text: 'parent' }),
    });
    parentTs = ((await posted.json()) as { ts: string }).ts;
  });
  afterEach(async () => {
    await desk.stop();
    await proxy.stop();
  });
  afterAll(() => slack.stop());

  function click(user: string, actionId = 'gi.ack', value = '{"v":1,"i":"GI-1","n":3}') {
    const action = { type: 'button', action_id: actionId, block_id: 'b', value };
    return control(slack.url, 'interact', { channel: 'C01OPS', messageTs: parentTs, user, action });
  }

  it('opens two connections and stores an acknowledgement before it acks the click', async () => {
    desk.listener.start();
    await connected(desk);
    await vi.waitFor(() => expect(proxy.sockets.open()).toBe(2));

    await click('U01ONCALL');

    expect(desk.commands).toMatchObject([
      { verb: 'ack', by: 'slack:U01ONCALL', via: 'button', incident: 'GI-1', seen: 3 },
    ]);
    const history = JSON.stringify(await look(slack.url, 'messages/C01OPS'));
    expect(history).not.toContain('needs the role');
  });

  it('executes an envelope that comes five times once', async () => {
    desk.listener.start();
    await connected(desk);
    proxy.sockets.repeat(5);

    await click('U01ONCALL');

    await vi.waitFor(() => expect(desk.commands).toHaveLength(1));
    // what was taken in is worked off before it is counted again
    await vi.waitFor(async () => expect(await desk.journal.journal.waiting(10)).toEqual([]));
    expect(desk.commands).toHaveLength(1);
  });

  it('answers a person who may not, naming the role and who is on call, and stores nothing', async () => {
    desk.listener.start();
    await connected(desk);

    await click('U09GUEST');

    await vi.waitFor(() => {
      const told = proxy.callsOf('chat.postEphemeral').map((call) => JSON.stringify(call));
      expect(told.join()).toContain('responder');
      expect(told.join()).toContain('ana');
    });
    expect(desk.commands).toEqual([]);
  });

  it.each([
    ['no JSON', 'ack it'],
    ['another shape', '{"v":2,"i":"GI-1","n":3}'],
    ['a command in place of an id', '{"v":1,"i":"GI-1; rm -rf /","n":3}'],
    ['no incident', '{"v":1,"n":3}'],
    ['an unknown incident', '{"v":1,"i":"GI-99","n":3}'],
  ])('refuses a button value that is %s, and says so', async (_name, value) => {
    desk.listener.start();
    await connected(desk);

    await click('U01ONCALL', 'gi.ack', value);

    await vi.waitFor(() => expect(proxy.callsOf('chat.postEphemeral')).toHaveLength(1));
    expect(desk.commands).toEqual([]);
  });

  it('answers a button that does not exist (any more)', async () => {
    desk.listener.start();
    await connected(desk);

    await click('U01ONCALL', 'gi.launch', '{"v":1,"i":"GI-1","n":3}');

    await vi.waitFor(() => expect(proxy.callsOf('chat.postEphemeral')).toHaveLength(1));
    expect(desk.commands).toEqual([]);
  });

  it('takes twenty parallel clicks, counts one, and answers the other nineteen', async () => {
    const first = desk.decide;
    desk.decide = (command) =>
      desk.commands.length === 1
        ? first(command)
        : {
            kind: 'refused',
            code: 'ALREADY_ACKNOWLEDGED',
            text: 'Already acknowledged by ana.',
            remedy: 'Nothing to do.',
          };
    desk.listener.start();
    await connected(desk);

    await Promise.all(Array.from({ length: 20 }, () => click('U01ONCALL')));

    await vi.waitFor(() => expect(proxy.callsOf('chat.postEphemeral')).toHaveLength(19));
    expect(desk.commands.length).toBeGreaterThan(0);
  });

  it('counts a click once when the peer sends it to both connections', async () => {
    const direct = await createTestDesk({ url: slack.url });
    direct.listener.start();
    await vi.waitFor(async () => {
      const log = JSON.stringify(await look(slack.url, 'log'));
      expect(log.match(/socket connected/g)?.length ?? 0).toBeGreaterThanOrEqual(2);
    });
    await connected(direct);

    await click('U01ONCALL');

    await vi.waitFor(() => expect(direct.commands).toHaveLength(1));
    await direct.stop();
  });

  it('carries out a click whose connection is cut between its storing and its acknowledgement', async () => {
    const first = desk.decide;
    desk.decide = (command) => {
      proxy.sockets.cut();
      return first(command);
    };
    desk.listener.start();
    await connected(desk);

    void click('U01ONCALL').catch(() => undefined);

    await vi.waitFor(() => expect(desk.commands).toHaveLength(1), 10_000);
    desk.decide = first;
    await vi.waitFor(() => expect(proxy.sockets.open()).toBe(2), 10_000);
    await click('U01ONCALL');
    await vi.waitFor(() => expect(desk.commands).toHaveLength(2), 10_000);
  }, 20_000);

  it.each([
    ['gi.diagnose', 'diagnose'],
    ['gi.resolve', 'resolve'],
  ])('stores a press of %s as the command it is', async (actionId, verb) => {
    desk.listener.start();
    await connected(desk);

    await click('U01ONCALL', actionId);

    await vi.waitFor(() => expect(desk.commands).toMatchObject([{ verb, by: 'slack:U01ONCALL', incident: 'GI-1' }]));
  });

  it('opens the form with the exact plan at a press of gi.restart, and restarts nothing by that', async () => {
    desk.listener.start();
    await connected(desk);

    await click('U01ONCALL', 'gi.restart');

    await vi.waitFor(() => {
      const [opened] = proxy.callsOf('views.open');
      const [updated] = proxy.callsOf('views.update');
      expect(opened?.body.view).toMatchObject({ callback_id: 'gi.restart' });
      expect(JSON.stringify(updated?.body.view)).toContain('gianna-3f2a91c04d1e');
    });
    expect(desk.commands).toEqual([]);
  });

  it('lives through a revoked app token at the start and connects when it is good again', async () => {
    const heal = proxy.faults.add({ method: 'apps.connections.open', kind: 'error', code: 'token_revoked' });
    desk.listener.start();
    await vi.waitFor(() => expect(proxy.callsOf('apps.connections.open').length).toBeGreaterThanOrEqual(2));
    expect(desk.listener.connected()).toBe(false);

    heal();

    await connected(desk);
  });

  it('lives through a token revoked at reconnect', async () => {
    desk.listener.start();
    await vi.waitFor(() => expect(proxy.sockets.open()).toBe(2), 10_000);
    const heal = proxy.faults.add({ method: 'apps.connections.open', kind: 'error', code: 'invalid_auth' });
    proxy.sockets.cut();
    await vi.waitFor(() => expect(desk.listener.connected()).toBe(false), 10_000);

    heal();

    await connected(desk);
    await click('U01ONCALL');
    await vi.waitFor(() => expect(desk.commands).toHaveLength(1));
  });

  it('connects anew at once when Slack asks for it', async () => {
    desk.listener.start();
    await vi.waitFor(() => expect(proxy.sockets.open()).toBe(2), 10_000);
    const before = proxy.callsOf('apps.connections.open').length;

    proxy.sockets.disconnect('refresh_requested');

    await vi.waitFor(() => expect(proxy.callsOf('apps.connections.open').length).toBeGreaterThanOrEqual(before + 2));
    await connected(desk);
    await click('U01ONCALL');
    await vi.waitFor(() => expect(desk.commands).toHaveLength(1));
  });

  it('loses no click while Slack refreshes both connections at once, again and again', async () => {
    desk.listener.start();
    await vi.waitFor(() => expect(proxy.sockets.open()).toBe(2), 10_000);
    const acked: unknown[] = [];

    for (let round = 0; round < 4; round += 1) {
      proxy.sockets.disconnect('refresh_requested');
      for (let press = 0; press < 3; press += 1) acked.push(await click('U01ONCALL'));
      await vi.waitFor(() => expect(desk.listener.connected()).toBe(true));
    }

    await vi.waitFor(() => expect(desk.commands).toHaveLength(acked.length));
  });

  it('starts with Slack away', async () => {
    proxy.faults.add({ method: '*', kind: 'reset' });

    desk.listener.start();

    await vi.waitFor(() => expect(proxy.callsOf('apps.connections.open').length).toBeGreaterThanOrEqual(2));
    expect(desk.listener.connected()).toBe(false);
  });
});
