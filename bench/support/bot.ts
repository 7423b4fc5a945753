import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { freePort, startProcess, until } from '../../test/support/process.ts';

export interface Bot {
  url: string;
  webhook: string;
  token: string;
  pid: number;
  /** The built entry, and the environment that the bot was started with: for its command line. */
  main: string;
  env: NodeJS.ProcessEnv;
  /** Its database file. */
  database: string;
  output(): string;
  stop(): Promise<void>;
}
export interface SlackSink {
  /** Ends in `/api/`. */
  apiUrl: string;
  stop(): Promise<void>;
}

/** Who is on call, and may do everything that a responder may. */
export const BENCH_USER = 'U01ANA';
export const BENCH_SIGNING_SECRET = 'bench-signing-secret';
const TOKEN = 'bench-webhook-token';
const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** A Slack Web API that says ok to everything and tells what arrived, and when (performance.now()). */
export async function startSlackSink(onCall: (path: string, body: string, at: number) => void): Promise<SlackSink> {
  let count = 0;
  const server: Server = createServer((request, response) => {
    const at = performance.now();
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      const path = (request.url ?? '').replace(/^.*\/api\//, '');
      count += 1;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answerOf(path, count, channelIn(body))));
      onCall(path, body, at);
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return {
    apiUrl: `http://127.0.0.1:${port}/api/`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function channelIn(body: string): string {
  return /(?:^|&)channel=([A-Z0-9]+)/.exec(body)?.[1] ?? 'C01OPS';
}

function answerOf(path: string, count: number, channel: string): object {
  const ts = (1.7e9 + count).toFixed(6);
  if (path.startsWith('apps.connections.open')) return { ok: false, error: 'internal_error' };
  if (path.startsWith('conversations.list'))
    return { ok: true, channels: [{ id: 'C01OPS', name: 'gianna-ops', is_member: true }] };
  if (path.startsWith('conversations.open')) return { ok: true, channel: { id: 'D01' } };
  if (path.startsWith('users.info')) return { ok: true, user: { id: BENCH_USER, team_id: 'T01', name: 'ana' } };
  if (path.startsWith('auth.test')) return { ok: true, user_id: 'U0BOT', team_id: 'T01', bot_id: 'B01' };
  if (path.startsWith('conversations.')) return { ok: true, messages: [], channel: { id: channel, is_member: true } };
  return { ok: true, channel, ts, message: { ts } };
}

export interface BotOptions {
  /** What alerts with `severity: critical` are; P1 unless it says so. */
  readonly critical?: 'P0' | 'P1';
}

/** Starts the built bot on a fresh store with a plain configuration; resolves once it is ready. */
export async function startBot(slackApiUrl: string, shards = 0, options: BotOptions = {}): Promise<Bot> {
  const folder = mkdtempSync(join(tmpdir(), 'gianna-bench-'));
  const port = await freePort();
  const env = botEnvironment(folder, port, slackApiUrl, shards, options);
  const running = startProcess(process.execPath, [main, 'start'], { cwd: folder, env });
  const url = `http://127.0.0.1:${port}`;
  await until('the bot is ready', async () => {
    if (running.child.exitCode !== null) throw new Error(running.output());
    return (await fetch(`${url}/ready`)).ok;
  });
  return {
    url,
    webhook: `${url}/webhooks/alertmanager`,
    token: TOKEN,
    pid: running.child.pid ?? 0,
    main,
    env,
    database: databaseIn(folder),
    output: running.output,
    stop: async () => {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Environment of a bot of its own in `folder`, configuration included; alerts with the label `shard` go to a channel each. */
export function botEnvironment(
  folder: string,
  port: number,
  slackApiUrl: string,
  shards = 0,
  { critical = 'P1' }: BotOptions = {},
): NodeJS.ProcessEnv {
  const config = join(folder, 'config');
  mkdirSync(config, { recursive: true });
  const numbers = Array.from({ length: shards }, (_, n) => n);
  const person = { ana: { slack: BENCH_USER, timezone: 'UTC' } };
  const layers = [{ rotation: 'weekly', handoff: 'Mon 09:00', from: '2026-01-05', people: ['ana'] }];
  const level = { after: '0m', notify: ['schedule:primary'], by: ['dm'] };
  const severity = (name: string) => ({ name, respond_within: '1h', levels: [level], resolve: 'auto' });
  const write = (name: string, value: object) => writeFileSync(join(config, name), stringify(value));
  write('slack.yml', {
    channels: { ops: 'C01OPS', ...Object.fromEntries(numbers.map((n) => [`shard${n}`, `C0SHARD${n}`])) },
    roles: { responder: ['ana'], approver: [], security: [], admin: [] },
  });
  write('oncall.yml', {
    people: person,
    schedules: { primary: { timezone: 'UTC', layers } },
    contacts: {},
    business_time: { timezone: 'UTC', days: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri'], from: '09:00', to: '18:00' },
  });
  write('severities.yml', {
    P0: { ...severity('Critical'), levels: [{ ...level, by: ['dm', 'thread'] }] },
    P1: severity('High'),
    P2: severity('Medium'),
    P3: severity('Low'),
  });
  write('routes.yml', {
    routes: [
      ...numbers.map((n) => ({ match: { shard: String(n) }, severity: 'P2', channel: `shard${n}` })),
      { match: { severity: 'critical' }, severity: critical },
      { match: {}, severity: 'P2' },
    ],
  });
  return {
    PATH: process.env.PATH,
    GIANNA_CONFIG: config,
    GIANNA_DATABASE_URL: `sqlite:${databaseIn(folder)}`,
    GIANNA_HTTP_HOST: '127.0.0.1',
    GIANNA_HTTP_PORT: String(port),
    GIANNA_WEBHOOK_TOKEN: TOKEN,
    GIANNA_LOG_LEVEL: 'warn',
    SLACK_BOT_TOKEN: 'xoxb-bench',
    SLACK_SIGNING_SECRET: BENCH_SIGNING_SECRET,
    SLACK_API_URL: slackApiUrl,
  };
}

function databaseIn(folder: string): string {
  return join(folder, 'gianna-ops.db');
}

/** CPU seconds (user and system) a process has used so far. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
