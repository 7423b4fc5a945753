import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { systemClock } from '../../src/core/clock.ts';
import type { Config, StepConfig } from '../../src/core/config/config.ts';
import { loadConfig } from '../../src/core/config/load.ts';
import { createDrivers } from '../../src/hosts/inventory.ts';
import { createShells, type Shells } from '../../src/hosts/shells.ts';
import { createEffectRunner, type EffectRunner } from '../../src/journal/effects.ts';
import { createJournalMetrics } from '../../src/journal/metrics.ts';
import type { Journal } from '../../src/journal/port.ts';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import { createProbeMetrics } from '../../src/probes/metrics.ts';
import { createProbeRunner } from '../../src/probes/run.ts';
import { createRunEngine, type RunEngine } from '../../src/runbooks/engine.ts';
import { STEP_KINDS } from '../../src/runbooks/steps/registry.ts';
import { writeBotConfig } from '../support/bot-config.ts';
import { startDockerEngine, type TestEngine, whyNoEngine } from '../support/docker-engine.ts';
import { silentLogger } from '../support/journal.ts';
import { type NamespaceHosts, startNamespaceHosts, whyNoHosts } from '../support/namespace-hosts.ts';
import { mayRun } from '../support/need.ts';
import { whyNoNetwork } from '../support/network.ts';
import { startRedis, type TestRedis, whyNoRedis } from '../support/redis.ts';
import { parametersOf, shippedRunbooks } from '../support/shipped-runbooks.ts';
import { lookAtAll, type Touchable } from '../support/touch-watch.ts';
import { trusting } from '../support/trusting.ts';

const shipped = fileURLToPath(new URL('../../config', import.meta.url));
const missing = whyNoEngine() ?? whyNoHosts() ?? whyNoNetwork() ?? whyNoRedis();

/** hosts.yml and probes.yml as they are written. */
interface Written {
  readonly hosts: Record<string, { connect: string; [key: string]: unknown }>;
  readonly services: Record<string, { driver: string; selector?: { label?: string } }>;
}

