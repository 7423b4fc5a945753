import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDockerEngine, type TestEngine, whyNoEngine } from '../support/docker-engine.ts';
import { engineDriver, firstTarget } from '../support/engine-driver.ts';
import { mayRun } from '../support/need.ts';

const PROGRAM = '/usr/bin/docker-compose';
const missing = whyNoEngine() ?? (existsSync(PROGRAM) ? null : `${PROGRAM} is not installed`);
const WEB = 'com.docker.compose.service=web';
const file = {
  version: '2.4',
  services: {
    web: {
      image: 'test-busybox:1',
      network_mode: 'none',
      command: ['sh', '-c', 'echo up; trap "exit 0" TERM; while :; do sleep 0.1; done'],
    },
  },
};

describe.runIf(mayRun(missing))('a Compose service on a real engine', () => {
  let engine: TestEngine;
  let folder: string;

  beforeAll(async () => {
    engine = await startDockerEngine();
    folder = mkdtempSync(join(tmpdir(), 'gianna-compose-'));
    compose('shop', 'up', '-d', '--scale', 'web=2');
    compose('shop', 'run', '-d', 'web', 'sleep', '600');
  });
  afterAll(async () => {
    await engine?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function compose(project: string, ...args: string[]): void {
    const home = join(folder, project);
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'docker-compose.yml'), JSON.stringify(file));
    const env = { ...process.env, DOCKER_HOST: `unix://${engine.socket}` };
    execFileSync(PROGRAM, ['-p', project, ...args], { cwd: home, env, stdio: 'pipe' });
  }
  const driverOf = (label: string) => engineDriver(engine.socket, { kind: 'compose', selector: { label } }, folder);

  it('is all its containers, by label, without one-off ones; each is stopped, started and restarted by its id', async () => {
    const driver = driverOf(WEB);
    const targets = await driver.targets();
    const target = await firstTarget(driver);
    const before = await driver.observe(target);

    const stop = await driver.act(target, { kind: 'stop' }, 'RUN-1-stop');
    const stillFound = await driver.targets();
    const start = await driver.act(target, { kind: 'start' }, 'RUN-1-start');
    const restart = await driver.act(target, { kind: 'restart', mode: 'graceful' }, 'RUN-1-restart');
    const logs = await driver.logs?.(target, { tail: 2, since: 0, signal: new AbortController().signal });

    expect(driver.kind).toBe('compose');
    expect(targets.map(({ name }) => name.replace(/ .*/, ''))).toEqual(['shop_web_1', 'shop_web_2']);
    expect(stillFound).toEqual(targets);
    expect([stop, start, restart].map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done']);
    expect((await driver.observe(target)).facts).toEqual(before.facts);
    expect(logs?.map(({ text }) => text)).toEqual(['up', 'up']);
  });

  it('is refused when its label names services of two projects, until the project is named too', async () => {
    compose('other', 'up', '-d');

    const ambiguous = await driverOf(WEB)
      .targets()
      .catch((error: unknown) => error);
    const named = await driverOf(`com.docker.compose.project=other,${WEB}`).targets();

    expect(ambiguous).toMatchObject({
      code: 'COMPOSE_AMBIGUOUS',
      family: 'refusal',
      message: expect.stringContaining('other, shop'),
    });
    expect(named.map(({ name }) => name.replace(/ .*/, ''))).toEqual(['other_web_1']);
  });
});
