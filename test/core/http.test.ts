import { afterEach, describe, expect, it } from 'vitest';
import { createHttp } from '../../src/core/http.ts';
import { startHttpService, type TestHttpService } from '../support/http-service.ts';

describe('the way out over HTTP', () => {
  let service: TestHttpService | undefined;

  afterEach(async () => {
    await service?.stop();
    service = undefined;
  });

  it('follows no redirect', async () => {
    let asked = 0;
    service = await startHttpService((_request, response) => {
      asked++;
      response.writeHead(302, { location: '/elsewhere' }).end();
    });

    const answer = createHttp({ timeoutMs: 5000 }).get(service.url, { validateStatus: () => true });

    expect((await answer).status).toBe(302);
    expect(asked).toBe(1);
  });

  it('refuses an answer that is larger than its cap', async () => {
    service = await startHttpService((_request, response) => response.end('x'.repeat(20_000)));

    const answer = createHttp({ timeoutMs: 5000, maxBytes: 10_000 }).get(service.url);

    await expect(answer).rejects.toThrow('maxContentLength');
  });

  it('ends an answer that drips for ever', async () => {
    service = await startHttpService((_request, response) => {
      const drip = setInterval(() => response.write('x'), 20);
      response.once('close', () => clearInterval(drip));
    });

    const answer = createHttp({ timeoutMs: 300 }).get(service.url);

    await expect(answer).rejects.toMatchObject({ name: expect.stringMatching(/Error$/) });
  });

  it('heeds the signal of the asker too', async () => {
    service = await startHttpService(() => {});
    const stop = new AbortController();

    const answer = createHttp({ timeoutMs: 60_000 }).get(service.url, { signal: stop.signal });
    stop.abort();

    await expect(answer).rejects.toMatchObject({ code: 'ERR_CANCELED' });
  });
});
