import { describe, expect, it } from 'vitest';
import { startServer } from './support.ts';

describe('health, readiness and metrics', () => {
  it('is alive while it answers', async () => {
    const server = await startServer();

    const answer = await fetch(`${server.url}/health`);

    expect(answer.status).toBe(200);
    await server.close();
  });

  it('is ready with Slack away, and says so', async () => {
    const server = await startServer({
      ready: async () => ({
        writable: true,
        configVersion: 'v1',
        slack: 'down',
        alertmanager: 'off',
        started: true,
        waiting: 0,
        parked: 2,
        held: false,
      }),
    });

    const answer = await fetch(`${server.url}/ready`);

    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      ready: true,
      slack: 'down',
      started: true,
      waiting: 0,
      parked: 2,
      held: false,
    });
    await server.close();
  });

  it.each([
    ['the store takes no writes', { writable: false, configVersion: 'v1' }],
    ['no configuration is loaded', { writable: true, configVersion: null }],
  ])('is not ready when %s', async (_name, facts) => {
    const server = await startServer({
      ready: async () => ({
        slack: 'up',
        alertmanager: 'up',
        started: true,
        waiting: 0,
        parked: 0,
        held: false,
        ...facts,
      }),
    });

    const answer = await fetch(`${server.url}/ready`);

    expect(answer.status).toBe(503);
    await server.close();
  });

  it('serves the metrics as Prometheus reads them', async () => {
    const server = await startServer();

    const answer = await fetch(`${server.url}/metrics`);

    expect(answer.headers.get('content-type')).toContain('version=0.0.4');
    expect(await answer.text()).toContain('gianna_ops_web_intake_total');
    await server.close();
  });

  it('says that there is nothing at another address', async () => {
    const server = await startServer();

    const answer = await fetch(`${server.url}/nothing`);

    expect(answer.status).toBe(404);
    await server.close();
  });

  it('hands /slack/events to Slack when it is mounted', async () => {
    const server = await startServer({ slackEvents: (_request, response) => response.writeHead(202).end() });

    const answer = await fetch(`${server.url}/slack/events`, { method: 'POST', body: '{}' });

    expect(answer.status).toBe(202);
    await server.close();
  });

  it('refuses an address that is taken, and says what to do', async () => {
    const server = await startServer();

    const second = startServer({ port: server.port });

    await expect(second).rejects.toMatchObject({ code: 'LISTEN_FAILED', family: 'refusal' });
    await server.close();
  });
});
