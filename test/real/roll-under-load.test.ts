import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import type { Command } from '../../src/core/command.ts';
import { createDrivers } from '../../src/hosts/inventory.ts';
import { createShells } from '../../src/hosts/shells.ts';
import { createEffectRunner, type EffectRunner } from '../../src/journal/effects.ts';
import { createJournalMetrics } from '../../src/journal/metrics.ts';
import type { Journal } from '../../src/journal/port.ts';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import { createRunEngine, type RunEngine } from '../../src/runbooks/engine.ts';
import type { RunView } from '../../src/runbooks/views.ts';
import { testConfig, testConfigSource, testParameter, testRunbook, testStep } from '../support/config.ts';
import { startDockerEngine, type TestEngine, whyNoEngine } from '../support/docker-engine.ts';
import { silentLogger } from '../support/journal.ts';
import { startBalancer, type TestBalancer, whyNoLoad } from '../support/load.ts';
import { mayRun } from '../support/need.ts';
import { noDoors } from '../support/no-doors.ts';
import { until } from '../support/process.ts';
import { trusting } from '../support/trusting.ts';

/** Serves until it is asked to end; with /tmp/sick it runs and serves nothing. */
const SERVES = `
if test -e /tmp/sick; then echo 'no database' >&2; trap 'exit 0' TERM; while :; do sleep 0.1; done; fi
printf '%s' "$CONF" > /tmp/app.conf; exec /usr/sbin/nginx -c /tmp/app.conf
`;
/** A server that costs little: nginx of this machine, in the container. */
const CONF = `daemon off; master_process off; pid /tmp/app.pid; error_log /tmp/app.log; events { }
http {
  access_log off; client_body_temp_path /tmp/b; proxy_temp_path /tmp/p; fastcgi_temp_path /tmp/f;
  uwsgi_temp_path /tmp/u; scgi_temp_path /tmp/s; server { listen 80; location / { return 200 well; } }
}`;
const OF_THIS_MACHINE = ['/usr/sbin/nginx', '/lib', '/lib64', '/usr/lib', '/etc/passwd', '/etc/group'];
const SECOND = 1_000_000_000;
const ENOUGH_PER_SECOND = 200;

