import { createHmac, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTestDesk, type TestDesk } from '../../support/desk.ts';
import { type LocalSlack, SLACK_TOKENS, startLocalSlack } from '../../support/local-slack.ts';

describe('POST /slack/events', () => {
  let slack: LocalSlack;
  let desk: TestDesk;
  let server: Server;
  let url = '';

  beforeAll(async () => {
    slack = await startLocalSlack({
      users: [{ id: 'U01ONCALL', name: 'ana', real_name: 'Ana Oncall', email: 'ana@company.com' }],
      channels: [{ id: 'C01OPS', name: 'gianna-ops', members: ['U01ONCALL', 'U0BOT'] }],
    });
  });
  beforeEach(async () => {
    desk = await createTestDesk({ url: slack.url, settings: { signingSecret: SLACK_TOKENS.signingSecret } });
    desk.listener.start();
    server = createServer((request, response) => desk.listener.httpHandler?.(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await desk.stop();
  });
  afterAll(() => slack.stop());

  function clickBody(changes: Record<string, unknown> = {}): string {
    const payload = {
      type: 'block_actions',
      team: { id: 'T01TEST' },
      user: { id: 'U01ONCALL' },
      api_app_id: 'A01APP',
      trigger_id: randomUUID(),
      container: { type: 'message', message_ts: '1700000000.000100', channel_id: 'C01OPS' },
      channel: { id: 'C01OPS' },
      actions: [
        {
          type: 'button',
          action_id: 'gi.ack',
          block_id: 'b',
          action_ts: '1700000001.000001',
          value: '{"v":1,"i":"GI-1","n":3}',
        },
      ],
      ...changes,
    };
    return `payload=${encodeURIComponent(JSON.stringify(payload))}`;
  }

  function headersOf(body: string, atMs = Date.now(), secret: string = SLACK_TOKENS.signingSecret) {
    const timestamp = String(Math.floor(atMs / 1000));
    const hash = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
    return {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${hash}`,
    };
  }

  const post = (body: string, headers: Record<string, string>) => fetch(url, { method: 'POST', body, headers });

  it('stores a signed click once and answers 200', async () => {
    const body = clickBody();

    const answer = await post(body, headersOf(body));

    expect(answer.status).toBe(200);
    await vi.waitFor(() => expect(desk.commands).toMatchObject([{ verb: 'ack', incident: 'GI-1' }]));
  });

  it('refuses the same signed request a second time, and stores nothing of it', async () => {
    const body = clickBody();
    const headers = headersOf(body);
    await post(body, headers);

    const again = await post(body, headers);

    expect(again.status).toBe(401);
    await vi.waitFor(() => expect(desk.commands).toHaveLength(1));
  });

  it.each([
    ['ten minutes old', (body: string) => headersOf(body, Date.now() - 600_000)],
    ['ten minutes ahead', (body: string) => headersOf(body, Date.now() + 600_000)],
    ['signed with another secret', (body: string) => headersOf(body, Date.now(), 'other')],
    ['unsigned', () => ({ 'content-type': 'application/x-www-form-urlencoded' })],
    ['of version v1', (body: string) => ({ ...headersOf(body), 'x-slack-signature': 'v1=00' })],
    ['of a wrong length', (body: string) => ({ ...headersOf(body), 'x-slack-signature': 'v0=00' })],
  ])('answers 401 to a request that is %s, and stores nothing', async (_name, headers) => {
    const body = clickBody();

    const answer = await post(body, headers(body) as Record<string, string>);

    expect(answer.status).toBe(401);
    expect(await desk.journal.journal.waiting(10)).toEqual([]);
    expect(desk.commands).toEqual([]);
  });

  it('counts one click that comes twenty times at once, signed anew each time, once', async () => {
    const bodies = Array.from({ length: 20 }, (_each, index) => clickBody({ trigger_id: String(index) }));

    const answers = await Promise.all(bodies.map((body) => post(body, headersOf(body))));

    expect(answers.map((answer) => answer.status)).toEqual(bodies.map(() => 200));
    await vi.waitFor(() => expect(desk.commands).toHaveLength(1));
  });

  it('does not store a click a second time after a restart', async () => {
    const body = clickBody();
    await post(body, headersOf(body));
    await vi.waitFor(() => expect(desk.commands).toHaveLength(1));
    await vi.waitFor(async () => expect(await desk.journal.journal.waiting(10)).toEqual([]));
    const first = desk;
    desk = await createTestDesk({
      url: slack.url,
      settings: { signingSecret: SLACK_TOKENS.signingSecret },
      journal: first.journal,
    });

    const answer = await post(body, headersOf(body, Date.now() - 2000));

    expect(answer.status).toBe(200);
    expect(await desk.journal.journal.waiting(10)).toEqual([]);
    expect(desk.commands).toEqual([]);
    await first.listener.stop();
  });

  it('does not take orders from another workspace', async () => {
    await vi.waitFor(() => expect(desk.listener.connected()).toBe(true));
    const body = clickBody({ team: { id: 'T99OTHER' } });

    const answer = await post(body, headersOf(body));

    expect(answer.status).toBe(200);
    expect(desk.commands).toEqual([]);
  });

  it('answers 413 to a body over 1 MiB', async () => {
    const body = 'x'.repeat(1_100_000);

    const answer = await post(body, headersOf(body)).catch(() => null);

    expect(answer?.status ?? 413).toBe(413);
  });

  it('answers help in the acknowledgement itself, for the asker alone', async () => {
    const body = new URLSearchParams({
      command: '/gianna',
      text: 'help',
      user_id: 'U01ONCALL',
      channel_id: 'C01OPS',
      team_id: 'T01TEST',
      trigger_id: randomUUID(),
    }).toString();

    const answer = await post(body, headersOf(body));

    expect(await answer.json()).toMatchObject({ response_type: 'ephemeral', text: expect.stringContaining('/gianna') });
  });
});
