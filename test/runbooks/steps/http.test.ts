import type { IncomingMessage, RequestListener } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOSTILE_WORDS } from '../../support/hostile-words.ts';
import { startHttpService, type TestHttpService } from '../../support/http-service.ts';
import { freePort } from '../../support/redis.ts';
import { createStepWorld, type StepWorld } from '../../support/step-world.ts';

const CANARY = 'canary-77aa81';

describe('a step that calls an HTTP address', () => {
  let world: StepWorld;
  let service: TestHttpService | undefined;
  let asked: Array<{ method: string | undefined; headers: IncomingMessage['headers']; body: string }> = [];

  beforeEach(() => {
    world = createStepWorld();
    asked = [];
  });
  afterEach(async () => {
    world.end();
    await service?.stop();
    service = undefined;
  });
  async function serve(answer: RequestListener): Promise<string> {
    service = await startHttpService(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      asked.push({ method: request.method, headers: request.headers, body });
      answer(request, response);
    });
    return `${service.url}/admin/maintenance`;
  }
  const json = (status: number, value: unknown): RequestListener => {
    return (_, response) => response.writeHead(status).end(JSON.stringify(value));
  };

  it('sends exactly what the plan shows, and takes plain values of the answer as results', async () => {
    const url = await serve(json(200, { status: 'on', left: 3, deep: {} }));
    const body = { method: 'POST', url, json: { for: '15m', n: 1 }, headers: { 'X-Why': 'update' } };

    const step = await world.plan('http', body);
    const [outcome] = await world.carryOut(step);

    expect(step.planned.call).toBe(`POST ${url}; headers X-Why; JSON {"for":"15m","n":1}`);
    expect(asked).toMatchObject([{ method: 'POST', body: '{"for":"15m","n":1}', headers: { 'x-why': 'update' } }]);
    expect(asked[0]?.headers['content-type']).toBe('application/json');
    expect(outcome).toMatchObject({ status: 'done', results: { status: 200, 'json.status': 'on', 'json.left': 3 } });
  });

  it.each([
    { method: 'GET', mutates: false },
    { method: 'HEAD', mutates: false },
    { method: 'DELETE', mutates: true },
  ])('says that $method changes something: $mutates', async ({ method, mutates }) => {
    const step = await world.plan('http', { method, url: 'http://127.0.0.1:1/' });

    expect(step.planned.mutates).toBe(mutates);
  });

  it.each([
    { status: 200, value: { state: 'on' }, expect: { json: { state: 'on' } }, result: 'done' },
    { status: 200, value: { state: 'off' }, expect: { json: { state: 'on' } }, result: 'failed' },
    { status: 200, value: 'text', expect: { json: { state: 'on' } }, result: 'failed' },
    { status: 404, value: {}, expect: undefined, result: 'failed' },
    { status: 404, value: {}, expect: { status: [204, 404] }, result: 'done' },
    { status: 302, value: {}, expect: undefined, result: 'failed' },
    { status: 504, value: {}, expect: undefined, result: 'unknown' },
  ])('is $result for $status $value when $expect is expected', async ({ status, value, expect: wanted, result }) => {
    const url = await serve(json(status, value));

    const [outcome] = await world.run('http', { method: 'DELETE', url, ...(wanted && { expect: wanted }) });

    expect(outcome?.status).toBe(result);
  });

  it('goes where no redirect points', async () => {
    const url = await serve((_, response) => response.writeHead(307, { location: '/other' }).end());

    await world.run('http', { method: 'POST', url });

    expect(asked).toHaveLength(1);
  });

  it.each([
    { method: 'POST', status: 'unknown' },
    { method: 'GET', status: 'failed' },
  ])('is $status when the answer to a $method is lost', async ({ method, status }) => {
    const url = await serve((request) => request.socket.destroy());

    const [outcome] = await world.run('http', { method, url });

    expect(outcome?.status).toBe(status);
    expect(asked).toHaveLength(1);
  });

  it('is unknown when the time is over', async () => {
    const url = await serve(() => undefined);

    const [outcome] = await world.run('http', { method: 'POST', url }, { timeoutMs: 200 });

    expect(outcome).toMatchObject({ status: 'unknown', summary: expect.stringContaining('no answer in time') });
  });

  it('has failed, not perhaps happened, when nobody listens', async () => {
    const [outcome] = await world.run('http', { method: 'POST', url: `http://127.0.0.1:${await freePort()}/` });

    expect(outcome).toMatchObject({ status: 'failed', summary: 'POST: connection refused' });
  });

  it('sends secrets, and shows them nowhere, even when the service says them', async () => {
    const url = await serve(json(200, { you: CANARY, quoted: `said ${CANARY}` }));
    world.secrets.TOKEN = CANARY;
    const secret = { secret: 'TOKEN' };
    const body = { method: 'PUT', url, token: secret, headers: { 'x-key': secret }, json: { deep: [{ p: secret }] } };

    const step = await world.plan('http', body);
    const [outcome] = await world.carryOut(step);

    expect(asked[0]?.headers).toMatchObject({ authorization: `Bearer ${CANARY}`, 'x-key': CANARY });
    expect(asked[0]?.body).toBe(`{"deep":[{"p":"${CANARY}"}]}`);
    expect(outcome?.results?.['json.quoted']).toBe('said [redacted]');
    expect(JSON.stringify([step, outcome, world.logged])).not.toContain(CANARY);
    expect(step.planned.call).toContain('JSON {"deep":[{"p":${TOKEN}}]}');
  });

  it('reads a whole address from a secret', async () => {
    world.secrets.HOOK = await serve(json(200, {}));

    const [outcome] = await world.run('http', { method: 'POST', url: { secret: 'HOOK' } });

    expect(outcome?.status).toBe('done');
  });

  it.each(['file:///etc/passwd', 'data:,x', 'not a url'])('does not go to a secret that is %s', async (url) => {
    world.secrets.HOOK = url;

    const [outcome] = await world.run('http', { method: 'POST', url: { secret: 'HOOK' } });

    expect(outcome?.status).toBe('failed');
  });

  it.each(Object.entries(HOSTILE_WORDS))('sends texts of class %s as they are inside of JSON', async (_, words) => {
    const url = await serve(json(200, {}));

    await world.run('http', { method: 'POST', url, json: { words } });

    expect(JSON.parse(asked[0]?.body ?? '')).toEqual({ words });
  });

  it.each(['a\r\nx-evil: 1', 'a\nb', 'nul\0'])('sends nothing when a header would hold %j', async (value) => {
    const url = await serve(json(200, {}));

    const [outcome] = await world.run('http', { method: 'POST', url, headers: { 'x-key': value } });

    expect(outcome).toMatchObject({ status: 'failed', summary: expect.stringContaining('x-key') });
    expect(asked).toEqual([]);
  });

  it.each([
    { url: 'http://user:secret@127.0.0.1/' },
    { url: 'ftp://127.0.0.1/' },
    { url: 'http://127.0.0.1/', method: 'TRACE' },
    { url: 'http://127.0.0.1/', headers: { 'content-length': '1' } },
    { url: 'http://127.0.0.1/', json: {}, body: 'x' },
  ])('refuses %j', async (body) => {
    await expect(world.plan('http', body)).rejects.toMatchObject({ code: 'RUNBOOK_STEP' });
  });
});