describe.runIf(mayRun(whyNoEngine() ?? whyNoLoad()))('copies of a service behind nginx, under load', () => {
  let docker: TestEngine;
  let balancer: TestBalancer;
  let folder: string;
  let journal: Journal;
  let engine: RunEngine;
  let runner: EffectRunner;
  let asked = 0;

  beforeAll(async () => {
    docker = await startDockerEngine();
    await docker.docker.createNetwork({
      Name: 'web',
      Driver: 'bridge',
      IPAM: { Config: [{ Subnet: '10.99.7.0/24' }] },
    });
    const copies: Record<string, string> = {};
    for (const name of ['web-1', 'web-2', 'web-3']) copies[name] = await startCopy(docker, name);
    balancer = await startBalancer(docker.namespace, copies);
    folder = mkdtempSync(join(tmpdir(), 'gianna-load-'));
    const config = configSource(docker.socket, balancer.script);
    const common = { config, clock: systemClock, logger: silentLogger, stateFolder: folder };
    const shells = createShells({ ...common, sshAgent: null, installation: 'test' });
    journal = await openSqliteJournal({ path: join(folder, 'journal.db'), clock: systemClock, logger: silentLogger });
    engine = createRunEngine({
      ...trusting,
      ...common,
      shellOf: shells.of,
      doors: noDoors,
      journal,
      metrics: new Registry(),
      driverOf: createDrivers({ ...common, shells }),
      runProbes: async () => [],
      incident: async () => null,
      verifyGraceMs: 0,
    });
    const metrics = createJournalMetrics(new Registry());
    const executors = { run: engine.executor };
    runner = createEffectRunner({ journal, clock: systemClock, logger: silentLogger, executors, metrics });
    await runner.start();
  }, 60_000);
  afterAll(async () => {
    await engine?.stop();
    await runner?.stop();
    await journal?.close();
    await balancer?.stop();
    await docker?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function carryOut(runbook: string, parameters: Record<string, string>): Promise<RunView> {
    const args = { runbook, parameters: { service: 'web', ...parameters } };
    const command: Command = { v: 1, verb: 'run', by: 'local', at: Date.now(), via: 'cli', args };
    const { batch, outcome } = await engine.command(command);
    if (outcome.kind === 'refused') throw new Error(`${outcome.code}: ${outcome.text}`);
    if (batch !== null) await journal.append(batch);
    asked += 1;
    return engine.waitFor(`RUN-${asked}`);
  }
  async function startedAt(): Promise<Record<string, string>> {
    const listed = await docker.docker.listContainers();
    const seen = await Promise.all(listed.map(({ Id }) => docker.docker.getContainer(Id).inspect()));
    return Object.fromEntries(seen.map(({ Name, State }) => [Name.slice(1), State.StartedAt]));
  }

  it('are all restarted, one is added and taken away again, and no request fails', async () => {
    const before = await startedAt();

    const load = balancer.load();
    const restart = await carryOut('restart', {});
    const after = await startedAt();
    const more = await carryOut('scale', { replicas: '+1' });
    const grown = balancer.serving();
    const fewer = await carryOut('scale', { replicas: '3' });
    const seen = await load.end();

    expect(seen.refused).toEqual([]);
    expect(seen.failed).toBe(0);
    expect(seen.perSecond).toBeGreaterThan(ENOUGH_PER_SECOND);
    expect([restart, more, fewer].map(({ status, summary }) => [status, summary])).toEqual([
      ['succeeded', expect.any(String)],
      ['succeeded', expect.any(String)],
      ['succeeded', expect.any(String)],
    ]);
    expect(Object.keys(before).filter((name) => after[name] === before[name])).toEqual([]);
    expect(grown).toEqual(['web-1', 'web-2', 'web-3', 'web-4']);
    expect(balancer.serving()).toEqual(['web-1', 'web-2', 'web-3']);
    expect(Object.keys(await startedAt()).sort()).toEqual(['web-1', 'web-2', 'web-3']);
  }, 120_000);

  it('go on serving when one of them never becomes well again: the rest is left alone', async () => {
    const sick = docker.docker.getContainer(await secondOf(docker));
    const exec = await sick.exec({ Cmd: ['touch', '/tmp/sick'] });
    await exec.start({ Detach: true });
    await until('it will be sick', async () => (await exec.inspect()).Running === false);

    const load = balancer.load();
    const run = await carryOut('restart', {});
    const seen = await load.end();

    expect(seen.refused).toEqual([]);
    expect(seen.failed).toBe(0);
    expect(run.status).toBe('failed');
    expect(run.summary).toMatch(/did not come back well: .*its last line: no database.*not touched: web-/);
    expect(balancer.serving()).toHaveLength(2);
  }, 120_000);
});

async function startCopy({ docker }: TestEngine, name: string): Promise<string> {
  const container = await docker.createContainer({
    name,
    Image: 'test-busybox:1',
    Cmd: ['sh', '-c', SERVES],
    Env: [`CONF=${CONF}`],
    Labels: { app: 'web' },
    HostConfig: { NetworkMode: 'web', Binds: OF_THIS_MACHINE.map((path) => `${path}:${path}:ro`) },
    Healthcheck: {
      Test: ['CMD', 'busybox', 'wget', '-q', '-O', '/dev/null', 'http://127.0.0.1/'],
      Interval: SECOND,
      Timeout: 2 * SECOND,
      Retries: 2,
    },
  });
  await container.start();
  await until(`${name} is well`, async () => (await container.inspect()).State.Health?.Status === 'healthy');
  return (await container.inspect()).NetworkSettings.Networks.web?.IPAddress ?? '';
}

/** The second in the order in which targets are taken: by id. */
async function secondOf({ docker }: TestEngine): Promise<string> {
  const ids = (await docker.listContainers()).map(({ Id }) => Id).sort();
  return ids[1] ?? '';
}

function configSource(socket: string, script: string) {
  const base = testConfig();
  const { gianna } = base.services;
  if (gianna === undefined) throw new Error('no service');
  const copy = ['${copy.name}', '${copy.address}'];
  const drain = { out: [script, 'out', ...copy], back: [script, 'back', ...copy], host: 'local', waitSeconds: 1 };
  const rolling = { batch: { count: 1 }, healthyWithinSeconds: 6, stableSeconds: 1, probe: null };
  const service = testParameter('service');
  const restart = { service: '${service}', mode: 'rolling' };
  const scale = { service: '${service}', replicas: '${replicas}' };
  return testConfigSource(
    testConfig({
      hosts: {
        local: { connect: 'local', roles: [], labels: {} },
        'docker-1': { connect: 'docker', socket, via: null, tls: null, roles: [], labels: {} },
      },
      services: {
        web: { ...gianna, driver: { kind: 'container', selector: { label: 'app=web' } }, probes: [], drain },
      },
      runbooks: {
        restart: testRunbook('restart', {
          parameters: { service },
          steps: [testStep('restart', 'service.restart', restart, { rolling })],
        }),
        scale: testRunbook('scale', {
          parameters: { service, replicas: testParameter('text') },
          steps: [testStep('scale', 'service.scale', scale, { rolling })],
        }),
      },
    }),
  );
}
