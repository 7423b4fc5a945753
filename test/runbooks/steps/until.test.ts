import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CheckResult } from '../../../src/probes/check.ts';
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts';
import { breathe } from '../../support/fake-driver.ts';
import { check } from '../../support/run-world.ts';
import { createStepWorld, type StepWorld } from '../../support/step-world.ts';

const GIANNA = ['gianna-health', 'gianna-ready'];

describe('a step that waits until probes say something', () => {
  let world: StepWorld;
  let clock: FakeClock;
  let says: (probe: string, look: number) => CheckResult['result'];
  let looks: number;
  let stop: AbortController;

  beforeEach(() => {
    clock = createFakeClock();
    looks = 0;
    stop = new AbortController();
    world = createStepWorld({
      clock,
      signal: stop.signal,
      runProbes: async (names) => {
        looks += 1;
        return names.map((name) => check(name, says(name, looks)));
      },
    });
  });
  afterEach(() => world.end());
  /** Moves time, second by second, until the step has ended. */
  async function wait(body: unknown) {
    const begun = clock.monotonicMs();
    let isOver = false;
    const running = world.run('until', body).finally(() => {
      isOver = true;
    });
    while (!isOver) {
      await breathe();
      if (!isOver) clock.advance(1000);
    }
    const [outcome] = await running;
    return { outcome, seconds: (clock.monotonicMs() - begun) / 1000 };
  }

  it('goes on as soon as every probe says it', async () => {
    says = (probe, look) => (look >= (probe === 'gianna-ready' ? 3 : 2) ? 'ok' : 'fail');

    const { outcome } = await wait({ probe: GIANNA, within: '5m', every: '10s' });

    expect(outcome).toMatchObject({ status: 'done', summary: 'all 2 ok', results: { result: 'ok', seconds: 20 } });
    expect(looks).toBe(3);
  });

  it('has failed when the time is over, with what the probes said last', async () => {
    says = (probe) => (probe === 'gianna-ready' ? 'warn' : 'ok');

    const { outcome, seconds } = await wait({ probe: GIANNA, within: '12s', every: '5s' });

    expect(outcome).toMatchObject({ status: 'failed', summary: expect.stringContaining('not so within 12s') });
    expect(outcome?.summary).toContain('gianna-ready warn');
    expect(looks).toBe(4);
    expect(seconds).toBeLessThanOrEqual(13);
  });

  it.each([
    { is: 'fail', result: 'fail', status: 'done' },
    { is: ['ok', 'warn'], result: 'warn', status: 'done' },
    { is: 'fail', result: 'unknown', status: 'failed' },
  ])('waits for $is: $result is $status', async ({ is, result, status }) => {
    says = () => result as CheckResult['result'];

    const { outcome } = await wait({ probe: 'cache', is, within: '0s' });

    expect(outcome?.status).toBe(status);
    expect(looks).toBe(1);
  });

  it('ends when it is stopped', async () => {
    says = () => 'fail';
    const running = world.run('until', { probe: 'cache', within: '1h', every: '30m' });
    await breathe();

    stop.abort();

    expect((await running)[0]).toMatchObject({ status: 'failed', summary: expect.stringContaining('was stopped') });
  });

  it('refuses a probe that is not there', async () => {
    await expect(world.plan('until', { probe: 'missing', within: '1m' })).rejects.toMatchObject({
      code: 'PROBE_UNKNOWN',
    });
  });
});
