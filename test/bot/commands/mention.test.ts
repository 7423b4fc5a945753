import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connected, createTestDesk, type TestDesk } from '../../support/desk.ts';
import { control, type LocalSlack, look, startLocalSlack } from '../../support/local-slack.ts';

describe('words in a direct message', () => {
  let slack: LocalSlack;
  let desk: TestDesk;
  beforeEach(async () => {
    slack = await startLocalSlack({
      users: [{ id: 'U01ONCALL', name: 'ana', real_name: 'Ana Oncall', email: 'ana@company.com' }],
      channels: [{ id: 'C01OPS', name: 'gianna-ops', members: ['U01ONCALL', 'U0BOT'] }],
    });
    desk = await createTestDesk({ url: slack.url });
    desk.listener.start();
    await connected(desk);
  });
  afterEach(async () => {
    await desk.stop();
    await slack.stop();
  });

  async function directChannel(): Promise<string> {
    const answer = await fetch(`${slack.url}/api/conversations.open`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer xoxb-test-token' },
      body: JSON.stringify({ users: 'U01ONCALL' }),
    });
    return ((await answer.json()) as { channel: { id: string } }).channel.id;
  }

  it('are answered once, also when they name the bot and the peer sends the message and the mention', async () => {
    const channel = await directChannel();

    await control(slack.url, 'message', { channel, user: 'U01ONCALL', text: '<@U0BOT> help' });
    await control(slack.url, 'message', { channel, user: 'U01ONCALL', text: 'oncall' });

    const texts = async () => {
      const { messages } = (await look(slack.url, `messages/${channel}`)) as { messages: Array<{ text: string }> };
      return messages.map(({ text }) => text);
    };
    await vi.waitFor(async () => expect((await texts()).some((text) => text.includes('primary'))).toBe(true));
    expect((await texts()).filter((text) => text.startsWith('*Look*'))).toHaveLength(1);
  });
});
