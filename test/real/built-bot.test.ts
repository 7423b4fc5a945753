import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { startHttpService, type TestHttpService } from '../support/http-service.ts';
import { mayRun } from '../support/need.ts';
import { freePort, type Running, startProcess, until } from '../support/process.ts';
import { startRedis, type TestRedis, whyNoRedis } from '../support/redis.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);
const SECRET = 'a-password-nobody-may-see';

describe.runIf(mayRun(whyNoRedis()))('the built bot, started by npm', () => {
  let folder: string;
  let http: TestHttpService;
  let redis: TestRedis;
  let bot: Running;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gianna-built-'));
    http = await startHttpService((request, response) => {
      response.end(request.url === '/metrics' ? 'queue_length 7\n' : '{"status":"healthy"}');
    });
    redis = await startRedis({ password: SECRET });
    const port = await freePort();
    env = { ...environmentIn(folder), GIANNA_HTTP_PORT: String(port) };
    writeConfig(join(folder, 'config'), probesOf(http.url, redis.port, port));
    bot = startProcess('npm', ['start'], { cwd: repository, env });
    await until(
      'the bot is ready',
      async () => {
        if (bot.child.exitCode !== null) throw new Error(bot.output());
        return (await fetch(`http://127.0.0.1:${port}/ready`)).ok;
      },
      90_000,
    );
    await until('the socket is there', async () => existsSync(join(folder, 'ops.sock')));
  });
  afterAll(async () => {
    await bot?.stop();
    await http?.stop();
    await redis?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('carries out probes of each kind that needs no container', async () => {
    const { stdout } = await run(process.execPath, [join(repository, 'dist/main.js'), 'probe', '--json'], { env });

    const checks: Array<{ probe: string; result: string }> = JSON.parse(stdout);
    expect(Object.fromEntries(checks.map(({ probe, result }) => [probe, result]))).toEqual({
      health: 'ok',
      queue: 'warn',
      cache: 'ok',
      port: 'ok',
      machine: 'ok',
      containers: 'unknown',
    });
    expect(stdout + bot.output()).not.toContain(SECRET);
  });

  it('keeps its socket and its database to its own account', () => {
    const modes = ['ops.sock', 'ops.db'].map((name) => statSync(join(folder, name)).mode & 0o777);

    expect(modes).toEqual([0o600, 0o600]);
  });

  it('stops when npm is told to', async () => {
    const ended = new Promise<void>((resolve) => bot.child.once('exit', () => resolve()));

    bot.child.kill('SIGTERM');
    await ended;

    await until('the bot is gone', async () => !existsSync(join(folder, 'ops.sock')));
    expect(bot.output()).toContain('"signal":"SIGTERM"');
  });
});

function environmentIn(folder: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    GIANNA_NO_INSTALL: '1',
    GIANNA_CONFIG: join(folder, 'config'),
    GIANNA_DATABASE_URL: `sqlite:${join(folder, 'ops.db')}`,
    GIANNA_SOCKET: join(folder, 'ops.sock'),
    GIANNA_WEBHOOK_TOKEN: 'webhook-token',
    SLACK_BOT_TOKEN: 'xoxb-nobody',
    SLACK_SIGNING_SECRET: 'nobody',
    SLACK_API_URL: 'http://127.0.0.1:1/api/',
    CACHE_PASSWORD: SECRET,
  };
}

function probesOf(url: string, redisPort: number, ownPort: number): object {
  return {
    health: { kind: 'http', url, expect: { json: { status: 'healthy' } } },
    queue: { kind: 'metrics', url: `${url}/metrics`, metric: 'queue_length', warn: '> 5' },
    cache: { kind: 'redis', url: `redis://:\${CACHE_PASSWORD}@127.0.0.1:${redisPort}` },
    port: { kind: 'tcp', host: '127.0.0.1', port: ownPort },
    machine: { kind: 'system', host: 'local', fail: { disk: '> 100%' } },
    containers: { kind: 'docker', host: 'nowhere', selector: { label: 'a=b' } },
  };
}

function writeConfig(folder: string, probes: object): void {
  const write = (name: string, value: object) => writeFileSync(join(folder, name), stringify(value));
  const levels = [{ after: '0m', notify: ['person:ana'], by: ['dm', 'thread'] }];
  const severity = { name: 'any', respond_within: '1h', levels, resolve: 'auto' };
  mkdirSync(folder, { recursive: true });
  write('slack.yml', { channels: { ops: 'C01OPS' }, roles: { responder: ['ana'] } });
  write('oncall.yml', { people: { ana: { slack: 'U01ANA' } }, schedules: {}, contacts: {} });
  write('severities.yml', { P0: severity, P1: severity, P2: severity, P3: severity });
  write('routes.yml', { routes: [{ match: {}, severity: 'P2' }] });
  write('hosts.yml', {
    hosts: { local: { connect: 'local' }, nowhere: { connect: 'docker', socket: join(folder, 'none.sock') } },
  });
  write('probes.yml', { probes });
}
