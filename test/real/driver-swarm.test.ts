import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDockerEngine, type TestEngine, whyNoEngine } from '../support/docker-engine.ts';
import { engineDriver, firstTarget } from '../support/engine-driver.ts';
import { startMeddlingProxy } from '../support/meddling-proxy.ts';
import { mayRun } from '../support/need.ts';
import { until } from '../support/process.ts';

const RESTART = { kind: 'restart', mode: 'rolling' } as const;
const second = 1_000_000_000;
const RUNS = ['sh', '-c', 'echo up; trap "exit 0" TERM; while :; do sleep 0.1; done'];

describe.runIf(mayRun(whyNoEngine()))('a Swarm service on a real engine', () => {
  let engine: TestEngine;
  let stateFolder: string;

  beforeAll(async () => {
    engine = await startDockerEngine();
    stateFolder = mkdtempSync(join(tmpdir(), 'gianna-state-'));
    await engine.docker.swarmInit({ ListenAddr: '127.0.0.1:2377', AdvertiseAddr: '127.0.0.1', ForceNewCluster: false });
  });
  afterAll(async () => {
    await engine?.stop();
    rmSync(stateFolder, { recursive: true, force: true });
  });

  const driverOf = (name: string) => engineDriver(engine.socket, { kind: 'swarm', selector: { name } }, stateFolder);
  async function serve(name: string, replicas: number, argv = RUNS) {
    await engine.docker.createService({
      Name: name,
      Labels: { app: name },
      TaskTemplate: {
        ContainerSpec: { Image: 'test-busybox:1', Command: argv, Init: false },
        RestartPolicy: { Condition: 'any', Delay: second / 2 },
        Networks: [],
      },
      Mode: { Replicated: { Replicas: replicas } },
      UpdateConfig: { Parallelism: 1, Monitor: second, FailureAction: 'pause', Order: 'stop-first' },
    });
    const driver = driverOf(name);
    const target = await firstTarget(driver);
    return { driver, target, service: engine.docker.getService(target.id) };
  }

  it('is scaled up and down until its tasks are there', async () => {
    const { driver, target } = await serve('grows', 1);
    const { scaling } = driver;
    const [up] = (await scaling?.plan({ by: 2 }))?.changes ?? [];
    if (scaling === undefined || up === undefined) throw new Error('it cannot be scaled');

    const grown = await scaling.change(up, 'RUN-1-grow');
    const [down] = (await scaling.plan({ to: 1 })).changes;
    const shrunk = down === undefined ? null : await scaling.change(down, 'RUN-1-shrink');

    expect(up.call.call).toBe(`POST /services/${target.id}/update replicas=3`);
    expect(grown).toMatchObject({ outcome: 'done', undo: { to: 1 } });
    expect(grown.summary).toBe(`${target.name}: 3 of 3 tasks run; it had 1`);
    expect(shrunk).toMatchObject({ outcome: 'done', undo: { to: 3 } });
    expect((await scaling.plan({ to: 1 })).changes).toEqual([]);
    expect((await scaling.plan({ to: 0 })).to).toBe(0);
  });

  it('is restarted task by task, stopped and started with as many tasks as it had; its facts stay', async () => {
    const { driver, target, service } = await serve('web', 2);
    await until('its tasks run', async () => (await driver.observe(target)).running, 60_000);
    const before = await driver.observe(target);

    const restart = await driver.act(target, RESTART, 'RUN-1-restart');
    const restarted = await driver.observe(target);
    const stop = await driver.act(target, { kind: 'stop' }, 'RUN-1-stop');
    const stopped = await driver.observe(target);
    const again = await driver.act(target, { kind: 'stop' }, 'RUN-2-stop');
    const start = await driver.act(target, stop.undo ?? { kind: 'stop' }, 'RUN-1-start');

    expect(restart).toEqual({ outcome: 'done', summary: `${target.name} restarted, 2 of 2 tasks replaced` });
    expect(restarted).toMatchObject({ running: true, facts: before.facts });
    expect(restarted.startedAt).toBeGreaterThan(before.startedAt ?? Number.POSITIVE_INFINITY);
    expect(stop).toMatchObject({ outcome: 'done', undo: { kind: 'start', replicas: 2 } });
    expect(stopped).toMatchObject({ running: false, ended: true, facts: before.facts });
    expect(again).toEqual({ outcome: 'done', summary: `${target.name} was stopped already; nothing was done` });
    expect(start).toMatchObject({ outcome: 'done', undo: { kind: 'stop' } });
    expect((await service.inspect()).Spec.Mode.Replicated.Replicas).toBe(2);
    const logs = (await driver.logs?.(target, { tail: 5, since: 0, signal: new AbortController().signal })) ?? [];
    expect(new Set(logs.map(({ text }) => text))).toEqual(new Set(['up']));
  });

  it('whose tasks do not come back is not done, and says how many were replaced', async () => {
    const once = 'test -e /tmp/x && exit 3; touch /tmp/x; trap "exit 0" TERM; while :; do sleep 0.1; done';
    const { driver, target, service } = await serve('breaks', 1, ['sh', '-c', once]);
    await until('its task runs', async () => (await driver.observe(target)).running, 60_000);
    const { Spec, Version } = await service.inspect();
    Spec.TaskTemplate.ContainerSpec.Command = ['sh', '-c', 'echo no database; exit 3'];
    await service.update({ _query: { version: Version.Index }, _body: Spec });

    const result = await driver.act(await firstTarget(driver), RESTART, 'RUN-3-restart');

    expect(result.outcome).toBe('not-done');
    expect(result.summary).toContain('0 of 1 tasks replaced');
    expect((await driver.observe(target)).exitCode).toBe(3);
  });

  it('changed by somebody else between our look and our update is not touched', async () => {
    const { target, service } = await serve('stale', 1);
    const change = async () => {
      const { Version, Spec } = await service.inspect();
      Spec.Labels.app = `changed ${Version.Index}`;
      await service.update({ _query: { version: Version.Index }, _body: Spec });
    };
    const proxy = await startMeddlingProxy(engine.socket, 'POST', change);
    const driver = engineDriver(proxy.socket, { kind: 'swarm', selector: { name: 'stale' } }, stateFolder);

    const result = await driver.act(target, RESTART, 'RUN-4-restart');
    await proxy.stop();

    expect(result.outcome).toBe('not-done');
    expect(result.summary).toContain('somebody else changed it at the same moment; look again');
    expect((await service.inspect()).Spec.TaskTemplate.ForceUpdate ?? 0).toBe(0);
  });

  it('is found by its exact name and by label; on an engine without a Swarm it is refused', async () => {
    await serve('exact', 0);
    await serve('exact-not', 0);

    const byName = await driverOf('exact').targets();
    const selector = { label: 'app=exact-not' };
    const byLabel = await engineDriver(engine.socket, { kind: 'swarm', selector }, stateFolder).targets();
    await engine.docker.swarmLeave({ force: true });
    const without = driverOf('exact').targets();

    expect(byName.map(({ name }) => name.replace(/ .*/, ''))).toEqual(['exact']);
    expect(byLabel.map(({ name }) => name.replace(/ .*/, ''))).toEqual(['exact-not']);
    await expect(without).rejects.toMatchObject({ code: 'SWARM_NO_MANAGER', family: 'refusal' });
  });
});
