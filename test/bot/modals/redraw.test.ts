import { createHmac, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SilenceRequest } from '../../../src/alerts/silences/request.ts';
import { testParameter, testRunbook } from '../../support/config.ts';
import { createTestDesk, type TestDesk, testPreview } from '../../support/desk.ts';
import { type LocalSlack, SLACK_TOKENS, startLocalSlack } from '../../support/local-slack.ts';
import { type SlackProxy, startSlackProxy } from '../../support/slack-proxy/proxy.ts';

const eventually = (check: () => void) => vi.waitFor(check, 15_000);

describe('a form in which something is picked', () => {
  let slack: LocalSlack;
  let proxy: SlackProxy;
  let desk: TestDesk;
  let server: Server;

  beforeAll(async () => {
    slack = await startLocalSlack({
      users: [{ id: 'U01ONCALL', name: 'ana', real_name: 'Ana Oncall', email: 'ana@company.com' }],
      channels: [{ id: 'C01OPS', name: 'gianna-ops', members: ['U01ONCALL', 'U0BOT'] }],
    });
  });
  beforeEach(async () => {
    proxy = await startSlackProxy({ upstream: slack.url, limits: 'off' });
    desk = await createTestDesk({ url: proxy.url, settings: { signingSecret: SLACK_TOKENS.signingSecret } });
    desk.listener.start();
    server = createServer((request, response) => desk.listener.httpHandler?.(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await desk.stop();
    await proxy.stop();
  });
  afterAll(() => slack.stop());

  async function send(payload: object): Promise<Response> {
    const body = `payload=${encodeURIComponent(JSON.stringify({ team: { id: 'T01TEST' }, user: { id: 'U01ONCALL' }, ...payload }))}`;
    const timestamp = String(Math.floor(Date.now() / 1000));
    const hash = createHmac('sha256', SLACK_TOKENS.signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
    return fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': `v0=${hash}`,
      },
    });
  }

  const view = (matchers: string) => ({
    id: 'V1',
    hash: 'H1',
    type: 'modal',
    callback_id: 'gi.silence',
    private_metadata: JSON.stringify({ incident: 'GI-1', version: 3, channel: 'C01OPS', ts: null }),
    state: {
      values: {
        matchers: { value: { type: 'plain_text_input', value: matchers } },
        seconds: { value: { type: 'static_select', selected_option: { value: '7200' } } },
        reason: { value: { type: 'plain_text_input', value: null } },
      },
    },
  });
  const change = (matchers: string) =>
    send({
      type: 'block_actions',
      trigger_id: randomUUID(),
      container: { type: 'view', view_id: 'V1' },
      view: view(matchers),
      actions: [{ type: 'static_select', action_id: 'value', block_id: 'seconds', action_ts: `${Date.now()}.1` }],
    });

  it('shows again what the silence mutes, for what stands in it now, and keeps what was filled in', async () => {
    const asked: SilenceRequest[] = [];
    desk.preview = async (request) => {
      asked.push(request);
      return testPreview({ lines: ['Mutes nothing now.'] });
    };

    expect((await change('instance=~"web-.*"')).status).toBe(200);

    await eventually(() => expect(proxy.callsOf('views.update')).toHaveLength(1));
    expect(asked).toMatchObject([{ seconds: 7200, incident: 'GI-1', matchers: [{ name: 'instance', isRegex: true }] }]);
    const drawn = JSON.stringify(proxy.callsOf('views.update')[0]?.body);
    expect(drawn).toContain('Mutes nothing now');
    expect(drawn).toContain('"view_id":"V1"');
    expect(drawn).toContain('"hash":"H1"');
    expect(drawn).toContain('"initial_option":{"text":{"type":"plain_text","text":"2h"}');
    expect(desk.commands).toEqual([]);
  });

  it('says what is wrong with a matcher before anything is submitted', async () => {
    await change('what?');

    await eventually(() => expect(JSON.stringify(proxy.callsOf('views.update'))).toContain('is no matcher'));
  });

  const runView = (values: Record<string, object>, callbackId = 'gi.run') => ({
    id: 'V2',
    hash: 'H2',
    type: 'modal',
    callback_id: callbackId,
    private_metadata: JSON.stringify({
      ...{ runbook: 'rotate', incident: null, version: 0, channel: 'C01OPS', ts: null },
      ...{ planHash: null, targets: null, dryRun: true, shown: {} },
    }),
    state: { values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }])) },
  });
  const pickIn = (values: Record<string, object>) =>
    send({
      type: 'block_actions',
      trigger_id: randomUUID(),
      container: { type: 'view', view_id: 'V2' },
      view: runView(values),
      actions: [{ type: 'static_select', action_id: 'value', block_id: 'service', action_ts: `${Date.now()}.1` }],
    });
  function offerRotation(): void {
    const config = desk.config.current();
    const parameters = { service: testParameter('service'), password: testParameter('secret', { required: false }) };
    const rotate = testRunbook('rotate', { risk: 'R3', parameters });
    desk.config.swap({ ...config, runbooks: { ...config.runbooks, rotate } });
  }

  it('plans a run again for what is picked now, and keeps what was filled in', async () => {
    offerRotation();

    await pickIn({
      service: { selected_option: { value: 'redis' } },
      dry_run: { selected_options: [] },
      reason: { value: 'a leak' },
      confirm: { value: 'gian' },
    });

    await eventually(() => expect(proxy.callsOf('views.update')).toHaveLength(1));
    const drawn = JSON.stringify(proxy.callsOf('views.update')[0]?.body);
    expect(drawn).toContain('redis-3f2a91c04d1e');
    expect(drawn).toContain('Type redis to confirm');
    expect(drawn).toContain('"initial_value":"a leak"');
    expect(drawn).toContain('"initial_value":"gian"');
    expect(drawn).not.toContain('initial_options');
    expect(desk.commands).toEqual([]);
  });

  it('draws a secret again by its name alone: what is none is left out', async () => {
    offerRotation();
    const service = { selected_option: { value: 'redis' } };

    await pickIn({ service, password: { value: 'hunter2-Canary!' } });
    await eventually(() => expect(proxy.callsOf('views.update')).toHaveLength(1));
    await pickIn({ service, password: { value: 'DB_PASSWORD' }, dry_run: { selected_options: [] } });
    await eventually(() => expect(proxy.callsOf('views.update')).toHaveLength(2));

    const [first, second] = proxy.callsOf('views.update').map(({ body }) => JSON.stringify(body));
    expect(first).not.toContain('hunter2');
    expect(second).toContain('DB_PASSWORD');
  });

  it('completes the name that is typed in it', async () => {
    offerRotation();

    const answer = await send({
      type: 'block_suggestion',
      action_id: 'value',
      block_id: 'service',
      value: 're',
      container: { type: 'view', view_id: 'V2' },
      view: runView({}),
    });

    expect(await answer.json()).toEqual({ options: [{ text: { type: 'plain_text', text: 'redis' }, value: 'redis' }] });
  });

  it('answers a form that nobody knows instead of closing it as if all were well', async () => {
    const answer = await send({ type: 'view_submission', view: { ...view(''), callback_id: 'gi.frobnicate' } });

    expect(await answer.json()).toMatchObject({ response_action: 'update' });
    expect(desk.commands).toEqual([]);
  });
});
