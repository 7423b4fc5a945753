import { afterEach, describe, expect, it } from 'vitest';
import { drawPng, type EChartsOption } from '../../src/core/picture.ts';
import { openReportsWorld, type ReportsWorld } from '../support/reports-world.ts';

const HOUR = 3600_000;
const DAY = 24 * HOUR;
/** Monday 2026-11-16 09:30 in São Paulo. */
const START = Date.UTC(2026, 10, 16, 12, 30);
const DOWN = { alertname: 'GiannaServiceDown', severity: 'critical' };
const MISSES = { alertname: 'CacheMisses', severity: 'warning' };

let world: ReportsWorld;
afterEach(() => world.close());

async function weeklies() {
  return (await world.notices()).filter(({ key }) => key.startsWith('notice|weekly-report'));
}

/** A P0 that is taken after three minutes and over after ten, and a P2 that ends by itself. */
async function aWeek(): Promise<void> {
  await world.deliver([{ fingerprint: 'a', labels: DOWN, startsAt: world.clock.now() }]);
  await world.passTo(START + 180_000);
  await world.ask('ack', 'GI-1');
  await world.passTo(START + 600_000);
  await world.deliver([{ fingerprint: 'a', status: 'resolved', labels: DOWN, endsAt: world.clock.now() }]);
  await world.ask('resolve', 'GI-1');
  await world.passTo(START + DAY);
  await world.deliver([{ fingerprint: 'b', labels: MISSES, startsAt: world.clock.now() }]);
  await world.passTo(START + DAY + HOUR);
  await world.deliver([{ fingerprint: 'b', status: 'resolved', labels: MISSES, endsAt: world.clock.now() }]);
}

describe('the weekly report', () => {
  it('tells the numbers of the seven days before in words, once, on Monday', async () => {
    world = await openReportsWorld({ startAt: START });
    await aWeek();

    await world.passTo(START + 8 * DAY);

    const [report, ...others] = await weeklies();
    expect(others).toEqual([]);
    expect(report).toMatchObject({
      to: { channel: 'ops' },
      askedAt: Date.UTC(2026, 10, 23, 12),
      title: 'Week of Mon 16 Nov to Sun 22 Nov: 2 incidents (1 P0, 1 P2)',
    });
    expect(report?.lines).toEqual([
      '2 more than the week before (0).',
      'Time to acknowledge, median (p90): P0 3m (3m) of 1',
      'Time to mitigate, median (p90): P0 10m (10m) of 1 · P2 1h (1h) of 1',
      'Time to resolve, median (p90): P0 10m (10m) of 1 · P2 1h5m (1h5m) of 1',
      'Noisiest alerts:',
      '• CacheMisses: 1 incident, 0 acknowledged, 1 resolved by itself',
      '• GiannaServiceDown: 1 incident, 1 acknowledged, 0 resolved by itself',
      'Pages: ben 2 · marco 1',
    ]);
  });

  it('carries a chart whose alt text says every number', async () => {
    world = await openReportsWorld({ startAt: START });
    await aWeek();

    await world.passTo(START + 8 * DAY);

    const picture = (await weeklies())[0]?.picture;
    if (picture === undefined) throw new Error('no picture');
    expect(picture.alt).toContain('Mon 16 Nov 1 (1 P0); Tue 17 Nov 1 (1 P2); Wed 18 Nov 0;');
    const png = await drawPng(picture.option as EChartsOption, picture);
    expect(png.length).toBeGreaterThan(5_000);
  });

  it('says of a quiet week that it was one, without a chart', async () => {
    world = await openReportsWorld({ startAt: START });
    await aWeek();

    await world.passTo(START + 15 * DAY);

    const quiet = (await weeklies())[1];
    expect(quiet?.picture).toBeUndefined();
    expect(quiet?.title).toBe('Week of Mon 23 Nov to Sun 29 Nov: 0 incidents');
    expect(quiet?.lines).toEqual([
      '2 fewer than the week before (2).',
      'Time to acknowledge, median (p90): nothing to measure',
      'Time to mitigate, median (p90): nothing to measure',
      'Time to resolve, median (p90): nothing to measure',
      'No alert opened anything.',
      'Nobody was paged.',
    ]);
  });

  it('is told once after weeks of absence, of its own week, and says that it is late', async () => {
    world = await openReportsWorld({ startAt: START });
    await aWeek();

    await world.awayUntil(START + 16 * DAY);
    await world.passTo(START + 20 * DAY);

    const told = await weeklies();
    expect(told.map(({ title }) => title)).toEqual(['Week of Mon 23 Nov to Sun 29 Nov: 0 incidents']);
    expect(told[0]?.lines[0]).toBe('Due Mon 30 Nov 09:00, late by 2d: the bot was away. 1 report before it passed.');
  });

  it('comes once when the bot is restarted again and again at its hour', async () => {
    world = await openReportsWorld({ startAt: START });
    const due = Date.UTC(2026, 10, 23, 12);
    for (let minute = -3; minute < 4; minute += 1) await world.awayUntil(due + minute * 60_000);

    await world.passTo(due + DAY);

    expect(await weeklies()).toHaveLength(1);
  });
});
