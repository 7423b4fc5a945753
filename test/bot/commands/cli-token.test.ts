import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { verifyToken } from '../../../src/oncall/tokens/read-tokens.ts';
import { connected, createTestDesk, type TestDesk } from '../../support/desk.ts';
import { control, type LocalSlack, look, startLocalSlack } from '../../support/local-slack.ts';
import { type SlackProxy, startSlackProxy } from '../../support/slack-proxy/proxy.ts';
import { openSlackUi, type SlackUi } from '../../support/slack-ui.ts';

const eventually = (check: () => void | Promise<void>) => vi.waitFor(check, 15_000);
const TOKEN = /gops_[0-9a-f]{10}_[\w-]{43}/;

describe('a personal token of the command line', () => {
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
    ui.stop();
    await desk.stop();
    await proxy.stop();
  });
  afterAll(() => slack.stop());

  const say = (text: string, user = 'U01ONCALL') =>
    control(slack.url, 'command', { channel: 'C01OPS', user, command: '/gianna', text });
  const seen = () => JSON.stringify(ui.frames.filter((frame) => frame.t !== 'init'));
  async function made(text = 'cli-token'): Promise<string> {
    await say(text);
    await eventually(() => expect(seen()).toMatch(TOKEN));
    return TOKEN.exec(seen())?.[0] ?? '';
  }

  it('is shown once, to its asker alone, and is then that account', async () => {
    const token = await made();

    const stored = await verifyToken(desk.journal.journal, token, Date.now());
    expect(stored.owner).toBe('slack:U01ONCALL');
    expect(stored.expiresAt - Date.now()).toBeGreaterThan(29.9 * 86_400_000);
    const { messages } = (await look(slack.url, 'messages/C01OPS')) as { messages: Array<Record<string, unknown>> };
    const holding = messages.filter((message) => JSON.stringify(message).includes(token));
    expect(holding).toMatchObject([
      { subtype: 'ephemeral', ephemeral_to: 'U01ONCALL', text: expect.not.stringMatching(TOKEN) },
    ]);
    expect(proxy.callsOf('chat.postMessage')).toEqual([]);
  });

  it('leaves nothing of itself in what the bot stores', async () => {
    const token = await made();
    const secret = token.split('_').slice(2).join('_');

    const { path } = desk.journal;
    const bytes = ['', '-wal'].map((end) => readFileSync(`${path}${end}`, 'latin1')).join('');

    expect(bytes).not.toContain(secret);
    expect(JSON.stringify(desk.commands)).not.toContain(secret);
    expect(desk.commands).toMatchObject([
      { verb: 'cli-token', args: { hash: expect.stringMatching(/^[0-9a-f]{64}$/) } },
    ]);
  });

  it('lasts as long as was said, and is listed and revoked by its public id', async () => {
    const token = await made('cli-token --for 7d');
    const { id, expiresAt } = await verifyToken(desk.journal.journal, token, Date.now());
    expect((expiresAt - Date.now()) / 86_400_000).toBeCloseTo(7, 1);
    await say('cli-token list');
    await eventually(() => expect(seen()).toContain('Your tokens'));

    await say(`cli-token revoke ${id}`);

    await eventually(() => expect(seen()).toContain('is revoked'));
    await expect(verifyToken(desk.journal.journal, token, Date.now())).rejects.toMatchObject({ code: 'TOKEN_REVOKED' });
  });

  it.each([
    ['whoever has no role', 'cli-token', 'U09GUEST', 'have a role'],
    ['what lasts too long', 'cli-token --for 91d', 'U01ONCALL', 'lasts 90d at most'],
    ['what it does not understand', 'cli-token for ever', 'U01ONCALL', 'I do not understand'],
  ])('is refused for %s', async (_name, text, user, words) => {
    await say(text, user);

    await eventually(() => expect(seen()).toContain(words));
    expect(desk.commands).toEqual([]);
    expect(seen()).not.toMatch(TOKEN);
  });

  it('is not spoken of in a channel', async () => {
    await control(slack.url, 'message', { channel: 'C01OPS', user: 'U01ONCALL', text: '<@U0BOT> cli-token' });

    await eventually(() =>
      expect(JSON.stringify(proxy.callsOf('chat.postEphemeral'))).toContain('where others listen'),
    );
    expect(desk.commands).toEqual([]);
  });
});
