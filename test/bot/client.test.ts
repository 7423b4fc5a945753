import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { classifySlackError, createSlackClient } from '../../src/bot/client.ts';
import { silentLogger } from '../support/journal.ts';

describe('a failed call to Slack', () => {
  let server: Server | null = null;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
    server = null;
  });

  async function failureOf(status: number, body: string, headers: Record<string, string> = {}) {
    let calls = 0;
    server = createServer((request, response) => {
      calls += 1;
      request.resume();
      if (status === 0) response.destroy();
      else response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`;
    const client = createSlackClient({ token: 'xoxb-test', apiUrl, logger: silentLogger });
    const failure = await client.apiCall('chat.postMessage', { channel: 'C1' }).then(() => null, classifySlackError);
    return { failure, calls };
  }

  it.each([
    ['internal_error', 'transient'],
    ['fatal_error', 'unknown-outcome'],
    ['channel_not_found', 'terminal-destination'],
    ['is_archived', 'terminal-destination'],
    ['user_disabled', 'terminal-destination'],
    ['invalid_auth', 'terminal-global'],
    ['token_revoked', 'terminal-global'],
    ['invalid_blocks', 'invalid-blocks'],
    ['msg_blocks_too_long', 'invalid-blocks'],
    ['msg_too_long', 'too-long'],
  ])('by code %s is %s, and is not tried again', async (code, kind) => {
    const { failure, calls } = await failureOf(200, JSON.stringify({ ok: false, error: code }));

    expect(failure).toEqual({ kind, code });
    expect(calls).toBe(1);
  });

  it('by 429 says when to come back, without waiting', async () => {
    const { failure } = await failureOf(429, '{}', { 'retry-after': '30' });

    expect(failure).toEqual({ kind: 'transient', code: 'ratelimited', retryAfterSeconds: 30 });
  });

  it.each([
    [503, 'transient'],
    [500, 'unknown-outcome'],
    [504, 'unknown-outcome'],
  ])('by HTTP %i is %s', async (status, kind) => {
    expect((await failureOf(status, 'oops')).failure?.kind).toBe(kind);
  });

  it('by a lost answer may have happened', async () => {
    expect((await failureOf(0, '')).failure?.kind).toBe('unknown-outcome');
  });

  it('by an answer that is no JSON may have happened, and its text is not kept', async () => {
    expect((await failureOf(200, '<html>secret</html>')).failure).toEqual({
      kind: 'unknown-outcome',
      code: 'unreadable_answer',
    });
  });

  it('by a refused connection did not happen', async () => {
    const client = createSlackClient({ token: 'xoxb-test', apiUrl: 'http://127.0.0.1:9/api/', logger: silentLogger });

    const failure = await client.apiCall('auth.test').then(() => null, classifySlackError);

    expect(failure).toEqual({ kind: 'transient', code: 'ECONNREFUSED' });
  });
});
