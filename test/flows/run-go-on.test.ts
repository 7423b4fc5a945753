import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StepConfig } from '../../src/core/config/config.ts';
import { testConfig, testParameter, testRunbook, testStep } from '../support/config.ts';
import { createRunWorld, type RunWorld } from '../support/run-world.ts';

const BEFORE = testStep('before', 'probe', '${service.probes}');
const RESTART = testStep('restart', 'service.restart', { service: '${service}' });
const STOP = testStep('halt', 'service.stop', { service: '${service}' });
const OTHER = testStep('other', 'service.restart', { service: 'redis' });

describe('what a person decides about a run is done, once, and nothing else is', () => {
  let world: RunWorld;
  beforeEach(async () => {
    world = await createRunWorld();
  });
  afterEach(() => world.end());

  function use(steps: readonly StepConfig[], rest: Parameters<typeof testRunbook>[1] = {}): void {
    const runbook = testRunbook('mend', {
      parameters: { service: testParameter('service') },
      steps,
      verify: [testStep('proof', 'probe', '${service.probes}')],
      ...rest,
    });
    world.config.swap({ ...testConfig(), runbooks: { mend: runbook } });
  }
  const begin = (rest: object = {}) => world.ask({ runbook: 'mend', parameters: { service: 'gianna' }, ...rest });
  const say = (verb: string, args: Record<string, unknown> = {}) => world.ask(args, { verb, run: 'RUN-1' });
  const calls = (service = 'gianna') => (world.drivers[service]?.calls ?? []).map(({ key }) => key);
  const statusOf = async () => (await world.engine.run('RUN-1'))?.status;

  it('a dry run looks and touches nothing', async () => {
    use([BEFORE, RESTART]);

    const outcome = await begin({ dryRun: true });
    await world.go();
    const run = await world.finish('RUN-1');

    expect(outcome.text).toContain('only looks');
    expect(run).toMatchObject({
      status: 'succeeded',
      dry: true,
      summary: expect.stringContaining('nothing was changed'),
    });
    expect(run.steps.find(({ id }) => id === 'restart')).toMatchObject({
      status: 'skipped',
      summary: expect.stringContaining('would: POST /containers/c1/restart'),
    });
    expect(calls()).toEqual([]);
  });

  it('a dry run keeps nobody off its targets', async () => {
    use([RESTART]);
    await begin({ dryRun: true });

    const other = await begin();

    expect(other).toMatchObject({ kind: 'done', run: 'RUN-2' });
  });

  it('a step is left out while its condition does not hold, and its successors see results', async () => {
    world.probes['gianna-health'] = 'ok';
    use([
      BEFORE,
      { ...RESTART, when: { 'before.result': { kind: 'values', values: ['fail', 'unknown'] } } },
      { ...OTHER, when: { 'before.ok': { kind: 'threshold', threshold: { operator: '>=', value: 1 } } } },
    ]);

    await begin();
    await world.go();
    const run = await world.finish('RUN-1');

    expect(run.steps.map(({ id, status }) => [id, status])).toContainEqual(['restart', 'skipped']);
    expect(calls()).toEqual([]);
    expect(calls('redis')).toEqual(['RUN-1-other']);
  });

  it('a question waits for its answer across a restart of the bot, then the rest is done', async () => {
    use([testStep('look', 'ask', { question: 'Is the graph flat?' }), RESTART]);
    await begin();
    await world.go();
    await world.until(async () => (await statusOf()) === 'waiting' && (await world.engine.run('RUN-1'))?.asks !== null);
    await world.crash();
    await world.go();
    const waiting = await world.engine.run('RUN-1');

    const answer = await say('continue');
    const run = await world.finish('RUN-1');

    expect(waiting).toMatchObject({ status: 'waiting', asks: { step: 'look', question: 'Is the graph flat?' } });
    expect(answer).toMatchObject({ kind: 'done' });
    expect(run).toMatchObject({ status: 'succeeded' });
    expect(calls()).toEqual(['RUN-1-restart']);
  });

  it('a question that is answered by stopping ends the run there', async () => {
    use([testStep('look', 'ask', { question: 'Is the graph flat?' }), RESTART]);
    await begin();
    await world.go();
    await world.until(async () => (await world.engine.run('RUN-1'))?.asks !== null);

    await say('abort');

    expect(await statusOf()).toBe('interrupted');
    expect(calls()).toEqual([]);
  });

  it('stops after the step that is under way, and goes on from there when a person says so', async () => {
    use([RESTART, OTHER]);
    const gianna = world.drivers.gianna;
    if (gianna === undefined) throw new Error('no driver');
    gianna.onRestart = async () => {
      await say('stop');
      return { outcome: 'done', summary: 'restarted' };
    };
    await begin();
    await world.go();
    const stopped = await world.finish('RUN-1');

    const resumed = await say('resume');
    const run = await world.finish('RUN-1');

    expect(stopped).toMatchObject({
      status: 'interrupted',
      summary: expect.stringContaining('stopped by a person after restart'),
    });
    expect(resumed).toMatchObject({ kind: 'done' });
    expect(run).toMatchObject({ status: 'succeeded' });
    expect(calls()).toEqual(['RUN-1-restart']);
    expect(calls('redis')).toEqual(['RUN-1-other']);
  });

  describe('after a crash in the middle of a change', () => {
    beforeEach(async () => {
      use([RESTART, OTHER]);
      const gianna = world.drivers.gianna;
      if (gianna === undefined) throw new Error('no driver');
      gianna.onRestart = () => new Promise(() => {});
      await begin();
      await world.go();
      await world.until(() => calls().length === 1);
      await world.crash();
      gianna.onRestart = async () => ({ outcome: 'done', summary: 'restarted' });
      await world.go();
    });

    it('nobody knows what became of it, and nothing is done again by itself', async () => {
      const run = await world.engine.run('RUN-1');

      expect(run).toMatchObject({ status: 'interrupted' });
      expect(run?.steps.map(({ status }) => status)).toEqual(['unknown', 'skipped', 'skipped']);
      expect(calls()).toEqual(['RUN-1-restart']);
    });

    it('resume does the unknown step once more, under a key of its own', async () => {
      await say('resume');
      const run = await world.finish('RUN-1');

      expect(run).toMatchObject({ status: 'succeeded', leg: 2 });
      expect(calls()).toEqual(['RUN-1-restart', 'RUN-1-restart.2']);
      expect(calls('redis')).toEqual(['RUN-1-other']);
    });

    it('skip leaves it behind and goes on', async () => {
      await say('skip');
      const run = await world.finish('RUN-1');

      expect(run).toMatchObject({ status: 'succeeded' });
      expect(calls()).toEqual(['RUN-1-restart']);
      expect(calls('redis')).toEqual(['RUN-1-other']);
    });

    it('abandon leaves it for good', async () => {
      const left = await say('abandon', { reason: 'the host is gone' });
      const again = await say('resume');

      expect(left).toMatchObject({ kind: 'done' });
      expect(again).toMatchObject({ kind: 'refused', code: 'RUN_STATE' });
      expect(await world.engine.run('RUN-1')).toMatchObject({ status: 'interrupted', isAbandoned: true });
    });

    it('resume is refused while another run has the target, naming it', async () => {
      await begin();

      const outcome = await say('resume');

      expect(outcome).toMatchObject({
        kind: 'refused',
        code: 'ALREADY_RUNNING',
        text: expect.stringContaining('RUN-2'),
      });
    });

    it('resume does not go on when what is to come was made anew meanwhile', async () => {
      const redis = world.drivers.redis;
      if (redis !== undefined) redis.ids = ['other'];

      await say('resume');
      const run = await world.finish('RUN-1');

      expect(run).toMatchObject({
        status: 'interrupted',
        summary: expect.stringContaining('other would act on changed'),
      });
      expect(calls()).toEqual(['RUN-1-restart']);
    });
  });

  describe('taking back', () => {
    it('undoes what a runbook did, the last step first, proves it, and only once', async () => {
      use([STOP, testStep('halt-redis', 'service.stop', { service: 'redis' })]);
      await begin();
      await world.go();
      await world.finish('RUN-1');

      const outcome = await say('undo');
      const run = await world.finish('RUN-1');
      const again = await say('undo');

      expect(outcome).toMatchObject({ kind: 'done' });
      expect(run).toMatchObject({ status: 'undone', summary: expect.stringContaining('taken back: halt-redis, halt') });
      expect(calls()).toEqual(['RUN-1-halt', 'RUN-1-undo-halt']);
      expect(calls('redis')).toEqual(['RUN-1-halt-redis', 'RUN-1-undo-halt-redis']);
      expect(again).toMatchObject({ kind: 'refused', code: 'NOTHING_TO_UNDO' });
    });

    it('follows by itself when a step fails and the runbook says so', async () => {
      use([STOP, OTHER], { onFailure: 'undo' });
      const redis = world.drivers.redis;
      if (redis === undefined) throw new Error('no driver');
      redis.onRestart = async () => ({ outcome: 'not-done', summary: 'no room' });

      await begin();
      await world.go();
      const run = await world.finish('RUN-1');

      expect(run).toMatchObject({ status: 'undone', summary: expect.stringContaining('no room') });
      expect(calls()).toEqual(['RUN-1-halt', 'RUN-1-undo-halt']);
    });

    it('does not follow by itself when nobody knows what a step did', async () => {
      use([STOP, OTHER], { onFailure: 'undo' });
      const redis = world.drivers.redis;
      if (redis === undefined) throw new Error('no driver');
      redis.onRestart = async () => ({ outcome: 'unknown', summary: 'lost sight of it' });

      await begin();
      await world.go();
      const run = await world.finish('RUN-1');

      expect(run).toMatchObject({ status: 'interrupted' });
      expect(calls()).toEqual(['RUN-1-halt']);
    });

    it('that fails says so, and can be tried again', async () => {
      use([STOP]);
      await begin();
      await world.go();
      await world.finish('RUN-1');
      const gianna = world.drivers.gianna;
      if (gianna === undefined) throw new Error('no driver');
      gianna.onAct = async () => ({ outcome: 'not-done', summary: 'image is gone' });

      await say('undo');
      const failed = await world.finish('RUN-1');
      gianna.onAct = async () => ({ outcome: 'done', summary: 'started' });
      await say('undo');
      const run = await world.finish('RUN-1');

      expect(failed).toMatchObject({
        status: 'failed',
        mayUndo: true,
        summary: expect.stringContaining('image is gone'),
      });
      expect(run).toMatchObject({ status: 'undone' });
      expect(new Set(calls()).size).toBe(calls().length);
    });
  });

  it('refuses another run of a runbook that is to cool down, and takes it afterwards', async () => {
    use([RESTART], { cooldownSeconds: 600 });
    await begin();
    await world.go();
    await world.finish('RUN-1');

    const early = await begin();
    world.store.clock.advance(601_000);
    const late = await begin();

    expect(early).toMatchObject({ kind: 'refused', code: 'RUN_BLOCKED', text: expect.stringContaining('again in') });
    expect(late).toMatchObject({ kind: 'done' });
  });

  it('holds a target from the request on, though its step is planned only when the result before it is there', async () => {
    use([BEFORE, testStep('later', 'service.start', { service: '${service}', replicas: '${before.ok}' })]);
    await begin();

    const other = await world.ask({ runbook: 'mend', parameters: { service: 'gianna' } });

    expect((await world.engine.run('RUN-1'))?.plan?.steps[1]?.call).toContain('known when it runs');
    expect(other).toMatchObject({ kind: 'refused', code: 'ALREADY_RUNNING' });
  });

  it('refuses more targets than the runbook allows at once', async () => {
    use([RESTART], { mostTargets: 1 });
    const gianna = world.drivers.gianna;
    if (gianna !== undefined) gianna.ids = ['c1', 'c2'];

    const outcome = await begin();

    expect(outcome).toMatchObject({ kind: 'refused', code: 'RUN_BLOCKED', text: expect.stringContaining('2 targets') });
  });
});
