import { describe, expect, it } from 'vitest';
import { refuse, transient } from '../../src/core/errors.ts';
import type { Observed, ServiceTarget } from '../../src/hosts/driver.ts';
import { watchStable } from '../../src/hosts/watch-stable.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const target: ServiceTarget = { host: 'h', service: 's', id: 'i', name: 'n' };
const up: Observed = { running: true, health: 'healthy', startedAt: 1, restarts: 0, exitCode: null, facts: {} };
const limits = { healthyWithinMs: 10_000, stableMs: 2000 };

/** Plays what the target looks like at each moment (milliseconds since the begin), moving time on with every look. */
async function watch(at: (ms: number) => Observed | Error, signal?: AbortSignal) {
  const clock = createFakeClock();
  const stepping = {
    ...clock,
    after: (delayMs: number, task: () => void) => {
      const cancel = clock.after(delayMs, task);
      queueMicrotask(() => clock.advance(delayMs));
      return cancel;
    },
  };
  const observe = async () => {
    const seen = at(clock.monotonicMs());
    if (seen instanceof Error) throw seen;
    return seen;
  };
  const result = await watchStable({ observe }, target, limits, stepping, signal);
  return { result, ms: clock.monotonicMs() };
}

describe('watching a service until it is stable', () => {
  it('is content once it was healthy for the whole stable time', async () => {
    const { result, ms } = await watch((at) => (at < 3000 ? { ...up, health: 'starting' } : up));

    expect(result).toEqual({ stable: true });
    expect(ms).toBe(5000);
  });

  it('counts the stable time anew after a start in between', async () => {
    const { result, ms } = await watch((at) => (at < 1000 ? up : { ...up, startedAt: 2, restarts: 1 }));

    expect(result).toEqual({ stable: true });
    expect(ms).toBe(3000);
  });

  it('is content with running when there is no health check', async () => {
    const { result } = await watch(() => ({ ...up, health: 'none' }));

    expect(result).toEqual({ stable: true });
  });

  it('calls a third restart a crash loop, with the last exit code', async () => {
    const crashing = (at: number): Observed =>
      Math.floor(at / 500) % 2 === 0
        ? { ...up, startedAt: Math.floor(at / 1000), restarts: Math.floor(at / 1000) }
        : { ...up, running: false, startedAt: null, exitCode: 3, restarts: Math.floor(at / 1000) };

    const { result } = await watch(crashing);

    expect(result).toEqual({
      stable: false,
      reason: 'it crash-loops: 3 restarts in 3 s, exit 3',
      restarts: 3,
      exitCode: 3,
    });
  });

  it('says when the kernel ended it for want of memory', async () => {
    const { result } = await watch(() => ({ ...up, running: false, exitCode: 137, outOfMemory: true, ended: true }));

    expect(result).toMatchObject({ stable: false, reason: 'it ended after 0 s, exit 137, out of memory' });
  });

  it('sees a loop that is faster than its looks by the count of the engine', async () => {
    const { result } = await watch((at) => ({ ...up, startedAt: at, restarts: at / 100 }));

    expect(result).toMatchObject({ stable: false, restarts: 5 });
  });

  it('does not wait for what has ended for good', async () => {
    const { result, ms } = await watch((at) =>
      at < 1000 ? up : { ...up, running: false, startedAt: null, exitCode: 1, ended: true },
    );

    expect(result).toMatchObject({ stable: false, reason: 'it ended after 1 s, exit 1', exitCode: 1 });
    expect(ms).toBe(1000);
  });

  it('ends at its time limit with the state it saw last', async () => {
    const { result, ms } = await watch(() => ({ ...up, health: 'unhealthy' }));

    expect(result).toMatchObject({ stable: false, reason: 'not well within 10 s: runs, unhealthy' });
    expect(ms).toBe(10_000);
  });

  it('lets one that got well just in time prove itself', async () => {
    const { result } = await watch((at) => (at < 9900 ? { ...up, health: 'starting' } : up));

    expect(result).toEqual({ stable: true });
  });

  it('goes on after a look that failed, and begins the stable time anew', async () => {
    const { result, ms } = await watch((at) => (at === 1000 ? transient('X', 'away', 'wait') : up));

    expect(result).toEqual({ stable: true });
    expect(ms).toBe(3250);
  });

  it('ends at once when the target is gone', async () => {
    const { result } = await watch(() => refuse('CONTAINER_GONE', 'The container is gone.', 'Plan again.'));

    expect(result).toMatchObject({ stable: false, reason: 'The container is gone.' });
  });

  it('ends when it is told to', async () => {
    const { result } = await watch(() => ({ ...up, health: 'starting' }), AbortSignal.abort());

    expect(result).toMatchObject({ stable: false, reason: 'the wait was stopped' });
  });
});
