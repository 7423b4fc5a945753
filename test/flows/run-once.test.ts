import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FakeDriver } from '../support/fake-driver.ts';
import { createRunWorld, type RunWorld } from '../support/run-world.ts';

describe('an action runs at most once, and what nobody knows is said to be unknown', () => {
  let world: RunWorld;
  let gianna: FakeDriver;
  beforeEach(async () => {
    world = await createRunWorld();
    if (world.drivers.gianna === undefined) throw new Error('no driver');
    gianna = world.drivers.gianna;
  });
  afterEach(() => world.end());

  const restart = { runbook: 'restart', parameters: { service: 'gianna' } };

  it('makes one run of twenty requests at the same moment, and tells the others who has it', async () => {
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => world.ask(restart)));
    await world.go();
    await world.finish('RUN-1');

    expect(outcomes.filter((outcome) => outcome.kind === 'done')).toHaveLength(1);
    const others = outcomes.filter((outcome) => outcome.kind === 'refused');
    expect(new Set(others.map((outcome) => outcome.text))).toEqual(
      new Set(['Already running: RUN-1 by slack:U01ONCALL.']),
    );
    expect(gianna.calls).toHaveLength(1);
    expect(await world.engine.runs()).toHaveLength(1);
  });

  it('refuses a request whose target was taken after it was planned', async () => {
    world.onRights = async () => {
      world.onRights = async () => {};
      await world.ask(restart);
    };

    const outcome = await world.ask(restart);
    await world.go();
    await world.finish('RUN-1');

    expect(outcome).toMatchObject({ kind: 'refused', code: 'ALREADY_RUNNING' });
    expect(gianna.calls).toHaveLength(1);
  });

  it('gives the target back at the end, so that the next request runs', async () => {
    await world.ask(restart);
    await world.go();
    await world.finish('RUN-1');

    const second = await world.ask(restart);
    await world.finish('RUN-2');

    expect(second).toMatchObject({ kind: 'done', run: 'RUN-2' });
    expect(gianna.calls.map(({ key }) => key)).toEqual(['RUN-1-restart', 'RUN-2-restart']);
  });

  it('lets another service be restarted meanwhile', async () => {
    await world.ask(restart);

    const other = await world.ask({ runbook: 'restart', parameters: { service: 'redis' } });

    expect(other).toMatchObject({ kind: 'done', run: 'RUN-2' });
  });

  it('is interrupted with the step unknown when the bot dies between the two events, and looks without acting', async () => {
    world.probes['gianna-health'] = 'fail';
    gianna.onRestart = () => new Promise(() => {});
    await world.ask(restart, { incident: 'GI-1' });
    await world.go();
    await world.until(() => gianna.calls.length === 1);

    await world.crash();
    await world.go();
    await world.until(async () => ((await world.engine.run('RUN-1'))?.after.length ?? 0) > 0);

    const run = await world.engine.run('RUN-1');
    expect(run).toMatchObject({ status: 'interrupted', verdict: null });
    expect(run?.steps.map(({ id, status }) => [id, status])).toEqual([
      ['before', 'done'],
      ['restart', 'unknown'],
      ['settle', 'skipped'],
      ['verify-1', 'skipped'],
    ]);
    expect(run?.after.find(({ probe }) => probe === 'gianna-health')?.result).toBe('fail');
    expect(gianna.calls).toHaveLength(1);
    expect((await world.store.journal.effect('step|RUN-1|restart'))?.state).toBe('unknown');
    expect((await world.store.journal.effect('run|RUN-1'))?.state).toBe('unknown');
  });

  it('does not act again after a second restart of the bot, and lets a person ask anew', async () => {
    gianna.onRestart = () => new Promise(() => {});
    await world.ask(restart);
    await world.go();
    await world.until(() => gianna.calls.length === 1);
    await world.crash();
    await world.go();
    await world.finish('RUN-1');

    await world.crash();
    await world.go();
    gianna.onRestart = async () => ({ outcome: 'done', summary: 'restarted' });
    const again = await world.ask(restart);
    await world.finish('RUN-2');

    expect(again).toMatchObject({ kind: 'done', run: 'RUN-2' });
    expect(gianna.calls.map(({ key }) => key)).toEqual(['RUN-1-restart', 'RUN-2-restart']);
  });

  it('is interrupted without an unknown step when it died in a step that only looks', async () => {
    gianna.onRestart = async () => {
      gianna.observed = { ...gianna.observed, running: false };
      return { outcome: 'done', summary: 'restarted' };
    };
    await world.ask(restart);
    await world.go();
    await world.until(async () => (await world.engine.run('RUN-1'))?.steps[2]?.status === 'running');

    await world.crash();
    await world.go();
    const run = await world.finish('RUN-1');

    expect(run).toMatchObject({ status: 'interrupted' });
    expect(run.steps.map(({ status }) => status)).toEqual(['done', 'done', 'skipped', 'skipped']);
  });

  it('still runs what was accepted and not taken up before the bot died', async () => {
    await world.ask(restart);

    await world.crash();
    await world.go();
    const run = await world.finish('RUN-1');

    expect(run.status).toBe('succeeded');
    expect(gianna.calls).toHaveLength(1);
  });

  it('says that the outcome is unknown when the host lost sight of the call', async () => {
    gianna.onRestart = async () => ({ outcome: 'unknown', summary: 'the engine went away' });

    await world.ask(restart);
    await world.go();
    const run = await world.finish('RUN-1');

    expect(run).toMatchObject({ status: 'interrupted', verdict: null });
    expect(run.steps[1]?.status).toBe('unknown');
    expect(run.summary).toMatch(/^outcome unknown: the engine went away; now all 2 ok$/);
  });

  it('treats a driver that breaks off inside as unknown, not as failed', async () => {
    gianna.onRestart = async () => {
      throw new Error('a bug');
    };

    await world.ask(restart);
    await world.go();
    const run = await world.finish('RUN-1');

    expect(run).toMatchObject({ status: 'interrupted' });
    expect(run.steps[1]?.status).toBe('unknown');
    expect(gianna.calls).toHaveLength(1);
  });

  it('stops between two steps when the bot stops, and says so', async () => {
    gianna.onRestart = async () => {
      void world.engine.stop();
      return { outcome: 'done', summary: 'restarted' };
    };

    await world.ask(restart);
    await world.go();
    const run = await world.finish('RUN-1');

    expect(run).toMatchObject({ status: 'interrupted' });
    expect(run.steps.map(({ status }) => status)).toEqual(['done', 'done', 'skipped', 'skipped']);
  });

  it('restarts the targets of a service one after the other, and leaves the rest alone when one does not come back', async () => {
    gianna.ids = ['c1', 'c2', 'c3'];
    gianna.onRestart = async (target) =>
      target.id === 'c2' ? { outcome: 'not-done', summary: 'c2 refused' } : { outcome: 'done', summary: 'restarted' };

    await world.ask({ runbook: 'restart', parameters: { service: 'gianna', mode: 'rolling' } });
    await world.go();
    const run = await world.finish('RUN-1');

    expect(gianna.calls.map(({ id, key }) => [id, key])).toEqual([
      ['c1', 'RUN-1-restart'],
      ['c2', 'RUN-1-restart-2'],
    ]);
    expect(run.status).toBe('failed');
    expect(run.steps[1]?.summary).toBe('restarted; c2 refused; not touched: gianna-c3');
  });
});
