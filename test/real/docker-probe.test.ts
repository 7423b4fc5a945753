import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContainerSelector } from '../../src/core/config/config.ts';
import { createDockerHosts } from '../../src/hosts/engines.ts';
import { probeDocker } from '../../src/probes/kinds/docker.ts';
import { startDockerEngine, type TestEngine, whyNoEngine } from '../support/docker-engine.ts';
import { mayRun } from '../support/need.ts';
import { configOf } from '../support/probe-config.ts';

describe.runIf(mayRun(whyNoEngine()))('a Docker probe on a real engine', () => {
  let engine: TestEngine;

  beforeAll(async () => {
    engine = await startDockerEngine();
  });
  afterAll(async () => {
    await engine?.stop();
  });

  function noShell(host: string): never {
    throw new Error(`no shell of ${host} is needed`);
  }
  function probe(selector: ContainerSelector) {
    const config = configOf({ hosts: { docker: { connect: 'docker', socket: engine.socket, roles: [] } } });
    const deps = { config: config.current(), engineOf: createDockerHosts(config), shellOf: noShell, now: Date.now };
    const timing = { everySeconds: null, timeoutSeconds: 5 };
    return probeDocker({ kind: 'docker', host: 'docker', selector, ...timing }, deps);
  }

  it('finds a healthy container ok, once it has become so', async () => {
    await engine.run('healthy', { healthcheck: ['true'] });

    await expect
      .poll(() => probe({ name: 'healthy' }), { timeout: 20_000 })
      .toMatchObject({ target: 'docker/healthy', result: 'ok', summary: 'healthy runs, healthy' });
  });

  it('finds one without a health check ok, and says that it has none', async () => {
    await engine.run('plain');

    expect(await probe({ name: 'plain' })).toMatchObject({
      result: 'ok',
      summary: 'plain runs (it has no health check)',
    });
  });

  it('fails for one whose health check fails', async () => {
    await engine.run('sick', { healthcheck: ['false'] });

    await expect
      .poll(() => probe({ name: 'sick' }), { timeout: 20_000 })
      .toMatchObject({
        result: 'fail',
        summary: expect.stringMatching(/^sick runs, but its health check fails \(exit 1, \d+ in a row\)$/),
      });
  });

  it('fails for one that has ended, with its exit code', async () => {
    await engine.run('ended', { argv: ['sh', '-c', 'exit 4'] });

    await expect
      .poll(() => probe({ name: 'ended' }), { timeout: 20_000 })
      .toMatchObject({ result: 'fail', summary: 'ended does not run (exited), exit 4' });
  });

  it('fails for one that crash-loops, with restarts and exit code', async () => {
    await engine.run('looping', { argv: ['sh', '-c', 'exit 3'], restart: 'always' });

    await expect
      .poll(() => probe({ name: 'looping' }), { timeout: 20_000 })
      .toMatchObject({
        result: 'fail',
        summary: expect.stringMatching(/^looping crash-loops: \d+ restarts, exit 3$/),
      });
  });

  it('takes the worst of several', async () => {
    const labels = { app: 'pair' };
    await engine.run('pair-1', { labels });
    const second = await engine.run('pair-2', { labels });
    await engine.docker.getContainer(second).pause();

    const finding = await probe({ label: 'app=pair' });
    await engine.docker.getContainer(second).unpause();

    expect(finding).toMatchObject({
      target: 'docker/app=pair',
      result: 'fail',
      summary: 'pair-2 is paused; 2 containers, this is the worst',
    });
  });

  it('fails when no container matches', async () => {
    expect(await probe({ name: 'nothing' })).toMatchObject({ result: 'fail', summary: 'no container matches' });
  });
});
