import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bytesOf, payload } from '../support/payloads.ts';
import { post, rawConnection, startServer, type TestServer } from './support.ts';

const GOOD = JSON.stringify(payload([{}]));
const MEBIBYTE = 1024 * 1024;

vi.setConfig({ testTimeout: 30_000 });

describe('the alertmanager webhook', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startServer();
  });
  afterEach(() => server.close());

  it('answers 200 and keeps the body byte by byte', async () => {
    const answer = await post(server, GOOD);

    expect(answer.status).toBe(200);
    expect(server.stored.map((body) => Buffer.from(body).toString())).toEqual([GOOD]);
  });

  it('stores a body with the labels of its first alert, where they can be read', async () => {
    const seen: unknown[] = [];
    const noting = await startServer({
      store: async (_body, source, labels) => {
        seen.push([source, labels === null ? null : { ...labels }]);
        return { kind: 'stored' };
      },
    });
    const payload = JSON.parse(GOOD) as { alerts: object[] };
    const second = { ...payload.alerts[0], labels: { alertname: 'Second' } };
    const first = (labels: unknown) => ({ ...payload.alerts[0], labels });
    for (const alerts of [[first({ alertname: 'First', severity: 'critical' }), second], [first(7), second], []])
      expect((await post(noting, JSON.stringify({ ...payload, alerts }))).status).toBe(200);
    await noting.close();

    expect(seen).toEqual([
      ['alertmanager', { alertname: 'First', severity: 'critical' }],
      ['alertmanager', null],
      ['alertmanager', null],
    ]);
  });

  it('answers 200 only after the store has resolved', async () => {
    let commit: () => void = () => undefined;
    const committed = new Promise<void>((resolve) => {
      commit = resolve;
    });
    let asked: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const slow = await startServer({
      store: async () => {
        asked();
        await committed;
        return { kind: 'stored' };
      },
    });
    let isAnswered = false;

    const pending = post(slow, GOOD).then((answer) => {
      isAnswered = true;
      return answer.status;
    });
    await waiting;
    await fetch(`${slow.url}/health`);
    const before = isAnswered;
    commit();

    expect(before).toBe(false);
    expect(await pending).toBe(200);
    await slow.close();
  });

  it('takes a gzip body', async () => {
    const answer = await post(server, gzipSync(GOOD), { 'content-encoding': 'gzip' });

    expect(answer.status).toBe(200);
    expect(Buffer.from(server.stored[0] ?? []).toString()).toBe(GOOD);
  });

  it.each(['new-token', 'old-token'])('takes each of several tokens (%s)', async (token) => {
    const answer = await post(server, GOOD, { authorization: `Bearer ${token}` });

    expect(answer.status).toBe(200);
  });

  it.each([
    ['no token', ''],
    ['a wrong one', 'Bearer nearly-token'],
    ['a prefix', 'Bearer new-toke'],
    ['another scheme', 'Basic bmV3LXRva2Vu'],
  ])('answers 401 to %s and stores nothing', async (_name, authorization) => {
    const answer = await post(server, GOOD, { authorization });

    expect(answer.status).toBe(401);
    expect(server.stored).toHaveLength(0);
  });

  it('answers 401 before the body has been sent', async () => {
    const { socket, ended } = rawConnection(server.port);
    socket.write('POST /webhooks/alertmanager HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n');
    const [first] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    await ended;

    expect(first.toString()).toMatch(/^HTTP\/1\.1 401 /);
  });

  it('lets everybody in when no token is configured', async () => {
    const open = await startServer({ tokens: [] });

    const answer = await post(open, GOOD, { authorization: '' });

    expect(answer.status).toBe(200);
    await open.close();
  });

  it.each([
    ['broken JSON', '{"version":', 'body'],
    ['an array', '[]', 'body'],
    ['nothing', '', 'body'],
    ['version 3', JSON.stringify({ ...payload([{}]), version: '3' }), 'version'],
    ['a number as version', JSON.stringify({ ...payload([{}]), version: 4 }), 'version'],
    ['an unknown status', JSON.stringify({ ...payload([{}]), status: 'odd' }), 'status'],
    ['no receiver', JSON.stringify({ ...payload([{}]), receiver: undefined }), 'receiver'],
    ['groupLabels that are a list', JSON.stringify({ ...payload([{}]), groupLabels: [] }), 'groupLabels'],
    ['commonLabels that are null', JSON.stringify({ ...payload([{}]), commonLabels: null }), 'commonLabels'],
    ['alerts that are no list', JSON.stringify({ ...payload([{}]), alerts: {} }), 'alerts'],
  ])('answers 400 to %s and names the field', async (_name, body, field) => {
    const answer = await post(server, body);

    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { field } });
    expect(server.stored).toHaveLength(0);
  });

  it('answers 200 to a bad alert inside a good envelope', async () => {
    const body = { ...payload([{}]), alerts: [{ labels: null }, 7, ...(payload([{}]).alerts as object[])] };

    const answer = await post(server, bytesOf(body));

    expect(answer.status).toBe(200);
  });

  it('answers 405 to another method and names the one it takes', async () => {
    const answer = await fetch(`${server.url}/webhooks/alertmanager`);

    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('POST');
  });

  it.each(['br', 'deflate', 'gzip, gzip'])('answers 415 to content-encoding %s', async (encoding) => {
    const answer = await post(server, GOOD, { 'content-encoding': encoding });

    expect(answer.status).toBe(415);
  });

  it('answers 400 to a body that says gzip and is not', async () => {
    const answer = await post(server, GOOD, { 'content-encoding': 'gzip' });

    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { field: 'body' } });
  });

  it.each(['overloaded', 'failed'] as const)('answers 503 with Retry-After when the store is %s', async (kind) => {
    const full = await startServer({ store: async () => ({ kind }) });

    const answer = await post(full, GOOD);

    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    await full.close();
  });

  it('answers 503 when the store throws', async () => {
    const broken = await startServer({ store: () => Promise.reject(new Error('disk')) });

    const answer = await post(broken, GOOD);

    expect(answer.status).toBe(503);
    await broken.close();
  });

  it('answers 503 when all bodies together hold too much', async () => {
    const small = await startServer({ limits: { heldBytes: 10 } });

    const answer = await post(small, GOOD);

    expect(answer.status).toBe(503);
    await small.close();
  });

  it('lets a client that announces 50 MB and writes them all read its 413', async () => {
    const { socket, ended } = rawConnection(server.port);
    const length = 50 * MEBIBYTE;
    const chunk = Buffer.alloc(MEBIBYTE, 'x');
    socket.write(head({ 'Content-Length': String(length) }));
    for (let sent = 0; sent < length; sent += MEBIBYTE) {
      if (!socket.write(chunk)) await once(socket, 'drain');
    }
    const { text, error } = await ended;

    expect(error).toBeNull();
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
    expect(text).toContain('TOO_LARGE');
  });

  it('answers 413 to a chunked body as soon as it passes the limit, and the client can read it', async () => {
    const { socket, ended } = rawConnection(server.port);
    const part = Buffer.alloc(MEBIBYTE, 'x');
    socket.write(head({ 'Transfer-Encoding': 'chunked' }));
    for (let sent = 0; sent < 20; sent += 1) {
      socket.write(`${part.length.toString(16)}\r\n`);
      socket.write(part);
      if (!socket.write('\r\n')) await once(socket, 'drain');
    }
    socket.write('0\r\n\r\n');
    const { text, error } = await ended;

    expect(error).toBeNull();
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('answers 413 to a gzip bomb without inflating the whole of it', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * MEBIBYTE), { level: 9 });
    const before = process.memoryUsage().arrayBuffers;
    const answer = await post(server, bomb, { 'content-encoding': 'gzip' });
    const grown = process.memoryUsage().arrayBuffers - before;

    expect(answer.status).toBe(413);
    expect(grown).toBeLessThan(40 * MEBIBYTE);
  });

  it('does not ask a waiting client for a body that it would refuse', async () => {
    const { socket, ended } = rawConnection(server.port);
    socket.write(head({ 'Content-Length': String(50 * MEBIBYTE), Expect: '100-continue' }));
    const [first] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    await ended;

    expect(first.toString()).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('asks a waiting client for a body that it would take', async () => {
    const { socket, ended } = rawConnection(server.port);
    socket.write(head({ 'Content-Length': String(GOOD.length), Expect: '100-continue', Connection: 'close' }));
    const [first] = (await once(socket, 'data')) as [Buffer];
    socket.write(GOOD);
    const { text } = await ended;

    expect(first.toString()).toMatch(/^HTTP\/1\.1 100 /);
    expect(text).toContain('HTTP/1.1 200 ');
  });

  it('serves many payloads on one kept connection', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });

    const first = await postWith(agent, server.port);
    const second = await postWith(agent, server.port);

    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.localPort).toBe(first.localPort);
    expect(first.keepAlive).toContain('310');
    agent.destroy();
  });

  it('closes a client that is too slow, and serves others meanwhile', async () => {
    const strict = await startServer({
      limits: { headersTimeoutMs: 300, requestTimeoutMs: 600, checkIntervalMs: 50 },
    });
    const silent = rawConnection(strict.port);
    const inHead = rawConnection(strict.port);
    inHead.socket.write('POST /webhooks/alertmanager HTTP/1.1\r\nX-Slow: ');
    const inBody = rawConnection(strict.port);
    inBody.socket.write(`${head({ 'Content-Length': '1000' })}{`);

    const meanwhile = await post(strict, GOOD);
    const slow = await Promise.all([silent.ended, inHead.ended, inBody.ended]);

    expect(meanwhile.status).toBe(200);
    expect(slow).toHaveLength(3);
    expect(strict.stored).toHaveLength(1);
    await strict.close();
  });

  it('survives a client that goes away in the middle of its body', async () => {
    const { socket, ended } = rawConnection(server.port);
    await new Promise<void>((resolve) =>
      socket.write(`${head({ 'Content-Length': '1000' })}{"version"`, () => resolve()),
    );
    socket.resetAndDestroy();
    await ended;

    const answer = await post(server, GOOD);

    expect(answer.status).toBe(200);
    expect(server.stored).toHaveLength(1);
  });

  it('warns once a minute about payloads that are none', async () => {
    for (let sent = 0; sent < 5; sent += 1) await post(server, 'nonsense');

    expect(server.lines.filter((line) => line.msg === 'webhook payload refused')).toHaveLength(1);
  });

  it('counts every answer by its status', async () => {
    await post(server, GOOD);
    await post(server, 'nonsense');
    await post(server, GOOD, { authorization: '' });

    const text = await server.metrics();

    expect(text).toContain('gianna_ops_web_intake_total{status="200"} 1');
    expect(text).toContain('gianna_ops_web_intake_total{status="400"} 1');
    expect(text).toContain('gianna_ops_web_intake_total{status="401"} 1');
  });
});

function head(headers: Record<string, string>): string {
  const lines = Object.entries({ Host: 'x', Authorization: 'Bearer new-token', ...headers });
  return `POST /webhooks/alertmanager HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}

function postWith(agent: Agent, port: number): Promise<{ status: number; localPort: number; keepAlive: string }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: 'Bearer new-token', 'content-length': Buffer.byteLength(GOOD) };
    const sent = request({ agent, port, host: '127.0.0.1', method: 'POST', path: '/webhooks/alertmanager', headers });
    sent.on('error', reject);
    sent.on('response', (answer) => {
      const localPort = answer.socket.localPort ?? 0;
      const keepAlive = String(answer.headers['keep-alive']);
      answer.resume();
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, localPort, keepAlive }));
    });
    sent.end(GOOD);
  });
}
