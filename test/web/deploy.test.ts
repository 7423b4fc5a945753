import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from './support.ts';

const MARK = { service: 'gianna', version: 'v1.42' };

describe('the deploy webhook', () => {
  let server: TestServer;
  let sources: string[];
  beforeEach(async () => {
    sources = [];
    server = await startServer({
      store: async (_body, source) => {
        sources.push(source);
        return { kind: 'stored' };
      },
    });
  });
  afterEach(() => server.close());

  const mark = (body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${server.url}/webhooks/deploy`, {
      method: 'POST',
      headers: { authorization: 'Bearer new-token', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  it.each([
    ['service and version alone', MARK],
    ['everything', { ...MARK, by: 'ana', url: 'https://ci/42', at: '2026-11-22T13:44:00+01:00', environment: 'prod' }],
    ['unknown fields', { ...MARK, commit: { sha: 'c0ffee' } }],
    ['null for what is not known', { ...MARK, by: null, url: null, at: null }],
  ])('stores a mark with %s under its own source', async (_name, body) => {
    const answer = await mark(body);

    expect(answer.status).toBe(200);
    expect(sources).toEqual(['deploy']);
  });

  it.each([
    ['service', { version: 'v1' }, 'is missing'],
    ['service', { ...MARK, service: '' }, 'must not be empty'],
    ['service', { ...MARK, service: 7 }, 'must be a string'],
    ['version', { service: 'gianna' }, 'is missing'],
    ['version', { ...MARK, version: 'x'.repeat(201) }, 'must have at most 200 characters'],
    ['by', { ...MARK, by: ['ana'] }, 'must be a string'],
    ['url', { ...MARK, url: 'javascript:alert(1)' }, 'must be a URL that begins with http:// or https://'],
    ['at', { ...MARK, at: 'yesterday' }, 'must be a time such as "2026-11-22T13:44:00Z"'],
    ['body', 'service=gianna', 'is not a JSON object'],
    ['body', [MARK], 'is not a JSON object'],
    ['body', null, 'is not a JSON object'],
  ])('answers 400 and names %s (%#)', async (field, body, message) => {
    const answer = await mark(body);

    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({
      error: { code: 'NOT_A_DEPLOY', field, message, remedy: expect.stringContaining('docs/context.md') },
    });
    expect(sources).toEqual([]);
  });

  it('takes the same tokens as the other webhooks, and no others', async () => {
    const wrong = await mark(MARK, { authorization: 'Bearer nearly' });
    const old = await mark(MARK, { authorization: 'Bearer old-token' });

    expect([wrong.status, old.status]).toEqual([401, 200]);
  });

  it('counts its answers by source, apart from those to Alertmanager', async () => {
    await mark(MARK);
    await mark({});

    const text = await server.metrics();
    expect(text).toContain('gianna_ops_web_webhooks_total{source="deploy",status="200"} 1');
    expect(text).toContain('gianna_ops_web_webhooks_total{source="deploy",status="400"} 1');
    expect(text).not.toContain('gianna_ops_web_intake_total{');
  });
});
