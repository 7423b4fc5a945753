import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeSamples } from '../../src/probes/kinds/metrics.ts';
import { findSamples } from '../../src/probes/prometheus-text.ts';

const PAGE = `# HELP gianna_memory_usage_bytes Memory usage
# TYPE gianna_memory_usage_bytes gauge
gianna_memory_usage_bytes 1.7e+09
gianna_memory_usage_bytes_total 5
gianna_errors_total{component="database",error_type="x"} 3 1700000000000
gianna_errors_total{ component = "llm" , error_type="a \\"quoted\\" \\\\ path\\nnext,}" } 12
gianna_errors_total{component="cache",} +Inf # {trace="1"} 0.5
gianna_errors_total{component="broken" 7
gianna_errors_total{component="words"} many
weird NaN
minus -Inf\r
gianna_cache_hit_rate\t0.25
`;

describe('reading a page of metrics', () => {
  it.each<{ metric: string; labels: Record<string, string>; values: number[] }>([
    { metric: 'gianna_memory_usage_bytes', labels: {}, values: [1.7e9] },
    { metric: 'gianna_memory_usage', labels: {}, values: [] },
    { metric: 'gianna_errors_total', labels: {}, values: [3, 12, Number.POSITIVE_INFINITY] },
    { metric: 'gianna_errors_total', labels: { component: 'llm' }, values: [12] },
    { metric: 'gianna_errors_total', labels: { component: 'llm', error_type: 'x' }, values: [] },
    { metric: 'gianna_errors_total', labels: { error_type: 'a "quoted" \\ path\nnext,}' }, values: [12] },
    { metric: 'weird', labels: {}, values: [Number.NaN] },
    { metric: 'minus', labels: {}, values: [Number.NEGATIVE_INFINITY] },
    { metric: 'gianna_cache_hit_rate', labels: {}, values: [0.25] },
    { metric: 'gianna_cache_hit_rate', labels: { toString: 'x' }, values: [] },
    { metric: '#', labels: {}, values: [] },
  ])('finds $values of $metric $labels', ({ metric, labels, values }) => {
    expect(findSamples(PAGE, metric, labels).map(({ value }) => value)).toEqual(values);
  });

  it('never throws and never invents a number, whatever the page holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (rest) =>
        findSamples(`m${rest}`, 'm', {}).every(({ value }) => typeof value === 'number'),
      ),
    );
  });

  it('reads back any label value that was written as the format says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.double({ noNaN: true }), (label, value) => {
        const escaped = label.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
        const written = Object.is(value, Number.POSITIVE_INFINITY) ? '+Inf' : String(value).replace('Infinity', 'Inf');
        const samples = findSamples(`m{l="${escaped}"} ${written}\n`, 'm', {});
        expect(samples.map((each) => [each.labels.l, each.value])).toEqual([[label, value + 0]]);
      }),
    );
  });

  it('takes time in proportion to a hostile line', () => {
    const page = `m{${'a="x",'.repeat(100_000)}`;

    expect(findSamples(page, 'm', {})).toEqual([]);
  });
});

describe('a metric against its thresholds', () => {
  const config = {
    metric: 'errors',
    warn: { operator: '>', value: 1 },
    fail: { operator: '>', value: 10 },
  } as const;

  it('is as bad as its worst series, which is named', () => {
    const samples = [
      { labels: { component: 'a' }, value: 2 },
      { labels: { component: 'b' }, value: 12 },
    ];

    expect(judgeSamples(samples, config)).toEqual({
      result: 'fail',
      summary: 'errors{component="b"} is 12 (> 10), the worst of 2 series',
      evidence: { value: 12, series: 2 },
    });
  });

  it.each([
    { samples: [], result: 'unknown', summary: 'no series errors' },
    { samples: [{ labels: {}, value: Number.NaN }], result: 'unknown', summary: 'errors is NaN' },
    { samples: [{ labels: {}, value: 1 }], result: 'ok', summary: 'errors is 1' },
    { samples: [{ labels: {}, value: 5 }], result: 'warn', summary: 'errors is 5 (> 1)' },
  ])('is $result: $summary', ({ samples, result, summary }) => {
    expect(judgeSamples(samples, config)).toMatchObject({ result, summary });
  });
});
