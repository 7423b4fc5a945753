import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import type { ContainerSelector } from '../../src/core/config/config.ts';
import type { ServiceDriver, ServiceTarget } from '../../src/hosts/driver.ts';
import { createDrivers } from '../../src/hosts/inventory.ts';
import { watchStable } from '../../src/hosts/watch-stable.ts';
import { startCuttingProxy } from '../support/cutting-proxy.ts';
import { startDockerEngine, type TestEngine, whyNoEngine } from '../support/docker-engine.ts';
import { mayRun } from '../support/need.ts';
import { configOf, serviceOn } from '../support/probe-config.ts';
import { until } from '../support/process.ts';

const GRACEFUL = { kind: 'restart', mode: 'graceful' } as const;
const FORCED = { kind: 'restart', mode: 'forced' } as const;

describe.runIf(mayRun(whyNoEngine()))('a container on a real engine', () => {
  let engine: TestEngine;
  let stateFolder: string;

  beforeAll(async () => {
    engine = await startDockerEngine();
    stateFolder = mkdtempSync(join(tmpdir(), 'gianna-state-'));
  });
  afterAll(async () => {
    await engine?.stop();
    rmSync(stateFolder, { recursive: true, force: true });
  });

  function driverFor(selector: ContainerSelector): ServiceDriver {
    const hosts = { docker: { connect: 'docker', socket: engine.socket, roles: [] } } as const;
    const services = { app: serviceOn('docker', { kind: 'container', selector }) };
    const config = configOf({ hosts, services });
    return createDrivers({ config, clock: systemClock, logger: pino({ enabled: false }), stateFolder })('app');
  }

  async function targetOf(driver: ServiceDriver): Promise<ServiceTarget> {
    const [target] = await driver.targets();
    if (target === undefined) throw new Error('no target');
    return target;
  }

  it('is found by label, name and id, stopped ones too, one-off ones not', async () => {
    const label = 'com.docker.compose.service=found';
    const labels = { 'com.docker.compose.service': 'found' };
    const running = await engine.run('found-1', { labels });
    const stopped = await engine.run('found-2', { labels, argv: ['true'] });
    await engine.run('found-run', { labels: { ...labels, 'com.docker.compose.oneoff': 'True' } });

    const byLabel = await driverFor({ label }).targets();
    const byName = await driverFor({ name: 'found-1' }).targets();
    const byPartOfName = await driverFor({ name: 'found' }).targets();
    const byId = await driverFor({ id: stopped.slice(0, 12) }).targets();

    expect(byLabel.map(({ id }) => id)).toEqual([running, stopped]);
    expect(byName.map(({ id }) => id)).toEqual([running]);
    expect(byPartOfName).toEqual([]);
    expect(byId.map(({ id }) => id)).toEqual([stopped]);
    expect(byName[0]?.name).toBe(`found-1 (${running.slice(0, 12)})`);
  });

  it('is restarted once for a key, and the second call reports the first', async () => {
    await engine.run('once', { healthcheck: ['true'] });
    const driver = driverFor({ name: 'once' });
    const target = await targetOf(driver);
    const before = await driver.observe(target);

    const first = await driver.act(target, GRACEFUL, 'RUN-1-restart');
    const between = await driver.observe(target);
    const second = await driver.act(target, GRACEFUL, 'RUN-1-restart');
    const after = await driver.observe(target);

    expect(first).toMatchObject({ outcome: 'done' });
    expect(second.outcome).toBe('done');
    expect(second.summary).toContain('not done again');
    expect(between.startedAt).toBeGreaterThan(before.startedAt ?? Number.POSITIVE_INFINITY);
    expect(after.startedAt).toBe(between.startedAt);
    expect(after.facts).toEqual(before.facts);
  });

  it('that is healthy after its restart is stable', async () => {
    await engine.run('healthy', { healthcheck: ['true'] });
    const driver = driverFor({ name: 'healthy' });
    const target = await targetOf(driver);
    await driver.act(target, GRACEFUL, 'RUN-2-restart');

    const result = await watchStable(driver, target, { healthyWithinMs: 20_000, stableMs: 1000 }, systemClock);

    expect(result).toEqual({ stable: true });
    expect((await driver.observe(target)).health).toBe('healthy');
  });

  it('that ignores SIGTERM is killed by the engine, in one call that is not cut short', async () => {
    await engine.run('deaf', { argv: ['sh', '-c', 'trap "" TERM; while :; do sleep 0.1; done'] });
    const driver = driverFor({ name: 'deaf' });
    const target = await targetOf(driver);

    const result = await driver.act(target, GRACEFUL, 'RUN-3-restart');

    expect(result).toMatchObject({ outcome: 'done' });
    expect(await driver.observe(target)).toMatchObject({ running: true, restarts: 0 });
  });

  it('that crash-loops is restarted, and is not a success', async () => {
    await engine.run('looping', { argv: ['sh', '-c', 'sleep 0.2; exit 3'], restart: 'always' });
    const driver = driverFor({ name: 'looping' });
    const target = await targetOf(driver);

    await driver.act(target, FORCED, 'RUN-4-restart');
    const result = await watchStable(driver, target, { healthyWithinMs: 30_000, stableMs: 10_000 }, systemClock);

    expect(result).toMatchObject({ stable: false, exitCode: 3 });
    expect(result.stable ? '' : result.reason).toMatch(/crash-loops: \d+ restarts/);
  });

  it('that ends after its restart and has no restart policy is not waited for to the end', async () => {
    await engine.run('ending', { argv: ['sh', '-c', 'sleep 0.5; exit 7'] });
    const driver = driverFor({ name: 'ending' });
    const target = await targetOf(driver);
    await driver.act(target, FORCED, 'RUN-5-restart');

    const result = await watchStable(driver, target, { healthyWithinMs: 600_000, stableMs: 10_000 }, systemClock);

    expect(result).toMatchObject({ stable: false, exitCode: 7 });
    expect(result.stable ? '' : result.reason).toContain('it ended');
  });

  it('that never gets healthy is told so, with the state it is in', async () => {
    await engine.run('sick', { healthcheck: ['false'] });
    const driver = driverFor({ name: 'sick' });

    const limits = { healthyWithinMs: 3000, stableMs: 1000 };
    const result = await watchStable(driver, await targetOf(driver), limits, systemClock);

    expect(result.stable ? '' : result.reason).toBe('not well within 3 s: runs, unhealthy');
  });

  it('that was created anew under the same name is another target: the old one is not restarted', async () => {
    const old = await engine.run('again');
    const driver = driverFor({ name: 'again' });
    const target = await targetOf(driver);
    await engine.docker.getContainer(old).remove({ force: true });
    await engine.run('again');
    const fresh = await targetOf(driver);
    const before = await driver.observe(fresh);

    const result = await driver.act(target, GRACEFUL, 'RUN-6-restart');

    expect(result).toMatchObject({ outcome: 'not-done' });
    expect(result.summary).toContain('gone');
    expect(fresh.id).not.toBe(target.id);
    expect(await driver.observe(fresh)).toEqual(before);
    await expect(driver.observe(target)).rejects.toMatchObject({ code: 'CONTAINER_GONE', family: 'refusal' });
  });

  it('changes its facts when its configuration changes, and not by restarting', async () => {
    const id = await engine.run('facts');
    const driver = driverFor({ name: 'facts' });
    const target = await targetOf(driver);
    const before = await driver.observe(target);

    await engine.docker.getContainer(id).update({ CpuShares: 512 });
    const after = await driver.observe(target);

    expect(after.facts.id).toBe(before.facts.id);
    expect(after.facts.config).not.toBe(before.facts.config);
  });

  it('is done when only the answer was lost: the engine finishes what the cut connection began', async () => {
    await engine.run('cut', { argv: ['sh', '-c', 'trap "" TERM; while :; do sleep 0.1; done'] });
    const proxy = await startCuttingProxy(engine.socket, 'POST');
    const hosts = { docker: { connect: 'docker', socket: proxy.socket, roles: [] } } as const;
    const services = { app: serviceOn('docker', { kind: 'container', selector: { name: 'cut' } }) };
    const deps = { config: configOf({ hosts, services }), clock: systemClock, logger: pino({ enabled: false }) };
    const driver = createDrivers({ ...deps, stateFolder })('app');
    const target = await targetOf(driver);

    const result = await driver.act(target, GRACEFUL, 'RUN-8-restart');
    await proxy.stop();

    expect(result.outcome).toBe('done');
    expect(result.summary).toContain('though the answer was lost');
    expect(proxy.cuts()).toBe(1);
    expect(await driverFor({ name: 'cut' }).observe(target)).toMatchObject({ running: true, restarts: 0 });
  });

  it('whose engine dies in the middle of the call is unknown, and the same key does nothing later', async () => {
    const own = await startDockerEngine();
    try {
      await own.run('lost', { argv: ['sh', '-c', 'trap "echo told" TERM; while :; do sleep 0.1; done'] });
      const hosts = { docker: { connect: 'docker', socket: own.socket, roles: [] } } as const;
      const services = { app: serviceOn('docker', { kind: 'container', selector: { name: 'lost' } }) };
      const config = configOf({ hosts, services });
      const deps = { config, clock: systemClock, logger: pino({ enabled: false }), stateFolder };
      const driver = createDrivers(deps)('app');
      const target = await targetOf(driver);

      const restarting = driver.act(target, GRACEFUL, 'RUN-7-restart');
      const logs = () => own.docker.getContainer('lost').logs({ stdout: true });
      await until('the container is told to stop', async () => (await logs()).toString().includes('told'));
      await own.kill();
      const result = await restarting;
      const again = await createDrivers(deps)('app').act(target, GRACEFUL, 'RUN-7-restart');

      expect(result.outcome).toBe('unknown');
      expect(again.outcome).toBe('unknown');
      await expect(driver.targets()).rejects.toMatchObject({ code: 'DOCKER_UNREACHABLE', family: 'transient' });
    } finally {
      await own.stop();
    }
  });
});
