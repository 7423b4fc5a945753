import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import type { ServiceDriver } from '../../src/hosts/driver.ts';
import { createDrivers } from '../../src/hosts/inventory.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { configOf, serviceOn } from '../support/probe-config.ts';

const GRACEFUL = { kind: 'restart', mode: 'graceful' } as const;
const FORCED = { kind: 'restart', mode: 'forced' } as const;

describe('a service run by commands', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gianna-command-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const log = () => (existsSync(join(folder, 'log')) ? readFileSync(join(folder, 'log'), 'utf8') : '');
  /** A program that writes its word to a file, then ends as told. */
  const say = (word: string, exit = 0, error = '') => [
    process.execPath,
    '-e',
    `require('node:fs').appendFileSync(${JSON.stringify(join(folder, 'log'))}, ${JSON.stringify(`${word}\n`)});
     process.stderr.write(${JSON.stringify(error)}); process.exit(${exit})`,
  ];

  interface Commands {
    start?: string[];
    stop?: string[];
    status?: string[];
  }
  function driverOf(commands: Commands = {}): ServiceDriver {
    const all = { start: say('start'), stop: say('stop'), status: ['true'], ...commands };
    const services = { worker: serviceOn('local', { kind: 'command', ...all }) };
    const config = configOf({ hosts: { local: { connect: 'local', roles: [] } }, services });
    const logger = pino({ enabled: false });
    return createDrivers({ config, clock: createFakeClock(), logger, stateFolder: folder })('worker');
  }
  async function targetOf(driver: ServiceDriver) {
    const [target] = await driver.targets();
    if (target === undefined) throw new Error('no target');
    return target;
  }

  it('is stopped, then started, once for a key, also for another process that asks', async () => {
    const driver = driverOf();
    const target = await targetOf(driver);

    const first = await driver.act(target, GRACEFUL, 'RUN-1-restart');
    const second = await driverOf().act(target, GRACEFUL, 'RUN-1-restart');
    const other = await driver.act(target, GRACEFUL, 'RUN-2-restart');

    expect(first).toEqual({ outcome: 'done', summary: 'worker stopped and started again' });
    expect(second.summary).toBe('not done again; the first time: worker stopped and started again');
    expect(other.outcome).toBe('done');
    expect(log()).toBe('stop\nstart\nstop\nstart\n');
  });

  it('is restarted once when twenty ask at the same time with the same key', async () => {
    const driver = driverOf();
    const target = await targetOf(driver);

    const asked = Array.from({ length: 20 }, () => driver.act(target, GRACEFUL, 'RUN-1-restart'));
    const outcomes = (await Promise.all(asked)).map(({ outcome }) => outcome);

    expect(log()).toBe('stop\nstart\n');
    expect(outcomes).toEqual(Array.from({ length: 20 }, () => 'done'));
  });

  it('keeps a key with slashes and dots inside the state folder', async () => {
    const driver = driverOf();

    await driver.act(await targetOf(driver), GRACEFUL, '../../outside/step|1');

    expect(log()).toBe('stop\nstart\n');
    expect(existsSync(join(folder, '..', 'outside'))).toBe(false);
  });

  it('runs when its status command exits 0, and tells the exit code when not', async () => {
    const up = driverOf();
    const down = driverOf({ status: say('status', 3) });

    const running = await up.observe(await targetOf(up));
    const stopped = await down.observe(await targetOf(down));

    expect(running).toMatchObject({ running: true, health: 'none', exitCode: null });
    expect(stopped).toMatchObject({ running: false, exitCode: 3 });
  });

  it('whose status command is not there is not known, and says what to do', async () => {
    const driver = driverOf({ status: ['no-such-program'] });

    const look = driver.observe(await targetOf(driver));

    await expect(look).rejects.toMatchObject({ code: 'STATUS_UNKNOWN', family: 'transient' });
  });

  it('that cannot be stopped is not started a second time beside itself', async () => {
    const driver = driverOf({ stop: say('stop', 5, '\u001b[31mbusy\u001b[0m\nmore') });

    const result = await driver.act(await targetOf(driver), GRACEFUL, 'RUN-1-restart');

    expect(result).toEqual({ outcome: 'not-done', summary: 'stop failed (exit 5: busy); start was not tried' });
    expect(log()).toBe('stop\n');
  });

  it('that was down already is started although stop refuses', async () => {
    const driver = driverOf({ stop: say('stop', 5), status: ['false'] });

    const result = await driver.act(await targetOf(driver), GRACEFUL, 'RUN-1-restart');

    expect(result.outcome).toBe('done');
    expect(log()).toBe('stop\nstart\n');
  });

  it('that was stopped and does not start is told as such', async () => {
    const driver = driverOf({ start: say('start', 1, 'port in use') });

    const result = await driver.act(await targetOf(driver), GRACEFUL, 'RUN-1-restart');

    expect(result).toEqual({ outcome: 'not-done', summary: 'stopped, but start failed (exit 1: port in use)' });
  });

  it('whose commands changed since the plan is not touched', async () => {
    const planned = await targetOf(driverOf());
    const changed = driverOf({ start: say('other') });

    const result = await changed.act(planned, GRACEFUL, 'RUN-1-restart');

    expect(result).toEqual({ outcome: 'not-done', summary: 'its commands have changed since the plan' });
    expect(log()).toBe('');
  });

  it('names the exact argvs in its plan, and that forced makes no difference', async () => {
    const driver = driverOf({ stop: ['systemctl', 'stop', 'a b'], start: ['systemctl', 'start', 'a b'] });

    const plan = driver.planAction(await targetOf(driver), FORCED);

    expect(plan.call).toBe('["systemctl","stop","a b"], then ["systemctl","start","a b"]');
    expect(plan.effect).toContain('no forced stop');
    expect(plan.undo).toBeNull();
  });

  it('is started and stopped, each undone by the other, and left alone when its status says so already', async () => {
    const flag = join(folder, 'flag');
    const driver = driverOf({ start: ['touch', flag], stop: ['rm', flag], status: ['test', '-e', flag] });
    const target = await targetOf(driver);

    const start = await driver.act(target, { kind: 'start' }, 'RUN-1-start');
    const again = await driver.act(target, { kind: 'start' }, 'RUN-2-start');
    const stop = await driver.act(target, { kind: 'stop' }, 'RUN-1-stop');
    const stopAgain = await driver.act(target, { kind: 'stop' }, 'RUN-2-stop');

    expect(start).toEqual({ outcome: 'done', summary: 'worker started', undo: { kind: 'stop' } });
    expect(again).toEqual({ outcome: 'done', summary: 'worker ran already; nothing was done' });
    expect(stop).toEqual({ outcome: 'done', summary: 'worker stopped', undo: { kind: 'start' } });
    expect(stopAgain).toEqual({ outcome: 'done', summary: 'worker was stopped already; nothing was done' });
  });

  it('whose start says yes but whose status says no is not started', async () => {
    const services = {
      worker: serviceOn('local', { kind: 'command', start: ['true'], stop: ['true'], status: ['false'] }),
    };
    const config = configOf({ hosts: { local: { connect: 'local', roles: [] } }, services });
    const fast = {
      ...systemClock,
      monotonicMs: () => systemClock.monotonicMs() * 100,
      after: (ms: number, task: () => void) => systemClock.after(ms / 100, task),
    };
    const logger = pino({ enabled: false });
    const driver = createDrivers({ config, clock: fast, logger, stateFolder: folder })('worker');

    const result = await driver.act(await targetOf(driver), { kind: 'start' }, 'RUN-1-start');

    expect(result).toEqual({ outcome: 'not-done', summary: 'worker was not started; its status says exit 1' });
  });

  it('that was begun by a process that died is unknown, and not begun again', async () => {
    const driver = driverOf();
    const target = await targetOf(driver);
    await driver.act(target, GRACEFUL, 'RUN-1-restart');
    const lock = join(folder, 'run');
    const [name = ''] = readdirSync(lock);
    rmSync(join(lock, name, 'result.json'));
    mkdirSync(join(lock, 'unrelated'));

    const result = await driverOf().act(target, GRACEFUL, 'RUN-1-restart');

    expect(result.outcome).toBe('unknown');
    expect(result.summary).toContain('begun before at 2026-11-22T14:00:00.000Z');
    expect(log()).toBe('stop\nstart\n');
  });

  it('does nothing when its lock cannot be made', async () => {
    const services = {
      worker: serviceOn('local', { kind: 'command', start: say('start'), stop: say('stop'), status: ['true'] }),
    };
    const config = configOf({ hosts: { local: { connect: 'local', roles: [] } }, services });
    const deps = { config, clock: createFakeClock(), logger: pino({ enabled: false }), stateFolder: '/etc/hostname' };
    const driver = createDrivers(deps)('worker');

    const restart = driver.act(await targetOf(driver), GRACEFUL, 'RUN-1-restart');

    await expect(restart).rejects.toMatchObject({ code: 'LOCK_FAILED', family: 'transient' });
    expect(log()).toBe('');
  });
});
