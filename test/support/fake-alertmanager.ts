import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../src/core/clock.ts';

/** A silence as Alertmanager's API v2 keeps it. */
export interface FakeSilence {
  id: string;
  comment: string;
  createdBy: string;
  startsAt: string;
  endsAt: string;
  matchers: Array<{ name: string; value: string; isRegex: boolean; isEqual: boolean }>;
}

/**
 * Alertmanager's API v2 for silences on a clock that a test moves, and with faults that the real one cannot be made to
 * show at a chosen moment. What it answers was compared with Alertmanager 0.25 (test/real/silence.test.ts has the real one).
 */
export interface FakeAlertmanager {
  readonly url: string;
  readonly silences: FakeSilence[];
  /** `<method> <path>` of every request, in order. */
  readonly asked: string[];
  /** Alerts that fire, by fingerprint → labels. */
  readonly alerts: Map<string, Record<string, string>>;
  /** `away`: 503 before anything is done; `lost`: done, but the connection ends without an answer; `hangs`: done, never answered. */
  fault: 'none' | 'away' | 'lost' | 'hangs';
  live(): FakeSilence[];
  stop(): Promise<void>;
}

/** Starts one on a port of its own. */
export async function startFakeAlertmanager(clock: Clock): Promise<FakeAlertmanager> {
  const silences: FakeSilence[] = [];
  const asked: string[] = [];
  const alerts = new Map<string, Record<string, string>>();
  const stateOf = ({ startsAt, endsAt }: FakeSilence) => {
    if (Date.parse(endsAt) <= clock.now()) return 'expired';
    return Date.parse(startsAt) > clock.now() ? 'pending' : 'active';
  };
  const iso = () => new Date(clock.now()).toISOString();
  const silencedBy = (labels: Record<string, string>) =>
    silences.filter((one) => stateOf(one) === 'active' && one.matchers.every((matcher) => holds(matcher, labels)));

  function gettableAlert([fingerprint, labels]: [string, Record<string, string>]) {
    const by = silencedBy(labels).map(({ id }) => id);
    const status = { state: by.length > 0 ? 'suppressed' : 'active', silencedBy: by, inhibitedBy: [] };
    const times = { startsAt: iso(), endsAt: new Date(clock.now() + 300_000).toISOString(), updatedAt: iso() };
    return { fingerprint, labels, annotations: {}, receivers: [{ name: 'ops' }], status, ...times };
  }
  function put(body: Omit<FakeSilence, 'id'> & { id?: string }): { status: number; body: unknown } {
    if (Date.parse(body.endsAt) <= clock.now())
      return { status: 400, body: 'Failed to create silence: end time in the past' };
    const old = silences.find((one) => one.id === body.id && stateOf(one) !== 'expired');
    const isUpdate = old !== undefined && old.startsAt === body.startsAt && sameMatchers(old, body);
    if (isUpdate) {
      Object.assign(old, { comment: body.comment, createdBy: body.createdBy, endsAt: body.endsAt });
      return { status: 200, body: { silenceID: old.id } };
    }
    if (old !== undefined) old.endsAt = iso();
    const startsAt = Date.parse(body.startsAt) < clock.now() ? iso() : body.startsAt;
    const made = { ...body, startsAt, id: randomUUID() };
    silences.push(made);
    return { status: 200, body: { silenceID: made.id } };
  }
  function answer(method: string, path: string, body: string): { status: number; body: unknown } {
    if (method === 'GET' && path === '/api/v2/alerts') return { status: 200, body: [...alerts].map(gettableAlert) };
    if (method === 'GET' && path === '/api/v2/silences') {
      const all = silences.map((one) => ({ ...one, updatedAt: one.startsAt, status: { state: stateOf(one) } }));
      return { status: 200, body: all };
    }
    if (method === 'POST' && path === '/api/v2/silences') return put(JSON.parse(body));
    const found = silences.find(({ id }) => path === `/api/v2/silence/${id}`);
    if (method !== 'DELETE' || found === undefined) return { status: 500, body: 'silence not found' };
    if (stateOf(found) !== 'expired') found.endsAt = iso();
    return { status: 200, body: '' };
  }

  const fake: FakeAlertmanager = {
    url: '',
    silences,
    asked,
    alerts,
    fault: 'none',
    live: () => silences.filter((one) => stateOf(one) !== 'expired'),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  const server = createServer(async (request, response) => {
    const { method = '', url = '' } = request;
    asked.push(`${method} ${url}`);
    const body = await textOf(request);
    if (fake.fault === 'away') return void response.writeHead(503).end();
    const answered = answer(method, url, body);
    if (fake.fault === 'hangs' && method !== 'GET') return;
    if (fake.fault === 'lost' && method !== 'GET') return void request.socket.destroy();
    response.writeHead(answered.status, { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify(answered.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(fake, { url: `http://127.0.0.1:${port}` });
}

function holds({ name, value, isRegex, isEqual }: FakeSilence['matchers'][number], labels: Record<string, string>) {
  const actual = labels[name] ?? '';
  return (isRegex ? new RegExp(`^(?:${value})$`).test(actual) : actual === value) === isEqual;
}

function sameMatchers(one: Pick<FakeSilence, 'matchers'>, other: Pick<FakeSilence, 'matchers'>): boolean {
  return JSON.stringify(one.matchers) === JSON.stringify(other.matchers);
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
