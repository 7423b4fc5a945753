import { describe, expect, it } from 'vitest';
import { CHART_SIZE, chartOption } from '../../../src/bot/render/chart.ts';
import { rangeOf } from '../../../src/bot/render/chart-range.ts';
import { chartReadings, chartWords } from '../../../src/bot/render/chart-words.ts';
import { sayQuantity } from '../../../src/bot/render/quantity.ts';
import { drawPng } from '../../../src/core/picture.ts';
import { AT } from './cards.ts';
import { chart } from './context.ts';

const [LINE] = chart().series;
const lines = (...values: Array<Array<number | null>>) =>
  values.map((each, index) => ({
    labels: { pod: `p${index}` },
    fires: index === 0,
    values: each,
    atFiring: 1,
    peak: 2,
    last: 3,
  }));

describe('the words of a chart', () => {
  it('say its numbers in a sentence', () => {
    expect(chartWords(chart())).toBe(
      'gianna_cpu_usage_percent 40 % → 92 % over 1h4m, threshold > 80 %, fired 14:02 UTC',
    );
    expect(chartReadings(chart())).toBe('at firing 85.2 % · peak 97.1 % · now 92 %');
  });

  it('say when it was over, and what it was then', () => {
    const over = chart({ overAt: AT + 600_000 });

    expect(chartWords(over)).toContain('fired 14:02 UTC, over 14:12 UTC');
    expect(chartReadings(over)).toContain('when it was over 92 %');
  });

  it('name the series that fires and count the others', () => {
    const many = chart({ series: lines([1, 2], [3, 4], [5, 6]), hidden: 4, unit: null });

    expect(chartWords(many)).toContain('gianna_cpu_usage_percent (pod=p0) 1 → 3');
    expect(chartWords(many)).toContain('6 more series');
  });

  it('leave out what was not there', () => {
    const unknown = { labels: {}, fires: false, values: [1], atFiring: null, peak: 3, last: null };

    expect(chartReadings(chart({ series: [unknown] }))).toBe('peak 3 %');
  });

  it.each([
    [92.34, 'percent', '92.3 %'],
    [1_610_612_736, 'bytes', '1.5 GiB'],
    [512, 'bytes', '512 B'],
    [2_097_152, 'bytes/s', '2 MiB/s'],
    [0.0042, 'seconds', '4.2 ms'],
    [5.2, 'seconds', '5.2 s'],
    [600, 'seconds', '10 min'],
    [12.44, '/s', '12.4/s'],
    [10_000, '/s', '10k/s'],
    [0, null, '0'],
    [0.5, null, '0.5'],
    [-3_200, null, '-3.2k'],
    [1e-9, null, '1.0e-9'],
  ] as const)('%d in %s is %s', (value, unit, said) => {
    expect(sayQuantity(value, unit)).toBe(said);
  });
});

describe('the axis of a chart', () => {
  it('holds every value and every threshold between round numbers', () => {
    expect(rangeOf(chart())).toEqual({ min: 20, max: 100, interval: 20 });
    expect(
      rangeOf(chart({ unit: null, series: lines([0, 1, 0]), limits: [{ operator: '==', value: 0 }] })),
    ).toMatchObject({
      min: 0,
    });
  });

  it('is round in bytes too', () => {
    const range = rangeOf(
      chart({ unit: 'bytes', series: lines([2e8, 7e8]), limits: [{ operator: '>', value: 524_288_000 }] }),
    );

    expect(range.interval % (1024 * 1024)).toBe(0);
    expect(range.max).toBeGreaterThan(7e8);
  });

  it.each([[[5, 5, 5]], [[0]], [[-3, -3]], [[1e12, 2e12]], [[1e-9, 3e-9]]])('has room for %j', (values) => {
    const { min, max, interval } = rangeOf(chart({ unit: null, series: lines(values), limits: [] }));

    expect(min).toBeLessThanOrEqual(Math.min(...values));
    expect(max).toBeGreaterThanOrEqual(Math.max(...values));
    expect(max).toBeGreaterThan(min);
    expect(interval).toBeGreaterThan(0);
  });
});

describe('the picture of a chart', () => {
  it.each([
    ['a usual one', chart()],
    ['one that is over', chart({ overAt: AT + 60_000 })],
    [
      'one with five series and gaps',
      chart({ series: lines([1, null, 3], [null, null], [2, 2, 2], [4, 5], [9, 8, 7]), hidden: 3 }),
    ],
    ['one of a single value', chart({ series: lines([1]) })],
    ['one without a threshold', chart({ limits: [] })],
    [
      'one between two thresholds',
      chart({
        limits: [
          { operator: '<', value: 90 },
          { operator: '>', value: 10 },
        ],
      }),
    ],
    [
      'one with hostile names',
      chart({
        alertname: '<svg onload=x>&"',
        expression: 'a{b="<\u202e]]>\u0000\ud800"}',
        series: [{ ...LINE, labels: { '<': '"&' } } as never],
      }),
    ],
  ])('is a PNG of its size: %s', async (_name, part) => {
    const png = Buffer.from(await drawPng(chartOption(part), CHART_SIZE));

    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([CHART_SIZE.width, CHART_SIZE.height]);
    expect(png.length).toBeGreaterThan(5_000);
  });

  it('marks threshold, firing, end and the value now', () => {
    const text = JSON.stringify(chartOption(chart({ overAt: AT + 60_000 })));

    for (const mark of [
      '> 80 %',
      'fired 14:02',
      'over 14:03',
      'HighCPUUsage',
      'gianna_cpu_usage_percent > 80',
      'UTC',
    ]) {
      expect(text).toContain(mark);
    }
  });
});
