import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from './support.ts';

const GRAFANA = readFileSync(join(import.meta.dirname, '../fixtures/grafana-webhook.json'), 'utf8');
const EVENT = JSON.stringify({ title: 'Backup failed', status: 'firing' });
const SOURCES = [
  ['grafana', GRAFANA, 'NOT_GRAFANA', 'version'],
  ['event', EVENT, 'NOT_AN_EVENT', 'title'],
] as const;

describe.each(SOURCES)('the webhook of %s', (source, body, code, firstField) => {
  let server: TestServer;
  let stored: string[];
  let outcome: 'stored' | 'overloaded' | 'failed';
  beforeEach(async () => {
    stored = [];
    outcome = 'stored';
    server = await startServer({
      store: async (_body, from) => {
        stored.push(from);
        return { kind: outcome };
      },
    });
  });
  afterEach(() => server.close());

  const send = (content: string | Buffer, headers: Record<string, string> = {}) =>
    fetch(`${server.url}/webhooks/${source}`, {
      method: 'POST',
      headers: { authorization: 'Bearer new-token', ...headers },
      body: content,
    });

  it('stores it under its own source, compressed or not', async () => {
    const plain = await send(body);
    const zipped = await send(gzipSync(body), { 'content-encoding': 'gzip' });

    expect([plain.status, zipped.status]).toEqual([200, 200]);
    expect(stored).toEqual([source, source]);
  });

  it('answers 400, names the first field that is wrong, and says where to read on', async () => {
    const answer = await send('{}');

    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      error: { code, field: firstField, remedy: expect.stringContaining('docs/webhooks.md') },
    });
    expect(stored).toEqual([]);
  });

  it('answers 401 without a token, 415 for another encoding, 405 for GET', async () => {
    const statuses = [
      await send(body, { authorization: '' }),
      await send(body, { 'content-encoding': 'br' }),
      await fetch(`${server.url}/webhooks/${source}`),
    ].map(({ status }) => status);

    expect(statuses).toEqual([401, 415, 405]);
    expect(stored).toEqual([]);
  });

  it.each(['overloaded', 'failed'] as const)('answers 503 with Retry-After when it is %s', async (kind) => {
    outcome = kind;

    const answer = await send(body);

    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('5');
  });

  it('answers 413 beyond 10 MiB', async () => {
    const answer = await send(' '.repeat(10 * 1024 * 1024 + 1));

    expect(answer.status).toBe(413);
  });

  it('is counted by source and status', async () => {
    await send(body);

    expect(await server.metrics()).toContain(`gianna_ops_web_webhooks_total{source="${source}",status="200"} 1`);
  });
});
