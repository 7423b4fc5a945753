import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { evolvers } from '../../src/cli/evolvers.ts';
import type { Command, SubmitCommand } from '../../src/core/command.ts';
import { createEffectRunner, type EffectRunner } from '../../src/journal/effects.ts';
import { createJournalMetrics } from '../../src/journal/metrics.ts';
import { createTimerLoop, type TimerLoop } from '../../src/journal/timers.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { createRunbookDesk, type RunbookDesk } from '../../src/runbooks/desk.ts';
import { testConfig, testConfigSource, testParameter, testRunbook, testStep } from '../support/config.ts';
import { breathe, createFakeDriver, type FakeDriver } from '../support/fake-driver.ts';
import { openTestJournal, silentLogger, type TestJournal } from '../support/journal.ts';
import { noDoors, noShells } from '../support/no-doors.ts';
import { check } from '../support/run-world.ts';
import { trusting } from '../support/trusting.ts';

const HOUR = 3600_000;

/** The room's desk as app.ts wires it, on a real journal; hosts and probes are a test's. */
describe('what a run holds for a time is taken back at its end, by the engine, and proved', () => {
  let store: TestJournal;
  let driver: FakeDriver;
  let desk: RunbookDesk;
  let runner: EffectRunner;
  let timers: TimerLoop;
  let probe: 'ok' | 'fail';

  beforeEach(async () => {
    store = await openTestJournal();
    driver = createFakeDriver();
    probe = 'ok';
    await open();
  });
  afterEach(async () => {
    await close();
    const verified = await verifyJournal({ path: store.path, evolvers });
    await store.remove();
    expect(verified.ok).toBe(true);
  });

  async function open(): Promise<void> {
    const { journal, clock } = store;
    const submit: SubmitCommand = async (_key, command) => {
      const { batch, outcome } = await desk.command(command);
      if (batch !== null) await journal.append(batch);
      return { duplicate: false, outcome: Promise.resolve(outcome) };
    };
    const hold = testRunbook('pause', {
      parameters: { for: testParameter('duration', { default: '1h' }) },
      steps: [testStep('halt', 'service.stop', { service: 'gianna' }, { hold: '${for}' })],
      verify: [testStep('proof', 'probe', 'gianna-health')],
    });
    desk = createRunbookDesk({
      ...trusting,
      journal,
      config: testConfigSource({ ...testConfig(), runbooks: { pause: hold } }),
      clock,
      logger: silentLogger,
      metrics: new Registry(),
      driverOf: () => driver,
      shellOf: noShells,
      doors: noDoors,
      runProbes: async (names) => names.map((name) => check(name, probe, clock.now())),
      incident: async () => null,
      submit,
      openIncidents: async () => [],
      silencesOn: async () => [],
      remediable: async () => null,
      openIncidentIds: async () => [],
      escalate: async () => undefined,
      mayAdmin: async () => ({ allowed: true, reason: '' }),
      marks: { hosts: () => [], read: async () => [] },
    });
    const metrics = createJournalMetrics(new Registry());
    const common = { journal, clock, logger: silentLogger, metrics };
    runner = createEffectRunner({ ...common, executors: desk.executors });
    timers = createTimerLoop({ ...common, handlers: desk.timers });
    await desk.recover();
    await runner.start();
  }

  async function close(): Promise<void> {
    await desk.stop();
    await runner.stop();
  }

  async function ask(command: Pick<Command, 'verb' | 'args'> & Partial<Command>): Promise<void> {
    const at = store.clock.now();
    const { batch, outcome } = await desk.command({ v: 1, by: 'slack:U01ONCALL', at, via: 'modal', ...command });
    if (batch === null || outcome.kind === 'refused') throw new Error(outcome.text);
    await store.journal.append(batch);
  }

  async function until(isSo: () => Promise<boolean>): Promise<void> {
    while (!(await isSo())) {
      await breathe();
      store.clock.advance(100);
    }
  }
  const statusOf = async () => (await desk.run('RUN-1'))?.status;
  const begin = async () => {
    await ask({ verb: 'run', args: { runbook: 'pause', parameters: {} } });
    await until(async () => (await statusOf()) === 'succeeded');
  };
  const keys = () => driver.calls.map(({ key }) => key);

  it('stands until its time and not longer', async () => {
    await begin();
    const held = await desk.leases();
    store.clock.advance(HOUR - 60_000);
    await timers.runDue();
    const before = keys();

    store.clock.advance(61_000);
    await timers.runDue();
    await until(async () => (await statusOf()) === 'undone');

    expect(held).toMatchObject([{ id: 'LEASE-1', run: 'RUN-1', step: 'halt', state: 'active' }]);
    expect(before).toEqual(['RUN-1-halt']);
    expect(keys()).toEqual(['RUN-1-halt', 'RUN-1-undo-halt']);
    expect(await desk.leases()).toEqual([]);
    expect((await store.journal.eventsOf('lease', 'LEASE-1')).at(-1)).toMatchObject({
      type: 'lease.ended',
      data: { proved: true },
    });
  });

  it('ends late, once, when the bot was away at its end', async () => {
    await begin();
    await close();
    store = await store.restart();
    store.clock.advance(2 * HOUR);
    await open();

    await timers.runDue();
    await until(async () => (await statusOf()) === 'undone');
    await timers.runDue();

    expect(keys()).toEqual(['RUN-1-halt', 'RUN-1-undo-halt']);
    expect(await desk.leases()).toEqual([]);
  });

  it('stands longer when it was renewed', async () => {
    await begin();

    await ask({ verb: 'renew', args: { lease: 'LEASE-1', seconds: 7200 } });
    store.clock.advance(HOUR + 1000);
    await timers.runDue();

    expect(keys()).toEqual(['RUN-1-halt']);
    expect(await desk.leases()).toMatchObject([{ id: 'LEASE-1', state: 'active' }]);
  });

  it('is over when a person takes the run back before', async () => {
    await begin();

    await ask({ verb: 'undo', run: 'RUN-1', args: {} });
    await until(async () => (await statusOf()) === 'undone');
    store.clock.advance(2 * HOUR);
    await timers.runDue();

    expect(keys()).toEqual(['RUN-1-halt', 'RUN-1-undo-halt']);
    expect(await desk.leases()).toEqual([]);
  });

  it('says that nothing proves it when the probes do not agree', async () => {
    await begin();
    probe = 'fail';

    store.clock.advance(HOUR + 1000);
    await timers.runDue();
    await until(async () => (await statusOf()) === 'undone');

    expect((await store.journal.eventsOf('lease', 'LEASE-1')).at(-1)).toMatchObject({ data: { proved: false } });
  });
});
