import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { transient } from '../../src/core/errors.ts';
import { createMetricsRegistry } from '../../src/core/metrics.ts';
import { createEffectRunner, type EffectExecutor, type EffectRunner } from '../../src/journal/effects.ts';
import { createJournalMetrics } from '../../src/journal/metrics.ts';
import type { Effect, EffectState } from '../../src/journal/port.ts';
import { openTestJournal, type TestJournal } from '../support/journal.ts';
import { batchOf, eventOf, thing } from './builders.ts';

describe('the effect runner', () => {
  let subject: TestJournal;
  let runner: EffectRunner | null = null;
  let ran: string[] = [];
  beforeEach(async () => {
    subject = await openTestJournal();
    ran = [];
  });
  afterEach(async () => {
    await runner?.stop();
    runner = null;
    await subject.remove();
  });

  function runnerWith(executor: Partial<EffectExecutor>): EffectRunner {
    const { journal, clock, logger } = subject;
    const executors = { run: { idempotent: false, concurrency: 1, run: noting, ...executor } };
    runner = createEffectRunner({
      journal,
      clock,
      logger,
      executors,
      metrics: createJournalMetrics(createMetricsRegistry()),
    });
    return runner;
  }
  const noting: EffectExecutor['run'] = async (effect) => {
    ran.push(effect.key);
    return { state: 'done', result: { ok: true } };
  };
  async function ask(...keys: string[]): Promise<void> {
    const effects = keys.map((key) => ({ op: 'ask' as const, key, kind: 'run', incident: 'GI-1', data: {} }));
    await subject.journal.append(batchOf({ effects }));
  }
  const stateOf = async (key: string): Promise<EffectState | undefined> => (await subject.journal.effect(key))?.state;

  it('carries out what was wanted before it started and what comes later, once each', async () => {
    await ask('a');
    const started = runnerWith({});
    await started.start();
    await started.idle();
    await ask('b', 'a');
    await started.idle();

    expect(ran).toEqual(['a', 'b']);
    expect([await stateOf('a'), await stateOf('b')]).toEqual(['done', 'done']);
  });

  it('claims durably before it runs', async () => {
    await ask('a');
    const states: Array<EffectState | undefined> = [];
    const started = runnerWith({
      run: async (effect) => {
        states.push(await stateOf(effect.key));
        return { state: 'done', result: {} };
      },
    });

    await started.start();
    await started.idle();

    expect(states).toEqual(['claimed']);
  });

  it('closes in the same transaction as the batch of its room, decided again after a conflict', async () => {
    await subject.journal.append(batchOf({ aggregates: [thing(1)] }));
    await ask('a');
    let asked = 0;
    const started = runnerWith({
      run: async () => ({
        state: 'done',
        result: {},
        batch: async () => {
          asked += 1;
          const row = await subject.journal.aggregate('thing', 'TH-1');
          const change = thing(1, { expected: row?.version ?? 0, events: [eventOf('finished')] });
          if (asked === 1) await subject.journal.append(batchOf({ aggregates: [change] }));
          return batchOf({ aggregates: [change] });
        },
      }),
    });
    const closings: boolean[] = [];
    subject.journal.onChange((change) => {
      if (change.events.length > 0 && change.effects) closings.push(true);
    });

    await started.start();
    await started.idle();

    expect(asked).toBe(2);
    expect(closings).toEqual([true]);
    expect(await stateOf('a')).toBe('done');
  });

  it('runs no more at the same time than the executor allows', async () => {
    await ask('a', 'b', 'c', 'd', 'e');
    let now = 0;
    let most = 0;
    const started = runnerWith({
      concurrency: 2,
      run: async (effect) => {
        now += 1;
        most = Math.max(most, now);
        await new Promise((resolve) => setImmediate(resolve));
        now -= 1;
        return noting(effect);
      },
    });

    await started.start();
    await started.idle();

    expect(most).toBe(2);
    expect(ran).toHaveLength(5);
  });

  it('leaves effects of other kinds alone', async () => {
    await subject.journal.append(
      batchOf({ effects: [{ op: 'ask', key: 'p', kind: 'page', incident: null, data: {} }] }),
    );
    await subject.journal.claim('p', 1);
    const started = runnerWith({});

    await started.start();
    await started.idle();

    expect(await stateOf('p')).toBe('claimed');
  });

  describe('after the process died in between', () => {
    beforeEach(async () => {
      await ask('a');
      await subject.journal.claim('a', 1_000);
      subject = await subject.restart();
    });

    it('never runs again what is not idempotent: its outcome is unknown', async () => {
      const started = runnerWith({});

      await started.start();
      await started.idle();

      expect(ran).toEqual([]);
      expect(await stateOf('a')).toBe('unknown');
    });

    it('asks the room how it ended', async () => {
      const recovered: Effect[] = [];
      const started = runnerWith({
        recover: async (effect) => {
          recovered.push(effect);
          return {
            state: 'failed',
            result: { why: 'interrupted' },
            batch: async () => batchOf({ aggregates: [thing(1)] }),
          };
        },
      });

      await started.start();
      await started.idle();

      expect(recovered).toMatchObject([{ key: 'a', state: 'claimed' }]);
      expect(await subject.journal.effect('a')).toMatchObject({ state: 'failed', result: { why: 'interrupted' } });
      expect((await subject.journal.head()).seq).toBe(1);
      expect(ran).toEqual([]);
    });

    it('runs again what is idempotent', async () => {
      const started = runnerWith({ idempotent: true });

      await started.start();
      await started.idle();

      expect(ran).toEqual(['a']);
      expect(await stateOf('a')).toBe('done');
    });
  });

  it('leaves the outcome unknown when a run throws that may have happened', async () => {
    await ask('a');
    const started = runnerWith({
      run: async () => {
        throw transient('AWAY', 'the answer was lost', 'look');
      },
    });

    await started.start();
    await started.idle();

    expect(await stateOf('a')).toBe('unknown');
  });

  it('tries an idempotent one again after a failure in passing, and gives up on a bug', async () => {
    await ask('passing', 'bug');
    let tries = 0;
    const started = runnerWith({
      idempotent: true,
      run: async (effect) => {
        if (effect.key === 'bug') throw new Error('a bug');
        if (tries++ < 3) throw transient('AWAY', 'away', 'wait');
        return noting(effect);
      },
    });

    await started.start();
    await expect
      .poll(async () => {
        subject.clock.advance(10_000);
        return [await stateOf('passing'), await stateOf('bug')];
      })
      .toEqual(['done', 'failed']);

    expect(tries).toBe(4);
  });

  it('waits at the stop for what runs, and takes nothing new', async () => {
    await ask('a', 'b');
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let isRunning = false;
    const started = runnerWith({
      run: async (effect) => {
        isRunning = true;
        await held;
        return noting(effect);
      },
    });
    await started.start();
    await expect.poll(() => isRunning).toBe(true);

    const stopped = started.stop();
    release();
    await stopped;

    expect([await stateOf('a'), await stateOf('b')]).toEqual(['done', 'wanted']);
  });
});
