import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../src/core/clock.ts';
import type { ServiceDriver } from '../../src/hosts/driver.ts';
import { createSystemdDriver } from '../../src/hosts/drivers/systemd.ts';
import { createLocalShell } from '../../src/hosts/local-shell.ts';
import { createOnce } from '../../src/hosts/once.ts';
import { firstTarget } from '../support/engine-driver.ts';
import { createSystemdStandIn, type SystemdStandIn } from '../support/systemd-stand-in.ts';

const RESTART = { kind: 'restart', mode: 'graceful' } as const;
const FORCED = { kind: 'restart', mode: 'forced' } as const;
const START = { kind: 'start' } as const;
const STOP = { kind: 'stop' } as const;
/** A clock on which a second is ten milliseconds. */
const FAST: Clock = {
  ...systemClock,
  monotonicMs: () => systemClock.monotonicMs() * 100,
  after: (ms, task) => systemClock.after(ms / 100, task),
};

describe('a systemd unit', () => {
  let systemd: SystemdStandIn;
  let folder: string;

  beforeEach(() => {
    systemd = createSystemdStandIn();
    folder = mkdtempSync(join(tmpdir(), 'gianna-state-'));
  });
  afterEach(() => {
    systemd.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  function driverOf(unit = 'worker', clock = systemClock): ServiceDriver {
    const shell = systemd.shellOver(createLocalShell({ host: 'local', locks: join(folder, 'programs') }));
    const once = createOnce(folder, systemClock);
    const logger = pino({ enabled: false });
    return createSystemdDriver({ host: 'local', service: 'app', unit, shell, once, clock, logger });
  }

  it('is restarted, and a new invocation is the proof; its facts stay', async () => {
    const driver = driverOf();
    const target = await firstTarget(driver);
    const before = await driver.observe(target);

    const result = await driver.act(target, RESTART, 'RUN-1-restart');
    const after = await driver.observe(target);

    expect(target).toMatchObject({ id: 'systemd:worker.service', name: 'worker.service on local' });
    expect(before).toMatchObject({ running: true, startedAt: Date.parse('2026-11-22T14:00:00Z'), restarts: 0 });
    expect(result.outcome).toBe('done');
    expect(result.summary).toMatch(/^worker\.service on local restarted, started \d\d:\d\d:\d\d UTC$/);
    expect(after.startedAt).not.toBe(before.startedAt);
    expect(after.facts).toEqual(before.facts);
    expect(systemd.calls()).toEqual(['systemctl restart --no-ask-password -- worker.service']);
  });

  it('is stopped and started, each undone by the other, and left alone when it is so already', async () => {
    const driver = driverOf();
    const target = await firstTarget(driver);

    const stop = await driver.act(target, STOP, 'RUN-1-stop');
    const down = await driver.observe(target);
    const again = await driver.act(target, STOP, 'RUN-2-stop');
    const start = await driver.act(target, START, 'RUN-1-start');
    const startAgain = await driver.act(target, START, 'RUN-2-start');

    expect(stop).toMatchObject({ outcome: 'done', undo: START });
    expect(down).toMatchObject({ running: false, ended: true, exitCode: 0 });
    expect(again.summary).toBe('worker.service on local was stopped already; nothing was done');
    expect(start).toMatchObject({ outcome: 'done', undo: STOP });
    expect(startAgain.summary).toBe('worker.service on local ran already; nothing was done');
    expect(systemd.calls()).toHaveLength(2);
  });

  it.each([
    { why: 'that fails as it starts', set: 'breaks', value: '7', said: 'Job for worker.service failed' },
    { why: 'that may not be acted on', set: 'refuses', value: 'Access denied', said: 'Access denied' },
  ])('$why is not started, in the words of systemd', async ({ set, value, said }) => {
    systemd.set('active', 'inactive');
    systemd.set(set, value);
    const driver = driverOf();

    const result = await driver.act(await firstTarget(driver), START, 'RUN-1-start');

    expect(result.outcome).toBe('not-done');
    expect(result.summary).toContain(set === 'breaks' ? 'exit 7' : said);
  });

  it('that systemctl says it stopped, but that still runs, is not stopped', async () => {
    systemd.set('deaf', 1);
    const driver = driverOf();

    const result = await driver.act(await firstTarget(driver), STOP, 'RUN-1-stop');

    expect(result).toEqual({ outcome: 'not-done', summary: 'worker.service on local was not stopped; it still runs' });
  });

  it('whose systemd cannot be asked any more in the middle of a restart is not known', async () => {
    systemd.set('vanishes', 1);
    const driver = driverOf('worker', FAST);

    const result = await driver.act(await firstTarget(driver), RESTART, 'RUN-1-restart');

    expect(result.outcome).toBe('unknown');
    expect(result.summary).toContain('it is not known what the restart did to worker.service');
  });

  it('is killed first when forced', async () => {
    const driver = driverOf();
    const target = await firstTarget(driver);

    const result = await driver.act(target, FORCED, 'RUN-1-restart');

    expect(result.outcome).toBe('done');
    expect(systemd.calls()[0]).toBe('systemctl kill --no-ask-password --signal=SIGKILL -- worker.service');
    expect(driver.planAction(target, FORCED).call).toBe(
      '["systemctl","kill","--no-ask-password","--signal=SIGKILL","--","worker.service"], then ' +
        '["systemctl","restart","--no-ask-password","--","worker.service"]',
    );
  });

  it('that is not there has no targets, and one that goes after the plan is not touched', async () => {
    const driver = driverOf();
    const target = await firstTarget(driver);
    systemd.set('gone', 1);

    const result = await driver.act(target, RESTART, 'RUN-1-restart');

    expect(await driver.targets()).toEqual([]);
    expect(result).toMatchObject({ outcome: 'not-done', summary: expect.stringContaining('is gone') });
    await expect(driver.observe(target)).rejects.toMatchObject({ code: 'UNIT_GONE', family: 'refusal' });
  });

  it('of a host whose systemd does not answer is not known, and says what systemctl said', async () => {
    systemd.set('down', 1);

    const targets = driverOf().targets();

    await expect(targets).rejects.toMatchObject({ code: 'UNIT_UNKNOWN', family: 'transient' });
    await expect(targets).rejects.toThrow('Failed to connect to bus');
  });

  it('changes its facts when its file changes', async () => {
    const driver = driverOf();
    const target = await firstTarget(driver);
    const before = await driver.observe(target);
    systemd.set('unit', '[Service]\nExecStart=/usr/bin/other');

    const after = await driver.observe(target);

    expect(after.facts.files).not.toBe(before.facts.files);
  });

  it.each([
    { active: 'activating', running: false, health: 'starting', ended: false },
    { active: 'failed', running: false, health: 'none', ended: true },
    { active: 'reloading', running: true, health: 'none', ended: false },
  ])('that is $active counts as running: $running', async ({ active, ...seen }) => {
    systemd.set('active', active);
    const driver = driverOf();

    expect(await driver.observe(await firstTarget(driver))).toMatchObject(seen);
  });

  it('gives the last lines of its journal, with their times', async () => {
    systemd.set(
      'journal',
      '2026-11-22T14:00:09+0000 web-1 worker[42]: no database\n-- Boot 1 --\n2026-11-22T14:00:10+0000 web-1 systemd[1]: worker.service: Failed\n   more',
    );
    const driver = driverOf();

    const lines = await driver.logs?.(await firstTarget(driver), {
      tail: 3,
      since: 5000,
      signal: AbortSignal.timeout(5000),
    });

    expect(lines).toEqual([
      { at: Date.parse('2026-11-22T14:00:09Z'), text: 'no database' },
      { at: Date.parse('2026-11-22T14:00:10Z'), text: 'worker.service: Failed' },
      { at: Date.parse('2026-11-22T14:00:10Z'), text: 'more' },
    ]);
    expect(systemd.calls()).toEqual([
      'journalctl --no-pager --quiet --output=short-iso --lines=3 --since=@5 --unit=worker.service',
    ]);
  });
});
