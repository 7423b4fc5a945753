import { createServer, type Server } from 'node:net';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import type { ProbeConfig } from '../../src/core/config/config.ts';
import { createMetricsRegistry } from '../../src/core/metrics.ts';
import { createProbeMetrics } from '../../src/probes/metrics.ts';
import { createProbeRunner } from '../../src/probes/run.ts';
import { answerJson, startHttpService, type TestHttpService } from '../support/http-service.ts';
import { configOf } from '../support/probe-config.ts';
import { freePort } from '../support/redis.ts';

const timing = { everySeconds: null, timeoutSeconds: 5 };
const expectation = { expect: { status: null, json: null }, warn: null, method: 'GET' } as const;
const http = (url: string, parts: Partial<ProbeConfig> = {}): ProbeConfig =>
  ({ kind: 'http', url, ...expectation, ...timing, ...parts }) as ProbeConfig;

describe('running probes', () => {
  const servers: Array<TestHttpService | Server> = [];

  afterEach(async () => {
    for (const server of servers.splice(0)) {
      if ('stop' in server) await server.stop();
      else await new Promise((resolve) => server.close(resolve));
    }
  });

  async function service(status: number, body: unknown) {
    const started = await startHttpService(answerJson(status, body));
    servers.push(started);
    return started;
  }
  /** Takes connections and says nothing. */
  async function blackHole(): Promise<string> {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.resume();
    });
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    servers.push(server);
    return `http://127.0.0.1:${port}`;
  }
  function runner(probes: Readonly<Record<string, ProbeConfig>>) {
    const registry = createMetricsRegistry();
    const metrics = createProbeMetrics(registry);
    const hosts = {
      local: { connect: 'local', roles: [] },
      engine: { connect: 'docker', socket: '/nonexistent.sock', roles: [] },
      web: { connect: 'ssh', address: 'x', port: 22, user: 'x', keyFile: null, hostKey: 'x', roles: [] },
    } as const;
    const config = configOf({ probes, hosts });
    return {
      registry,
      run: createProbeRunner({ config, metrics, clock: systemClock, logger: pino({ enabled: false }) }),
    };
  }

  it('gives one result each, worst first, in the order asked among equals', async () => {
    const good = await service(200, { status: 'healthy' });
    const bad = await service(500, {});
    const slow = await service(200, { status: 'degraded' });
    const { run } = runner({ a: http(good.url), b: http(bad.url), c: http(slow.url), d: http(good.url) });

    const results = await run(['d', 'a', 'c', 'missing', 'b', 'a']);

    expect(results.map(({ probe, result }) => [probe, result])).toEqual([
      ['b', 'fail'],
      ['missing', 'unknown'],
      ['c', 'warn'],
      ['d', 'ok'],
      ['a', 'ok'],
    ]);
  });

  it.each(['missing', '__proto__', 'constructor'])(
    'calls the unknown name %j unknown and names those there are',
    async (name) => {
      const { run, registry } = runner({ health: http('http://127.0.0.1:1/') });

      const [result] = await run([name]);

      expect(result).toMatchObject({
        probe: name,
        result: 'unknown',
        summary: 'there is no such probe; there are health',
      });
      expect(await registry.metrics()).not.toContain(`probe="${name}"`);
    },
  );

  it('ends each probe at its own limit, and one that hangs holds up no other', async () => {
    const hole = await blackHole();
    const good = await service(200, {});
    const tcp: ProbeConfig = { kind: 'tcp', host: '127.0.0.1', port: good.port, ...timing };
    const metrics: ProbeConfig = {
      kind: 'metrics',
      url: hole,
      metric: 'm',
      labels: {},
      warn: null,
      fail: null,
      everySeconds: null,
      timeoutSeconds: 0.3,
    };
    const redis: ProbeConfig = {
      kind: 'redis',
      url: hole.replace('http', 'redis'),
      warn: {},
      fail: {},
      everySeconds: null,
      timeoutSeconds: 0.3,
    };
    const { run } = runner({ hanging: http(hole, { timeoutSeconds: 0.3 }), metrics, redis, tcp });

    const results = await run(['tcp', 'metrics', 'redis', 'hanging']);

    expect(results.map(({ probe, result, summary }) => ({ probe, result, summary }))).toEqual([
      { probe: 'redis', result: 'fail', summary: 'no answer within 0.3 s' },
      { probe: 'hanging', result: 'fail', summary: 'no answer within 0.3 s' },
      { probe: 'metrics', result: 'unknown', summary: 'no answer within 0.3 s' },
      { probe: 'tcp', result: 'ok', summary: expect.stringMatching(/^accepts connections, \d+ ms$/) },
    ]);
  });

  it('ends when it is told to, and says so', async () => {
    const { run } = runner({ hanging: http(await blackHole()) });
    const stop = new AbortController();

    const running = run(['hanging'], stop.signal);
    stop.abort();

    expect(await running).toMatchObject([{ result: 'unknown', summary: 'stopped before it ended' }]);
    expect(await run(['hanging'], stop.signal)).toMatchObject([{ summary: 'stopped before it ended' }]);
  });

  it('is unknown, not an exception, when a probe cannot be carried out', async () => {
    const selector = { name: 'x' };
    const limits = { warn: {}, fail: {}, path: '/' };
    const { run } = runner({
      engine: { kind: 'docker', host: 'engine', selector, ...timing },
      nowhere: { kind: 'docker', host: 'nowhere', selector, ...timing },
      ssh: { kind: 'system', host: 'web', ...limits, ...timing },
      path: { kind: 'system', host: 'local', ...limits, path: '/no/such/folder', ...timing },
      address: http('no address at all'),
    });

    const results = await run(['engine', 'nowhere', 'ssh', 'path']);
    const [address] = await run(['address']);

    expect(results.map(({ result }) => result)).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
    expect(results[0]?.summary).toContain('the socket is not there');
    expect(results[2]?.summary).toContain('is not reached from here');
    expect(address?.result).not.toBe('ok');
  });

  it('measures disk, memory and load of this machine', async () => {
    const over = { operator: '>=', value: 0 } as const;
    const { run } = runner({
      disk: { kind: 'system', host: 'local', path: '/', warn: { disk: over }, fail: {}, ...timing },
    });

    const [result] = await run(['disk']);

    expect(result?.result).toBe('warn');
    expect(result?.summary).toMatch(/^disk [\d.]+% \(>= 0%\), memory [\d.]+%, load [\d.]+%$/);
  });

  it('shows each result as metrics', async () => {
    const good = await service(200, {});
    const { run, registry } = runner({ good: http(good.url), bad: http(`http://127.0.0.1:${await freePort()}`) });

    await run(['good', 'bad']);
    const page = await registry.metrics();

    expect(page).toContain('gianna_ops_probe_result{probe="good"} 0');
    expect(page).toContain('gianna_ops_probe_result{probe="bad"} 3');
    expect(page).toMatch(/gianna_ops_probe_seconds\{probe="good"\} [\d.]+/);
    expect(page).toContain('gianna_ops_probe_runs_total{result="fail"} 1');
  });

  it('runs a thousand within its bounds', async () => {
    const good = await service(200, {});
    const names = Array.from({ length: 1000 }, (_each, index) => `p${index}`);
    const { run } = runner(Object.fromEntries(names.map((name) => [name, http(good.url)])));

    const results = await run(names);

    expect(results.filter(({ result }) => result === 'ok')).toHaveLength(1000);
    expect(good.connections()).toBe(1000);
  });
});
