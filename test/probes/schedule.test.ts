import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { ProbeConfig } from '../../src/core/config/config.ts';
import { createMetricsRegistry } from '../../src/core/metrics.ts';
import type { CheckResult, RunProbes } from '../../src/probes/check.ts';
import { createProbeMetrics } from '../../src/probes/metrics.ts';
import { createProbeSchedule } from '../../src/probes/schedule.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { configOf } from '../support/probe-config.ts';

const every = (seconds: number | null): ProbeConfig => ({
  kind: 'tcp',
  host: 'h',
  port: 1,
  everySeconds: seconds,
  timeoutSeconds: 5,
});
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

function scheduleOf(probes: Readonly<Record<string, ProbeConfig>>, random = 0) {
  const clock = createFakeClock();
  const config = configOf({ probes });
  const registry = createMetricsRegistry();
  const metrics = createProbeMetrics(registry);
  const ran: Array<{ name: string; at: number }> = [];
  const results = new Map<string, CheckResult['result']>();
  const hanging = new Map<string, () => void>();
  const runProbes: RunProbes = async ([name = '']) => {
    ran.push({ name, at: clock.monotonicMs() / 1000 });
    if (results.get(name) === undefined) await new Promise<void>((resolve) => hanging.set(name, resolve));
    const result = results.get(name) ?? 'ok';
    return [{ probe: name, target: 't', result, summary: 's', seconds: 0, at: clock.now(), evidence: {} }];
  };
  const logger = pino({ enabled: false });
  const schedule = createProbeSchedule({ config, runProbes, clock, logger, metrics, random: () => random });
  const advance = async (seconds: number) => {
    for (let step = 0; step < seconds; step++) {
      clock.advance(1000);
      await settled();
    }
  };
  const times = (name: string) => ran.filter((each) => each.name === name).map(({ at }) => at);
  return { schedule, config, registry, results, hanging, advance, times, clock };
}

describe('the schedule of probes', () => {
  it('runs each at its own interval, and those without one never', async () => {
    const { schedule, results, advance, times } = scheduleOf({ a: every(10), b: every(15), c: every(null) });
    for (const name of ['a', 'b']) results.set(name, 'ok');

    schedule.start();
    await advance(31);

    expect(times('a')).toEqual([0, 10, 20, 30]);
    expect(times('b')).toEqual([0, 15, 30]);
    expect(times('c')).toEqual([]);
    await schedule.stop();
  });

  it('spreads first runs over the interval, at most ten seconds', async () => {
    const { schedule, results, advance, times } = scheduleOf({ quick: every(4), slow: every(300) }, 0.5);
    for (const name of ['quick', 'slow']) results.set(name, 'ok');

    schedule.start();
    await advance(10);

    expect(times('quick')).toEqual([2, 6, 10]);
    expect(times('slow')).toEqual([5]);
    await schedule.stop();
  });

  it('never runs one twice at once, and one that hangs delays no other', async () => {
    const { schedule, results, hanging, advance, times, registry } = scheduleOf({ bad: every(5), good: every(5) });
    results.set('good', 'ok');

    schedule.start();
    await advance(16);
    const during = times('bad');
    hanging.get('bad')?.();
    results.set('bad', 'fail');
    await advance(5);

    expect(during).toEqual([0]);
    expect(times('bad')).toEqual([0, 20]);
    expect(times('good')).toEqual([0, 5, 10, 15, 20]);
    expect(await registry.metrics()).toContain('gianna_ops_probe_slots_skipped_total 3');
    await schedule.stop();
  });

  it('keeps the latest result and since when it has been the same', async () => {
    const { schedule, results, advance, clock } = scheduleOf({ a: every(10) });
    const begin = clock.now();
    results.set('a', 'ok');

    schedule.start();
    await advance(15);
    results.set('a', 'fail');
    await advance(20);

    const state = schedule.latest().get('a');
    expect(state?.latest).toMatchObject({ result: 'fail', at: begin + 30_000 });
    expect(state?.since).toBe(begin + 20_000);
    await schedule.stop();
  });

  it('follows a new configuration: added, changed and removed probes', async () => {
    const { schedule, config, results, advance, times } = scheduleOf({
      gone: every(10),
      kept: every(10),
      slow: every(10),
    });
    for (const name of ['gone', 'kept', 'slow', 'new']) results.set(name, 'ok');
    schedule.start();
    await advance(11);

    config.swap({ version: 'v2', probes: { kept: every(10), slow: every(20), new: every(10) } });
    await advance(29);

    expect(times('gone')).toEqual([0, 10]);
    expect(times('kept')).toEqual([0, 10, 20, 30, 40]);
    expect(times('slow')).toEqual([0, 10, 12, 32]);
    expect(times('new')).toEqual([12, 22, 32]);
    expect([...schedule.latest().keys()].sort()).toEqual(['kept', 'new', 'slow']);
    await schedule.stop();
  });

  it('does not catch up after a pause of the whole process, but runs once', async () => {
    const { schedule, results, advance, times, clock } = scheduleOf({ a: every(10) });
    results.set('a', 'ok');
    schedule.start();
    await advance(1);

    clock.advance(9 * 1000 + 1);
    await settled();
    await advance(20);

    expect(times('a')).toHaveLength(4);
    await schedule.stop();
  });

  it('runs nothing once it is stopped, and waits for what still runs', async () => {
    const { schedule, hanging, advance, times } = scheduleOf({ a: every(5) });
    schedule.start();
    await advance(1);
    let stopped = false;

    const stopping = schedule.stop().then(() => {
      stopped = true;
    });
    await advance(10);
    const before = stopped;
    hanging.get('a')?.();
    await stopping;

    expect(before).toBe(false);
    expect(times('a')).toEqual([0]);
  });
});
