import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Threshold } from '../../src/core/config/config.ts';
import { judgeMeasures } from '../../src/probes/measures.ts';
import { judgeValue, sayLimit, sayNumber } from '../../src/probes/threshold.ts';

const over = (value: number): Threshold => ({ operator: '>', value });
const under = (value: number): Threshold => ({ operator: '<', value });

describe('a threshold', () => {
  it.each([
    { value: 80, operator: '>', limit: 80, holds: false },
    { value: 80.1, operator: '>', limit: 80, holds: true },
    { value: 80, operator: '>=', limit: 80, holds: true },
    { value: 0.5, operator: '<', limit: 0.5, holds: false },
    { value: 0.49, operator: '<', limit: 0.5, holds: true },
    { value: 0.5, operator: '<=', limit: 0.5, holds: true },
    { value: 1, operator: '==', limit: 1, holds: true },
    { value: 1, operator: '!=', limit: 1, holds: false },
    { value: Number.POSITIVE_INFINITY, operator: '>', limit: 1e9, holds: true },
    { value: Number.NEGATIVE_INFINITY, operator: '>', limit: 1e9, holds: false },
  ] as const)('says $holds of $value $operator $limit', ({ value, operator, limit, holds }) => {
    const { result } = judgeValue(value, { fail: { operator, value: limit }, warn: null });

    expect(result).toBe(holds ? 'fail' : 'ok');
  });

  it.each([
    { value: 1.7e9, result: 'fail' },
    { value: 1.3e9, result: 'warn' },
    { value: 1e9, result: 'ok' },
    { value: Number.NaN, result: 'unknown' },
  ])('is looked at for fail before warn: $value is $result', ({ value, result }) => {
    expect(judgeValue(value, { fail: over(1.6e9), warn: over(1.2e9) }).result).toBe(result);
  });

  it('never gives a milder result for a larger value when larger is worse', () => {
    const order = ['ok', 'warn', 'fail'];
    const limits = { warn: over(10), fail: over(20) };

    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (a, b) => {
        const [small, large] = a < b ? [a, b] : [b, a];
        const rank = (value: number) => order.indexOf(judgeValue(value, limits).result);
        return rank(small) <= rank(large);
      }),
    );
  });

  it.each([
    [0, '0'],
    [0.123456, '0.1235'],
    [81.25, '81.25'],
    [42, '42'],
    [999_999, '999999'],
    [1_200_000, '1.2 M'],
    [1_723_456_789, '1.723 G'],
    [-1.5e9, '-1.5 G'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
  ])('prints %d as %s', (value, text) => {
    expect(sayNumber(value)).toBe(text);
  });

  it('prints a passed limit with its unit', () => {
    expect(sayLimit(over(80), '%')).toBe(' (> 80%)');
    expect(sayLimit(null, '%')).toBe('');
  });
});

describe('several measures', () => {
  const measures = [
    { name: 'disk', value: 82, unit: '%' },
    { name: 'memory', value: 97, unit: '%' },
    { name: 'load', value: 3, unit: '%' },
  ];

  it('are judged each, and said worst first', () => {
    const judged = judgeMeasures(measures, { warn: { disk: over(80) }, fail: { memory: over(95) } });

    expect(judged).toEqual({
      result: 'fail',
      summary: 'memory 97% (> 95%), disk 82% (> 80%), load 3%',
      evidence: { disk: 82, memory: 97, load: 3 },
    });
  });

  it('make a threshold on an unknown measure visible, instead of never applying it', () => {
    const judged = judgeMeasures(measures, { warn: {}, fail: { dsik: over(80) } });

    expect(judged).toMatchObject({ result: 'unknown', summary: 'no measure "dsik"; there are disk, memory, load' });
  });

  it('leave out what cannot be told yet', () => {
    const judged = judgeMeasures([{ name: 'hit_rate', value: null, unit: '' }], {
      warn: {},
      fail: { hit_rate: under(0.5) },
    });

    expect(judged).toMatchObject({ result: 'ok', summary: 'hit rate not known yet' });
  });
});
