import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { control, type LocalSlack, SLACK_TOKENS, startLocalSlack } from '../local-slack.ts';
import { type SlackProxy, startSlackProxy } from './proxy.ts';

describe('the Slack proxy', () => {
  let slack: LocalSlack;
  let proxy: SlackProxy;

  beforeAll(async () => {
    slack = await startLocalSlack({
      users: [{ id: 'U01ANA', name: 'ana', real_name: 'Ana', email: 'ana@example.com' }],
      channels: [
        { id: 'C01OPS', name: 'gianna-ops', members: ['U01ANA', 'U0BOT'] },
        { id: 'C02OTHER', name: 'other', members: ['U01ANA'] },
      ],
    });
  });
  beforeEach(async () => {
    proxy = await startSlackProxy({ upstream: slack.url });
    return () => proxy.stop();
  });
  afterAll(() => slack.stop());

  async function call(method: string, body: Record<string, unknown>, token: string = SLACK_TOKENS.botToken) {
    const answer = await fetch(`${proxy.url}/api/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    return { status: answer.status, ...((await answer.json()) as Record<string, unknown>) };
  }

  async function openSocket(): Promise<{ socket: WebSocket; frames: string[] }> {
    const { url } = (await call('apps.connections.open', {}, SLACK_TOKENS.appToken)) as unknown as { url: string };
    const socket = new WebSocket(url);
    const frames: string[] = [];
    socket.on('message', (data) => {
      const frame = JSON.parse(data.toString()) as { envelope_id?: string };
      frames.push(data.toString());
      if (frame.envelope_id !== undefined) socket.send(JSON.stringify({ envelope_id: frame.envelope_id }));
    });
    await once(socket, 'message');
    return { socket, frames };
  }

  it('keeps metadata and gives it back when asked', async () => {
    const metadata = { event_type: 'thing', event_payload: { id: '1' } };

    const posted = await call('chat.postMessage', { channel: 'C01OPS', text: 'hi', metadata });
    const history = await call('conversations.history', { channel: 'C01OPS', include_all_metadata: true });

    const messages = (history as unknown as { messages: Array<{ ts: string; metadata?: unknown }> }).messages;
    expect(messages.find(({ ts }) => ts === (posted as unknown as { ts: string }).ts)?.metadata).toEqual(metadata);
  });

  it('refuses a channel that the bot is not in', async () => {
    expect(await call('chat.postMessage', { channel: 'C02OTHER', text: 'hi' })).toMatchObject({
      ok: false,
      error: 'not_in_channel',
    });
  });

  it('answers 429 with Retry-After after the burst of one channel', async () => {
    const statuses: number[] = [];
    for (let count = 0; count < 6; count += 1) {
      statuses.push((await call('chat.postMessage', { channel: 'C01OPS', text: 'hi' })).status);
    }

    expect(statuses.slice(0, 5)).toEqual([200, 200, 200, 200, 200]);
    expect(statuses[5]).toBe(429);
  });

  it.each([
    ['51 blocks', Array.from({ length: 51 }, () => ({ type: 'divider' })), 'invalid_blocks'],
    ['an unknown block', [{ type: 'sparkles' }], 'invalid_blocks'],
    ['a long header', [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }], 'invalid_blocks'],
    [
      'too much text in all',
      Array.from({ length: 6 }, () => ({ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(2900) } })),
      'msg_blocks_too_long',
    ],
  ])('refuses %s', async (_what, blocks, error) => {
    expect(await call('chat.postMessage', { channel: 'C01OPS', text: 'hi', blocks })).toMatchObject({ error });
  });

  it('does the call and loses the answer on demand', async () => {
    proxy.faults.add({ kind: 'drop-after-accept', method: 'chat.postMessage', times: 1 });

    const lost = call('chat.postMessage', { channel: 'C01OPS', text: 'lost answer' });

    await expect(lost).rejects.toThrow();
    const history = await call('conversations.history', { channel: 'C01OPS' });
    expect(JSON.stringify(history)).toContain('lost answer');
  });

  it('sends each envelope to one of two sockets, through itself', async () => {
    const [one, two] = [await openSocket(), await openSocket()];

    await control(proxy.url, 'command', { channel: 'C01OPS', user: 'U01ANA', command: '/gianna', text: 'help' });

    const frames = [...one.frames, ...two.frames].filter((frame) => frame.includes('"slash_commands"'));
    expect(frames).toHaveLength(1);
    expect(frames[0]).toContain(new URL(proxy.url).host);
  });

  it('sends no app_mention in a DM', async () => {
    const opened = (await call('conversations.open', { users: 'U01ANA' })) as unknown as { channel: { id: string } };
    const { frames } = await openSocket();

    await control(proxy.url, 'message', { channel: opened.channel.id, user: 'U01ANA', text: '<@U0BOT> help' });

    expect(frames.filter((frame) => frame.includes('"message"')).length).toBeGreaterThan(0);
    expect(frames.filter((frame) => frame.includes('"app_mention"'))).toHaveLength(0);
  });
});
