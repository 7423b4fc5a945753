import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRunWorld, type RunWorld } from '../support/run-world.ts';

describe('a restart is proven before and after', () => {
  let world: RunWorld;
  beforeEach(async () => {
    world = await createRunWorld();
  });
  afterEach(() => world.end());

  const restart = { runbook: 'restart', parameters: { service: 'gianna' } };

  it('is fixed when a failing probe is ok afterwards', async () => {
    world.probes['gianna-health'] = 'fail';
    world.drivers.gianna?.calls.splice(0);
    mendOnRestart(world);

    const outcome = await world.ask(restart, { incident: 'GI-1' });
    await world.go();
    const run = await world.finish('RUN-1');

    expect(outcome).toMatchObject({ kind: 'done', run: 'RUN-1', incident: 'GI-1' });
    expect(run).toMatchObject({ status: 'succeeded', verdict: 'fixed', incident: 'GI-1', service: 'gianna' });
    expect(run.steps.map(({ id, status }) => [id, status])).toEqual([
      ['before', 'done'],
      ['restart', 'done'],
      ['settle', 'done'],
      ['verify-1', 'done'],
    ]);
    expect(run.before.map((each) => each.result)).toContain('fail');
    expect(run.after.map((each) => each.result)).toEqual(['ok', 'ok']);
    expect(world.drivers.gianna?.calls).toEqual([{ id: 'c1', mode: 'graceful', key: 'RUN-1-restart' }]);
  });

  it('shows its start and its end in the timeline of the incident', async () => {
    world.probes['gianna-health'] = 'fail';
    mendOnRestart(world);

    await world.ask({ ...restart, reason: 'it hangs' }, { incident: 'GI-1' });
    await world.go();
    await world.finish('RUN-1');

    const events = await world.store.journal.eventsAbout('GI-1');
    const texts = await world.store.journal.payloads(
      events.flatMap((event) => Object.values(event.data).filter((value) => typeof value === 'string')),
    );
    const lines = events.map((event) => world.engine.describe(event, texts)).filter((line) => line !== null);
    expect(lines).toEqual([
      'RUN-1 restart of gianna ("it hangs") asked for',
      'RUN-1 started',
      expect.stringMatching(/^RUN-1 fixed it in \d+ s$/),
    ]);
  });

  it('has no effect when the probe still fails, and has not succeeded', async () => {
    world.probes['gianna-health'] = 'fail';

    await world.ask(restart);
    await world.go();
    const run = await world.finish('RUN-1');

    expect(run).toMatchObject({ status: 'failed', verdict: 'no-effect' });
  });

  it('is worse when a probe that was ok fails afterwards', async () => {
    const { gianna } = world.drivers;
    if (gianna === undefined) throw new Error('no driver');
    gianna.onRestart = async () => {
      world.probes['gianna-ready'] = 'fail';
      return { outcome: 'done', summary: 'restarted' };
    };

    await world.ask(restart);
    await world.go();
    const run = await world.finish('RUN-1');

    expect(run).toMatchObject({ status: 'failed', verdict: 'worse' });
  });

  it('waits a moment for a process that listens late', async () => {
    world.probes['gianna-health'] = 'fail';
    const { gianna } = world.drivers;
    if (gianna === undefined) throw new Error('no driver');

    await world.ask(restart);
    await world.go();
    await world.until(async () => (await world.engine.run('RUN-1'))?.steps[3]?.status === 'running');
    world.probes['gianna-health'] = 'ok';
    const run = await world.finish('RUN-1');

    expect(run).toMatchObject({ status: 'succeeded', verdict: 'fixed' });
  });

  it('gives a service that starts slowly the time that its runbook names', async () => {
    world.probes['gianna-health'] = 'fail';
    const { clock } = world.store;

    await world.ask(restart);
    await world.go();
    await world.until(async () => (await world.engine.run('RUN-1'))?.steps[2]?.status === 'running');
    const settling = clock.now();
    await world.until(() => clock.now() - settling > 60_000);
    world.probes['gianna-health'] = 'ok';
    const run = await world.finish('RUN-1');

    expect(run).toMatchObject({ status: 'succeeded', verdict: 'fixed' });
  });

  it('does not wait that long for what only warns', async () => {
    world.probes['gianna-health'] = 'warn';
    const { clock } = world.store;

    await world.ask(restart);
    await world.go();
    const begun = clock.now();
    const run = await world.finish('RUN-1');

    expect(run).toMatchObject({ verdict: 'no-effect' });
    expect(clock.now() - begun).toBeLessThan(60_000);
  });

  it('has no verdict, and says why, when all was well on both sides', async () => {
    await world.ask(restart);
    await world.go();
    const run = await world.finish('RUN-1');

    expect(run).toMatchObject({ status: 'succeeded', verdict: null, summary: 'well, as it was before' });
  });

  it('is no success when what comes back crash-loops, even if a probe saw it well', async () => {
    world.probes['gianna-health'] = 'fail';
    const { gianna } = world.drivers;
    if (gianna === undefined) throw new Error('no driver');
    const { observe } = gianna;
    gianna.onRestart = async () => {
      world.probes['gianna-health'] = 'ok';
      let restarts = 0;
      gianna.observe = async (target) => {
        restarts += 1;
        return { ...(await observe(target)), running: false, restarts, exitCode: 3 };
      };
      return { outcome: 'done', summary: 'restarted' };
    };

    await world.ask(restart);
    await world.go();
    const run = await world.finish('RUN-1');

    expect(run).toMatchObject({ status: 'failed', verdict: null });
    expect(run.summary).toMatch(/^restarted but unhealthy: .*exit 3/);
  });
});

function mendOnRestart(world: RunWorld): void {
  const { gianna } = world.drivers;
  if (gianna === undefined) throw new Error('no driver');
  gianna.onRestart = async (target) => {
    world.probes['gianna-health'] = 'ok';
    return { outcome: 'done', summary: `restarted ${target.name}` };
  };
}
