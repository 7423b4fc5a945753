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

  it('gets one copy more with the next number and the same configuration, and loses it again; the last one is kept', async () => {
    const driver = driverOf(WEB);
    const { scaling } = driver;
    if (scaling === undefined) throw new Error('it cannot be scaled');
    const [add] = (await scaling.plan({ to: 3 })).changes;
    if (add === undefined) throw new Error('nothing would be done');

    const added = await scaling.change(add, 'RUN-3-scale');
    const again = await scaling.change(add, 'RUN-3-scale');
    const grown = await driver.targets();
    const [pattern, copy] = await Promise.all(
      [grown[0], grown[2]].map((target) => engine.docker.getContainer(target?.id ?? '').inspect()),
    );
    const [remove] = (await scaling.plan({ without: added.target?.id ?? '' })).changes;
    const removed = remove === undefined ? null : await scaling.change(remove, 'RUN-4-scale');
    const none = await scaling.plan({ to: 0 });

    expect(add.call.call).toContain('POST /containers/create?name=shop_web_3 as ');
    expect(added).toMatchObject({ outcome: 'done', undo: { without: grown[2]?.id } });
    expect(again.summary).toContain('not done again');
    expect(grown.map(({ name }) => name.replace(/ .*/, ''))).toEqual(['shop_web_1', 'shop_web_2', 'shop_web_3']);
    expect(copy?.Image).toBe(pattern?.Image);
    expect(copy?.Config.Cmd).toEqual(pattern?.Config.Cmd);
    expect(copy?.HostConfig.NetworkMode).toBe('none');
    expect(copy?.Config.Labels).toMatchObject({
      'com.docker.compose.service': 'web',
      'com.docker.compose.container-number': '3',
      'com.docker.compose.config-hash': pattern?.Config.Labels['com.docker.compose.config-hash'],
      'gianna-ops.made-by': 'RUN-3-scale',
    });
    expect(removed).toMatchObject({ outcome: 'done', undo: { by: 1 } });
    expect((await driver.targets()).map(({ name }) => name.replace(/ .*/, ''))).toEqual(['shop_web_1', 'shop_web_2']);
    expect(none.changes.map(({ kind, target }) => `${kind} ${target.name.replace(/ .*/, '')}`)).toEqual([
      'remove shop_web_2',
      'stop shop_web_1',
    ]);
  });

  it('is not given a copy that the host cannot carry, nor one that would want a port of the host', async () => {
    const greedy = await engine.docker.createContainer({
      name: 'greedy-1',
      Image: 'test-busybox:1',
      Cmd: ['sleep', '600'],
      Labels: { app: 'greedy' },
      HostConfig: {
        NetworkMode: 'none',
        Memory: 2 ** 40,
        PortBindings: { '80/tcp': [{ HostPort: '8080' }] },
      },
    });
    const selector = { label: 'app=greedy' };
    const { scaling } = engineDriver(engine.socket, { kind: 'container', selector }, folder);

    const plan = await scaling?.plan({ by: 2 });
    await greedy.remove({ force: true });

    // the one that is there is started first, so that one copy is missing
    expect(plan?.changes.map(({ kind }) => kind)).toEqual(['start', 'add']);
    expect(plan?.blockedBy).toEqual([
      'greedy-1 publishes 80/tcp at port 8080 of the host, which only one can have',
      expect.stringMatching(/^the host has \d+ MiB of memory left, and 1 more need 1048576 MiB \(their limit/),
    ]);
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