describe.runIf(mayRun(missing))('a dry run, with the shipped configuration on real parts', () => {
  let docker: TestEngine;
  let hosts: NamespaceHosts;
  let redis: TestRedis;
  let folder: string;
  let shells: Shells;
  let journal: Journal;
  let engine: RunEngine;
  let runner: EffectRunner;
  let touchable: Touchable;
  const behindDoors: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gianna-dry-'));
    [docker, hosts, redis] = await Promise.all([startDockerEngine(), startNamespaceHosts(['web-1']), startRedis()]);
    const config = await swappedConfig();
    const source = { current: () => config };
    const common = { config: source, clock: systemClock, logger: silentLogger };
    const stateFolder = join(folder, 'state');
    mkdirSync(stateFolder);
    shells = createShells({ ...common, stateFolder, sshAgent: null, installation: 'dry' });
    const runProbes = createProbeRunner({
      ...common,
      metrics: createProbeMetrics(new Registry()),
      engineOf: shells.engineOf,
    });
    journal = await openSqliteJournal({ path: join(folder, 'journal.db'), clock: systemClock, logger: silentLogger });
    engine = createRunEngine({
      ...trusting,
      ...common,
      journal,
      metrics: new Registry(),
      shellOf: shells.of,
      driverOf: createDrivers({ ...common, stateFolder, shells }),
      doors: {
        silence: async () => {
          behindDoors.push('silence');
          return { id: 'SIL-1', until: 0 };
        },
        foreseeSilence: async () => ({ blocked: null, shown: [], because: [] }),
        liftSilence: async () => void behindDoors.push('lift'),
        peers: () => [],
        notify: async ({ text }) => void behindDoors.push(text),
      },
      runProbes,
      incident: async () => null,
      verifyGraceMs: 0,
    });
    const metrics = createJournalMetrics(new Registry());
    const executors = { run: engine.executor };
    runner = createEffectRunner({ journal, clock: systemClock, logger: silentLogger, executors, metrics });
    await runner.start();
    const [web] = hosts.hosts;
    mkdirSync(join(web?.home ?? '', 'etc'));
    writeFileSync(join(web?.home ?? '', 'etc', 'note'), 'as it was\n');
    touchable = {
      engine: docker,
      namespaces: hosts.hosts.map(({ namespace }) => namespace),
      trees: [web?.home ?? '', stateFolder, '/etc'],
      redis: redis.url,
    };
  });
  afterAll(async () => {
    await engine?.stop();
    await runner?.stop();
    await shells?.close();
    await journal?.close();
    await Promise.all([docker?.stop(), hosts?.stop(), redis?.stop()]);
    rmSync(folder, { recursive: true, force: true });
  });

  /** What is shipped, with each machine that is reached by a shell made our host, and each engine ours. */
  async function swappedConfig(): Promise<Config> {
    const [web] = hosts.hosts;
    const written: Written = parse(readFileSync(join(shipped, 'hosts.yml'), 'utf8'));
    const { address, user, keyFile, hostKey } = web?.config() ?? {};
    const ssh = { connect: 'ssh', address, user, key_file: keyFile, host_key: hostKey };
    const swapped = Object.entries(written.hosts).map(([name, { connect, roles, labels }]) => {
      const marks = { ...(roles === undefined ? {} : { roles }), ...(labels === undefined ? {} : { labels }) };
      return [name, { ...(connect === 'docker' ? { connect, socket: docker.socket } : ssh), ...marks }];
    });
    for (const [name, { driver, selector }] of Object.entries(written.services)) {
      const [key, value = ''] = selector?.label?.split('=') ?? [];
      if (driver !== 'container' || key === undefined) throw new Error(`give ${name} a real part here`);
      await docker.run(`${name}-1`, { labels: { [key]: value } });
    }
    const dir = join(folder, 'config');
    writeBotConfig(dir, {
      'hosts.yml': { ...written, hosts: { ...Object.fromEntries(swapped), 'web-1': ssh } },
      'probes.yml': parse(readFileSync(join(shipped, 'probes.yml'), 'utf8')),
      'runbooks/touches.yml': touches(web?.home ?? '', redis.url),
    });
    const loaded = await loadConfig({
      dir,
      env: { GIANNA_REDIS_URL: redis.url, REDIS_URL: redis.url },
      steps: STEP_KINDS,
    });
    if (loaded.config === null) throw new Error(JSON.stringify(loaded.problems, null, 2));
    return { ...loaded.config, runbooks: quick(loaded.config.runbooks) };
  }

  async function run(runbook: string, parameters: Readonly<Record<string, string>>, dryRun: boolean) {
    const args = { runbook, parameters, dryRun, reason: 'to see what it touches' };
    const asked = { v: 1, verb: 'run', by: 'local', at: Date.now(), via: 'cli', args } as const;
    const { batch, outcome } = await engine.command(asked);
    if (batch === null || outcome.kind !== 'done') throw new Error(`${runbook}: ${outcome.text}`);
    await journal.append(batch);
    return engine.waitFor(outcome.run ?? '');
  }

  const each = [...shippedRunbooks().map(({ runbook }) => runbook), 'touches'];

  it.each(each)('of %s leaves containers, rules, files and Redis as they were', async (runbook) => {
    const parameters = runbook === 'touches' ? {} : parametersOf(runbook);
    const before = await lookAtAll(touchable);

    const ended = await run(runbook, parameters, true);

    expect(await lookAtAll(touchable)).toEqual(before);
    expect(ended.status).not.toBe('refused');
    const acting = ended.steps.filter(({ mutates }) => mutates);
    expect(acting.filter(({ status }) => status !== 'skipped')).toEqual([]);
    expect(behindDoors).toEqual([]);
  });

  it('is told from a run that touches something, by each of what is looked at', async () => {
    const before = await lookAtAll(touchable);

    const restarted = await run('restart', { service: 'gianna' }, false);
    const afterRestart = await lookAtAll(touchable);
    const touched = await run('touches', {}, false);
    const after = await lookAtAll(touchable);

    expect(restarted.steps.find(({ id }) => id === 'restart')?.status).toBe('done');
    expect(touched.status, touched.summary ?? '').toBe('succeeded');
    expect(afterRestart.containers).not.toEqual(before.containers);
    expect(after.rulesets).not.toEqual(afterRestart.rulesets);
    expect(after.files).not.toEqual(afterRestart.files);
    expect(after.redis).not.toEqual(afterRestart.redis);
    expect(behindDoors).toEqual(['touched']);
  });
});

/** Touches whatever the shipped ones may come to touch. */
function touches(home: string, redis: string): object {
  const on = 'web-1';
  return {
    runbook: 'touches',
    summary: 'Touches a firewall, a file, a Redis, and tells of it',
    risk: 'R2',
    steps: [
      { id: 'look', command: { argv: ['uname', '-n'], mutates: false }, on },
      { id: 'write', file: { path: join(home, 'etc', 'note'), content: 'otherwise\n' }, on },
      { id: 'make', command: { argv: ['touch', join(home, 'made')] }, on },
      { id: 'block', firewall: { block: '203.0.113.9', for: '1h' }, on },
      { id: 'user', redis: { url: redis, command: ['ACL', 'SETUSER', 'tried', 'on'] } },
      { id: 'tell', notify: { channel: 'ops', text: 'touched' } },
    ],
  };
}

/** Waits are looks: short ones show the same. */
function quick(runbooks: Config['runbooks']): Config['runbooks'] {
  const shorter = (step: StepConfig): StepConfig => {
    if (step.kind === 'wait') return { ...step, body: { ...(step.body as object), within: '5s', stable: '1s' } };
    return step.kind === 'until' ? { ...step, body: { ...(step.body as object), within: '1s', every: '1s' } } : step;
  };
  return Object.fromEntries(
    Object.entries(runbooks).map(([name, runbook]) => [name, { ...runbook, steps: runbook.steps.map(shorter) }]),
  );
}
