import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { lastWords } from '../../src/hosts/last-words.ts';
import { startCuttingProxy } from '../support/cutting-proxy.ts';
import { startDockerEngine, type TestEngine, whyNoEngine } from '../support/docker-engine.ts';
import { engineDriver, firstTarget } from '../support/engine-driver.ts';
import { mayRun } from '../support/need.ts';
import { until } from '../support/process.ts';

const START = { kind: 'start' } as const;
const STOP = { kind: 'stop' } as const;
const LOOPS = ['sh', '-c', 'echo no database; sleep 0.3; exit 3'];

describe.runIf(mayRun(whyNoEngine()))('a container that is stopped and started on a real engine', () => {
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

  const driverOf = (name: string, socket = engine.socket) =>
    engineDriver(socket, { kind: 'container', selector: { name } }, stateFolder);
  /** Runs a container that does `onTerm` when it is told to stop, and waits until it would. */
  async function runReady(name: string, onTerm: string, restart: 'no' | 'always' = 'no'): Promise<void> {
    const script = `trap "${onTerm}" TERM; echo ready; while :; do sleep 0.1; done`;
    await engine.run(name, { argv: ['sh', '-c', script], restart });
    await until(`${name} is ready`, async () => (await writtenBy(name)).includes('ready'));
  }
  const writtenBy = async (name: string) => (await engine.docker.getContainer(name).logs({ stdout: true })).toString();
  const stateOf = async (name: string) => (await engine.docker.getContainer(name).inspect()).State;

  it('stops and starts, each undone by the other, and is left alone when it is so already', async () => {
    await runReady('both', 'exit 0', 'always');
    const driver = driverOf('both');
    const target = await firstTarget(driver);
    const before = await driver.observe(target);

    const stopped = await driver.act(target, STOP, 'RUN-1-stop');
    const down = await driver.observe(target);
    const stoppedAgain = await driver.act(target, STOP, 'RUN-2-stop');
    const started = await driver.act(target, START, 'RUN-3-start');
    const startedAgain = await driver.act(target, START, 'RUN-4-start');

    expect(stopped).toMatchObject({ outcome: 'done', undo: START });
    expect(down).toMatchObject({ running: false, exitCode: 0, facts: before.facts });
    expect(stoppedAgain).toEqual({ outcome: 'done', summary: `${target.name} was stopped already; nothing was done` });
    expect(started).toMatchObject({ outcome: 'done', undo: STOP });
    expect(startedAgain).toEqual({ outcome: 'done', summary: `${target.name} ran already; nothing was done` });
    expect((await driver.observe(target)).startedAt).toBeGreaterThan(before.startedAt ?? Number.POSITIVE_INFINITY);
  });

  it('reports the first stop, with its way back, when the same key asks again after the bot was started anew', async () => {
    await runReady('again', 'exit 0');
    const target = await firstTarget(driverOf('again'));
    await driverOf('again').act(target, STOP, 'RUN-5-stop');
    await engine.docker.getContainer('again').start();

    const second = await driverOf('again').act(target, STOP, 'RUN-5-stop');

    expect(second).toMatchObject({ outcome: 'done', undo: START });
    expect(second.summary).toContain('not done again');
    expect((await stateOf('again')).Running).toBe(true);
  });

  it('that ends at once leaves its exit code and its last words', async () => {
    const id = await engine.run('ends', { argv: ['sh', '-c', 'echo no database; exit 3'] });
    await until('it has ended', async () => !(await stateOf('ends')).Running);
    const driver = driverOf('ends');
    const target = await firstTarget(driver);

    await driver.act(target, START, 'RUN-6-start');
    await until('it has ended again', async () => !(await stateOf('ends')).Running);

    const words = await lastWords(driver, target, systemClock);
    expect(target.id).toBe(id);
    expect(words).toEqual(['no database', 'no database']);
    expect((await driver.observe(target)).exitCode).toBe(3);
  });

  it('that crash-loops is stopped for good, and its policy does not bring it back', async () => {
    await engine.run('loops', { argv: LOOPS, restart: 'always' });
    const driver = driverOf('loops');
    const target = await firstTarget(driver);
    await until('it has come back once', async () => ((await driver.observe(target)).restarts ?? 0) > 0);

    const result = await driver.act(target, STOP, 'RUN-7-stop');

    expect(result).toMatchObject({ outcome: 'done', undo: START });
    expect(await driver.observe(target)).toMatchObject({ running: false });
    expect((await stateOf('loops')).Restarting).toBe(false);
  });

  it('is stopped although the answer was lost: what is seen afterwards is the proof', async () => {
    await runReady('cut', 'sleep 2; exit 0');
    const proxy = await startCuttingProxy(engine.socket, 'POST');
    const driver = driverOf('cut', proxy.socket);

    const result = await driver.act(await firstTarget(driver), STOP, 'RUN-8-stop');
    await proxy.stop();

    expect(result).toMatchObject({ outcome: 'done', undo: START });
    expect(result.summary).toContain('though the answer was lost');
    expect((await stateOf('cut')).Running).toBe(false);
  });

  it('that was created anew under its name since the plan is not touched', async () => {
    const old = await engine.run('anew');
    const driver = driverOf('anew');
    const target = await firstTarget(driver);
    await engine.docker.getContainer(old).remove({ force: true });
    await engine.run('anew');

    const result = await driver.act(target, STOP, 'RUN-9-stop');

    expect(result).toMatchObject({ outcome: 'not-done' });
    expect(result.summary).toContain('is gone');
    expect((await stateOf('anew')).Running).toBe(true);
  });

  it('whose engine is started anew in the middle of the stop is told as it is found', async () => {
    await runReady('mid', 'echo told');
    const driver = driverOf('mid');
    const target = await firstTarget(driver);

    const stopping = driver.act(target, STOP, 'RUN-10-stop');
    await until('it is told to stop', async () => (await writtenBy('mid')).includes('told'));
    await engine.kill();
    await engine.revive();
    const result = await stopping;

    const runs = (await stateOf('mid')).Running;
    expect(result.outcome).toBe(runs ? 'not-done' : 'done');
    expect(result.undo).toEqual(runs ? undefined : START);
  });
});
