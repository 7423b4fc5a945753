import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMetricsRegistry } from '../../src/core/metrics.ts';
import { createJournalMetrics } from '../../src/journal/metrics.ts';
import type { Timer, TimerChange } from '../../src/journal/port.ts';
import { createTimerLoop, type TimerHandler, type TimerLoop, withTimerEnded } from '../../src/journal/timers.ts';
import { openTestJournal, type TestJournal } from '../support/journal.ts';
import { batchOf, eventOf, thing } from './builders.ts';

describe('the timer loop', () => {
  let subject: TestJournal;
  let loop: TimerLoop | null = null;
  let registry = createMetricsRegistry();
  let fired: Array<{ id: string; at: number }> = [];
  beforeEach(async () => {
    subject = await openTestJournal();
    registry = createMetricsRegistry();
    fired = [];
  });
  afterEach(async () => {
    await loop?.stop();
    loop = null;
    await subject.remove();
  });

  function loopWith(handlers: Record<string, TimerHandler>, from = subject): TimerLoop {
    const { journal, clock, logger } = from;
    loop = createTimerLoop({ journal, clock, logger, handlers, metrics: createJournalMetrics(registry) });
    return loop;
  }
  async function set(id: string, afterMs: number): Promise<void> {
    const dueAt = subject.clock.now() + afterMs;
    const timer: TimerChange = { op: 'set', kind: 'thing', id, purpose: 'escalate', dueAt, data: {} };
    await subject.journal.append(batchOf({ timers: [timer] }));
  }
  async function count(name: string): Promise<number> {
    const metric = await registry.getSingleMetric(`gianna_ops_timers_${name}`)?.get();
    return (metric?.values ?? []).reduce((sum, value) => sum + value.value, 0);
  }
  const noting: TimerHandler = async (timer, now) => {
    fired.push({ id: timer.id, at: now });
    return batchOf();
  };

  it('fires what is due, earliest first, and nothing that is not', async () => {
    await set('later', 2_000);
    await set('soon', 1_000);
    await set('future', 3_000);
    const timers = loopWith({ 'thing.escalate': noting });
    expect(await timers.runDue()).toBe(0);

    subject.clock.advance(2_000);

    expect(await timers.runDue()).toBe(2);
    expect(fired.map((each) => each.id)).toEqual(['soon', 'later']);
    expect(await timers.runDue()).toBe(0);
    expect(await subject.journal.nextTimerAt()).toBe(subject.clock.now() + 1_000);
  });

  it('fires one that fell due while the process was down late, once', async () => {
    await set('a', 60_000);
    subject.clock.advance(660_000);
    subject = await subject.restart();
    const timers = loopWith({ 'thing.escalate': noting }, subject);

    expect(await timers.runDue()).toBe(1);
    expect(await timers.runDue()).toBe(0);

    expect(fired).toHaveLength(1);
    const late = await registry.getSingleMetric('gianna_ops_timers_late_seconds')?.get();
    expect(
      late?.values.find((value) => 'metricName' in value && String(value.metricName).endsWith('_sum'))?.value,
    ).toBe(600);
  });

  it('cancels and counts one that nobody wants any more', async () => {
    await set('a', 0);
    const timers = loopWith({ 'thing.escalate': async () => null });

    expect(await timers.runDue()).toBe(0);

    expect(await subject.journal.nextTimerAt()).toBeNull();
    expect(await count('dropped_total')).toBe(1);
    expect(await count('fired_total')).toBe(0);
  });

  it('never drops a timer that was moved while its handler thought', async () => {
    await set('a', 0);
    const timers = loopWith({
      'thing.escalate': async () => {
        await set('a', 5_000);
        return null;
      },
    });

    await timers.runDue();

    expect(await subject.journal.nextTimerAt()).toBe(subject.clock.now() + 5_000);
  });

  it('does not fire what an acknowledgement cancelled in between', async () => {
    await subject.journal.append(batchOf({ aggregates: [thing(1)] }));
    await set('TH-1', 0);
    let asked = 0;
    const timers = loopWith({
      'thing.escalate': async () => {
        asked += 1;
        const row = await subject.journal.aggregate('thing', 'TH-1');
        const change = thing(1, { expected: row?.version ?? 0, events: [eventOf('acknowledged')] });
        await subject.journal.append(
          batchOf({ aggregates: [change], timers: [{ op: 'cancel', kind: 'thing', id: 'TH-1' }] }),
        );
        return batchOf({ aggregates: [{ ...change, events: [eventOf('escalated')] }] });
      },
    });

    expect(await timers.runDue()).toBe(0);

    expect(asked).toBe(1);
    expect((await subject.journal.eventsOf('thing', 'TH-1')).map((event) => event.type)).toEqual([
      'thing.opened',
      'thing.acknowledged',
    ]);
  });

  it('goes on with the others when a handler fails, and tries that one again', async () => {
    await set('bad', 0);
    await set('good', 0);
    let isBroken = true;
    const timers = loopWith({
      'thing.escalate': async (timer, now) => {
        if (timer.id === 'bad' && isBroken) throw new Error('a bug');
        return noting(timer, now);
      },
    });

    await timers.runDue();
    expect(fired.map((each) => each.id)).toEqual(['good']);
    isBroken = false;
    subject.clock.advance(1_000);
    await timers.runDue();

    expect(fired.map((each) => each.id)).toEqual(['good', 'bad']);
    expect(await count('failed_total')).toBe(1);
  });

  it('wakes by itself when time passes, and when an earlier timer is set', async () => {
    await set('a', 10_000);
    loopWith({ 'thing.escalate': noting }).start();
    await set('b', 500);

    await expect
      .poll(() => {
        subject.clock.advance(1_000);
        return fired.map((each) => each.id);
      })
      .toEqual(['b', 'a']);
  });

  it('reports a jump of the wall clock and fires what it made overdue once', async () => {
    await set('a', 3_600_000);
    loopWith({ 'thing.escalate': noting }).start();

    subject.clock.jumpTo(subject.clock.now() + 7_200_000);
    await expect
      .poll(() => {
        subject.clock.advance(1_000);
        return fired.length;
      })
      .toBe(1);

    expect(await count('clock_jumps_total')).toBe(1);
  });
});

describe('the end of a timer within its batch', () => {
  const timer: Timer = { kind: 'thing', id: 'TH-1', purpose: 'escalate', dueAt: 5_000, data: {} };
  const own = { kind: 'thing', id: 'TH-1' } as const;

  it.each<[string, TimerChange]>([
    ['sets it to another time', { op: 'set', ...timer, dueAt: 9_000 }],
    ['cancels it', { op: 'cancel', ...own, purpose: 'escalate' }],
    ['cancels all of the aggregate', { op: 'cancel', ...own }],
  ])('is left as it is when the batch %s', (_what, change) => {
    const batch = batchOf({ timers: [change] });

    expect(withTimerEnded(batch, timer)).toBe(batch);
  });

  it.each<[string, TimerChange[]]>([
    ['says nothing of it', []],
    ['sets it to the same time again', [{ op: 'set', ...timer }]],
    ['cancels another purpose', [{ op: 'cancel', ...own, purpose: 'close' }]],
    ['cancels that of another aggregate', [{ op: 'cancel', kind: 'thing', id: 'TH-2' }]],
  ])('is added when the batch %s', (_what, timers) => {
    const ended = withTimerEnded(batchOf({ timers }), timer);

    expect(ended.timers?.at(-1)).toEqual({ op: 'cancel', ...own, purpose: 'escalate', dueAt: 5_000 });
  });
});
