import { createServer, type IncomingMessage } from 'node:http';
import { readAll, readFields } from '../../test/support/slack-proxy/call.ts';
import { createRates } from '../../test/support/slack-proxy/rates.ts';

/** One call of the Web API, as Slack took or refused it. */
export interface TakenCall {
  readonly method: string;
  /** performance.now() */
  readonly at: number;
  readonly channel: string;
  readonly isReply: boolean;
  readonly isRefused: boolean;
  /** Everything that is shown. */
  readonly text: string;
}

export interface LimitedSlack {
  /** Ends in `/api/`. */
  readonly apiUrl: string;
  readonly calls: readonly TakenCall[];
  stop(): Promise<void>;
}

/** A Slack that does nothing but keep Slack's published limits: 429 with Retry-After beyond them. */
export async function startLimitedSlack(): Promise<LimitedSlack> {
  const calls: TakenCall[] = [];
  const waitOf = createRates(() => performance.now());
  const server = createServer(async (request, response) => {
    const { method, fields } = await readCall(request);
    const seconds = waitOf(method, fields.channel);
    calls.push({
      method,
      at: performance.now(),
      channel: String(fields.channel ?? ''),
      isReply: fields.thread_ts !== undefined,
      isRefused: seconds !== null,
      text: JSON.stringify([fields.text, fields.blocks, fields.attachments]),
    });
    response.setHeader('content-type', 'application/json');
    if (seconds !== null) {
      response.writeHead(429, { 'retry-after': String(seconds) });
      response.end(JSON.stringify({ ok: false, error: 'ratelimited' }));
    } else response.end(JSON.stringify(answerOf(method, fields, calls.length)));
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return {
    apiUrl: `http://127.0.0.1:${port}/api/`,
    calls,
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function readCall(request: IncomingMessage): Promise<{ method: string; fields: Record<string, unknown> }> {
  const body = await readAll(request);
  const url = request.url ?? '';
  return {
    method: url.replace(/^.*\/api\//, '').replace(/\?.*$/, ''),
    fields: readFields(url, request.headers['content-type'] ?? '', body),
  };
}

function answerOf(method: string, fields: Record<string, unknown>, count: number): object {
  const ts = (1.7e9 + count).toFixed(6);
  switch (method) {
    case 'apps.connections.open':
      return { ok: false, error: 'internal_error' };
    case 'auth.test':
      return { ok: true, user_id: 'U0BOT', team_id: 'T01', bot_id: 'B01', url: 'https://team.slack.com/' };
    case 'conversations.open':
      return { ok: true, channel: { id: 'D01' } };
    case 'conversations.list':
      return { ok: true, channels: [{ id: 'C01OPS', name: 'gianna-ops', is_member: true }] };
    case 'conversations.history':
    case 'conversations.replies':
      return { ok: true, messages: [] };
    default:
      return { ok: true, channel: fields.channel, ts: fields.ts ?? ts, message: { ts } };
  }
}
