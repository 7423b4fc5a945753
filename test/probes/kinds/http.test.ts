import type { RequestListener } from 'node:http';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { ProbeOf } from '../../../src/probes/kinds/deps.ts';
import { probeHttp } from '../../../src/probes/kinds/http.ts';
import { answerJson, startHttpService, type TestHttpService } from '../../support/http-service.ts';
import { freePort } from '../../support/redis.ts';

const never = new AbortController().signal;

function probeAt(url: string, parts: Partial<ProbeOf<'http'>> = {}): ProbeOf<'http'> {
  const expectation = { status: null, json: null };
  return {
    kind: 'http',
    url,
    method: 'GET',
    expect: expectation,
    warn: null,
    everySeconds: null,
    timeoutSeconds: 5,
    ...parts,
  };
}

const GIANNA = {
  expect: { status: 200, json: { status: 'healthy' } },
  warn: { status: null, json: { status: 'degraded' } },
} as const;

describe('an HTTP probe', () => {
  let service: TestHttpService | undefined;

  afterEach(async () => {
    await service?.stop();
    service = undefined;
  });
  async function ask(listener: RequestListener, parts: Partial<ProbeOf<'http'>> = {}, path = '/health') {
    service = await startHttpService(listener);
    return probeHttp(probeAt(`${service.url}${path}`, parts), never);
  }

  it.each([
    { status: 200, body: { status: 'healthy' }, parts: GIANNA, result: 'ok' },
    { status: 200, body: { status: 'degraded' }, parts: GIANNA, result: 'warn' },
    { status: 503, body: { status: 'degraded' }, parts: GIANNA, result: 'warn' },
    { status: 503, body: { status: 'unhealthy' }, parts: GIANNA, result: 'fail' },
    { status: 200, body: { status: 'unhealthy' }, parts: GIANNA, result: 'fail' },
    { status: 200, body: {}, parts: GIANNA, result: 'fail' },
    { status: 200, body: { status: 'ready' }, parts: {}, result: 'ok' },
    { status: 204, body: {}, parts: {}, result: 'fail' },
    { status: 503, body: { status: 'ready' }, parts: {}, result: 'fail' },
    { status: 200, body: { status: 'degraded' }, parts: {}, result: 'warn' },
    { status: 200, body: { status: 'unhealthy' }, parts: {}, result: 'fail' },
    { status: 404, body: {}, parts: { expect: { status: 404, json: null } }, result: 'ok' },
    {
      status: 200,
      body: { checks: [{ ok: true }] },
      parts: { expect: { status: null, json: { 'checks.0.ok': true } } },
      result: 'ok',
    },
    {
      status: 200,
      body: { a: 1 },
      parts: { expect: { status: null, json: { '__proto__.polluted': true } } },
      result: 'fail',
    },
  ])('finds $result for $status $body', async ({ status, body, parts, result }) => {
    const finding = await ask(answerJson(status, body), parts);

    expect(finding.result).toBe(result);
  });

  it('says in words what it saw and what was expected', async () => {
    const finding = await ask(answerJson(200, { status: 'unhealthy', checks: { redis: 'down' } }), GIANNA);

    expect(finding.summary).toMatch(
      /^200 in \d+ ms, status "unhealthy"; expected status to be "healthy", it is "unhealthy"$/,
    );
    expect(finding.evidence).toMatchObject({ status: 200, 'json.status': 'unhealthy', 'json.checks.redis': 'down' });
    expect(finding.evidence.first_byte_ms).toEqual(expect.any(Number));
  });

  it('does not follow a redirect', async () => {
    let asked = 0;
    const finding = await ask((_request, response) => {
      asked++;
      response.writeHead(302, { location: 'http://user:secret@169.254.169.254/latest?token=x' }).end();
    });

    expect(finding).toMatchObject({ result: 'fail' });
    expect(finding.summary).toContain('expected 200, it redirects to http://169.254.169.254/latest');
    expect(finding.summary).not.toContain('secret');
    expect(asked).toBe(1);
  });

  it('uses a new connection each time', async () => {
    service = await startHttpService(answerJson(200, {}));
    const config = probeAt(service.url);

    for (let time = 0; time < 3; time++) await probeHttp(config, never);

    expect(service.connections()).toBe(3);
  });

  it('stops reading an answer that is too large', async () => {
    const endless: RequestListener = (_request, response) => {
      const write = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536))) {}
        response.once('drain', write);
      };
      write();
    };

    const finding = await ask(endless, GIANNA);

    expect(finding.summary).toContain('the answer is larger than 256 KiB');
  });

  it('takes neither control sequences nor long text from an answer', async () => {
    const finding = await ask(answerJson(200, { status: `\u001b[31m${'x'.repeat(500)}\u202e` }), GIANNA);

    expect(finding.summary).not.toContain('\u001b');
    expect(finding.summary).not.toContain('\u202e');
    expect(finding.summary.length).toBeLessThan(400);
  });

  it('answers HEAD without a body', async () => {
    const finding = await ask((request, response) => response.writeHead(request.method === 'HEAD' ? 200 : 500).end(), {
      method: 'HEAD',
    });

    expect(finding.result).toBe('ok');
  });

  it('hides user, password and query of its address', async () => {
    service = await startHttpService(answerJson(200, {}));

    const url = `http://bot:secret@127.0.0.1:${service.port}/health?token=secret`;
    const finding = await probeHttp(probeAt(url), never);

    expect(finding.target).toBe(`http://127.0.0.1:${service.port}/health`);
    expect(JSON.stringify(finding)).not.toContain('secret');
  });

  it('says connection refused when nobody listens', async () => {
    const finding = await probeHttp(probeAt(`http://127.0.0.1:${await freePort()}/`), never);

    expect(finding).toMatchObject({ result: 'fail', summary: 'connection refused' });
  });

  it.each([
    { what: 'closes at once', greeting: null, summary: 'connection closed before an answer' },
    { what: 'speaks another protocol', greeting: '220 mail ready\r\n', summary: 'it does not speak HTTP' },
    {
      what: 'breaks off in the middle',
      greeting: 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf',
      summary: 'connection closed before an answer',
    },
  ])('fails in words when the other side $what', async ({ greeting, summary }) => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => (greeting === null ? socket.destroy() : socket.end(greeting)));
    });
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));

    const finding = await probeHttp(probeAt(`http://127.0.0.1:${port}/`), never);
    await new Promise((resolve) => server.close(resolve));

    expect(finding).toMatchObject({ result: 'fail', summary });
  });
});
