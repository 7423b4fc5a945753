import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterEach, expect, it } from 'vitest';
import { watchStalls } from '../../src/core/stalls.ts';
import { until } from '../support/process.ts';

let end = () => {};
afterEach(() => end());

it('counts each time that the process stood still for more than a second, and says for how long', async () => {
  const metrics = new Registry();
  const logged: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) });
  end = watchStalls({ logger, metrics });
  const counted = async (name: string) => (await metrics.getSingleMetric(name)?.get())?.values[0]?.value ?? 0;

  const begun = performance.now();
  while (performance.now() - begun < 1600);
  await until('it is counted', async () => (await counted('gianna_ops_process_stalls_total')) > 0);

  expect(await counted('gianna_ops_process_stalls_total')).toBe(1);
  expect(await counted('gianna_ops_process_stalled_seconds_total')).toBeGreaterThan(1);
  expect(JSON.parse(logged[0] ?? '{}')).toMatchObject({ msg: 'the process stood still' });
});
