import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { refusalOf } from './blocks.ts';
import { methodOf, parsedObject, readAll, readFields, type SlackCall } from './call.ts';
import { drawable, plainDates } from './dates.ts';
import { withPlainFields } from './drawable.ts';
import { createFaults, type Fault, type Faults } from './faults.ts';
import { type Answer, createForward } from './forward.ts';
import { createMembership } from './members.ts';
import { createMemory } from './memory.ts';
import { createMissingMethods, type UserGroup } from './methods.ts';
import { createRates } from './rates.ts';
import { createSockets, type SlackSockets } from './sockets.ts';
import { viewRefusalOf } from './views.ts';

export interface SlackProxy {
  /** `http://127.0.0.1:PORT`; the Web API is below `/api/`, control and UI as at the peer. */
  url: string;
  faults: Faults;
  sockets: SlackSockets;
  /** Ids of people who are in Do Not Disturb. */
  quiet: Set<string>;
  /** Every Web API call, in order of arrival. */
  calls: SlackCall[];
  /** Calls of one method. */
  callsOf(method: string): SlackCall[];
  stop(): Promise<void>;
}

export interface SlackProxyOptions {
  /** The peer, `http://127.0.0.1:PORT`. */
  upstream: string;
  /** `real` (default): sizes, membership, rates and trigger ids as at Slack; `off`: everything passes. */
  limits?: 'real' | 'off';
  /** Clock of the rates; hand in a fake clock's `now` when the bot runs on it. */
  now?: () => number;
  groups?: UserGroup[];
  /** Writes date tokens as their fallback text and groups of options as one list, for a peer that does not draw them. */
  drawable?: boolean;
}

const WRITES = new Set(['chat.postMessage', 'chat.update', 'chat.postEphemeral']);

/**
 * Stands in front of the Slack peer: HTTP and websockets pass through; it keeps what the peer drops, enforces what
 * the peer does not, and fails on demand. It knows nothing of the bot under test.
 */
export async function startSlackProxy(options: SlackProxyOptions): Promise<SlackProxy> {
  const now = options.now ?? Date.now;
  const isReal = options.limits !== 'off';
  const faults = createFaults();
  const memory = createMemory(now);
  const quiet = new Set<string>();
  const missing = createMissingMethods(options.groups ?? [], quiet);
  const membership = createMembership(options.upstream);
  const forward = createForward(options.upstream);
  const waitOf = createRates(now);
  const calls: SlackCall[] = [];
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const rewrite = (text: string) => text.replaceAll(new URL(options.upstream).host, host);
  const rewriteUp = (text: string) => (options.drawable === true ? withPlainFields(plainDates(text)) : text);
  const sockets = createSockets({ server, upstream: options.upstream, faults, memory, rewrite, rewriteUp });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? '/';
    const sent = await readAll(request);
    const type = request.headers['content-type'] ?? '';
    const body = options.drawable === true ? drawable(type, sent) : sent;
    const method = methodOf(url);
    if (method === null) return pass(request, response, body, url);
    const fields = readFields(url, type, body);
    const call: SlackCall = { method, at: now(), body: fields, status: 0, answer: 'open' };
    calls.push(call);
    const fault = faults.take(method, fields.channel);
    if (fault !== null && (await isAnswered(fault, call, response))) return;
    const refused = failure(viewRefusalOf(call.method, call.body)) ?? (isReal ? await refuse(call) : null);
    const answer = refused ?? missingAnswer(call) ?? (await ask(call, request, body));
    if (fault?.kind === 'drop-after-accept') return cut(call, response, fault.kind);
    reply(call, response, answer);
  }

  async function pass(request: IncomingMessage, response: ServerResponse, body: Buffer, url: string): Promise<void> {
    if (isReal && /response/.test(url) && request.method === 'POST' && !memory.mayRespond(url)) {
      return void response.writeHead(404).end('expired_url');
    }
    const answer = await forward.send(request, body);
    response.writeHead(answer.status, withoutLength(answer)).end(answer.body);
  }

  async function refuse(call: SlackCall): Promise<Answer | null> {
    const seconds = waitOf(call.method, call.body.channel);
    if (seconds !== null) return limited(seconds);
    if (call.method === 'views.open') return failure(memory.refuseTrigger(call.body.trigger_id));
    if (!WRITES.has(call.method)) return null;
    return failure((await membership(call.body.channel)) ?? refusalOf(call.method, call.body));
  }

  function missingAnswer(call: SlackCall): Answer | null {
    const answer = missing(call.method, call.body);
    return answer === null ? null : json(200, answer);
  }

  async function ask(call: SlackCall, request: IncomingMessage, body: Buffer): Promise<Answer> {
    const answer = await forward.send(request, body);
    const fields = parsedObject(answer.body.toString('utf8'));
    memory.keep(call, fields);
    memory.enrich(call, fields);
    return json(answer.status, JSON.parse(rewrite(JSON.stringify(fields))) as object);
  }

  async function isAnswered(fault: Fault, call: SlackCall, response: ServerResponse): Promise<boolean> {
    switch (fault.kind) {
      case 'status':
        reply(call, response, json(fault.status, { ok: false, error: `status_${fault.status}` }));
        return true;
      case 'error':
        reply(call, response, json(200, { ok: false, error: fault.code }));
        return true;
      case 'rate-limit':
        reply(call, response, limited(fault.retryAfterSeconds));
        return true;
      case 'reset':
        cut(call, response, fault.kind);
        return true;
      case 'black-hole':
        Object.assign(call, { status: -1, answer: fault.kind });
        return true;
      case 'delay':
        await new Promise((resolve) => setTimeout(resolve, fault.ms));
        return false;
      case 'drop-after-accept':
        return false;
      default: {
        const never: never = fault;
        throw new Error(`unknown fault ${JSON.stringify(never)}`);
      }
    }
  }

  return {
    url: `http://${host}`,
    faults,
    sockets,
    quiet,
    calls,
    callsOf: (method) => calls.filter((call) => call.method === method),
    stop: async () => {
      sockets.close();
      forward.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function json(status: number, answer: object): Answer {
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  return { status, headers, body: Buffer.from(JSON.stringify(answer)) };
}

function failure(code: string | null): Answer | null {
  return code === null ? null : json(200, { ok: false, error: code });
}

function limited(seconds: number): Answer {
  const answer = json(429, { ok: false, error: 'ratelimited' });
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(seconds) } };
}

function withoutLength(answer: Answer): Answer['headers'] {
  const { 'content-length': _length, 'transfer-encoding': _encoding, ...headers } = answer.headers;
  return headers;
}

function reply(call: SlackCall, response: ServerResponse, answer: Answer): void {
  const said = parsedObject(answer.body.toString('utf8'));
  Object.assign(call, { status: answer.status, answer: said.ok === true ? 'ok' : String(said.error) });
  response.writeHead(answer.status, withoutLength(answer)).end(answer.body);
}

function cut(call: SlackCall, response: ServerResponse, name: string): void {
  Object.assign(call, { status: -1, answer: name });
  response.destroy();
}
