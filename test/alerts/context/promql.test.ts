import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { splitExpression } from '../../../src/alerts/context/promql.ts';

/** What each rule of the service's rule file looks at, written down by hand. */
const RULES: ReadonlyArray<[string, string, string, number]> = [
  ['HighCPUUsage', 'gianna_cpu_usage_percent', '>', 80],
  ['CriticalCPUUsage', 'gianna_cpu_usage_percent', '>', 95],
  ['HighMemoryUsage', 'gianna_memory_usage_bytes / (1024*1024*1024)', '>', 1.5],
  ['LowDiskSpace', 'gianna_disk_usage_percent', '>', 85],
  ['CriticalDiskSpace', 'gianna_disk_usage_percent', '>', 95],
  ['HighErrorRate', 'rate(gianna_errors_total[5m])', '>', 10],
  ['LLMProviderFailure', 'rate(gianna_llm_requests_total{status="error"}[5m])', '>', 5],
  ['AudioProcessingFailure', 'rate(gianna_audio_processing_total{status="error"}[5m])', '>', 2],
  ['LowCacheHitRate', 'gianna_cache_hit_rate', '<', 0.5],
  ['GiannaServiceDown', 'up{job="gianna-app"}', '==', 0],
  ['HealthCheckFailure', 'up{job="gianna-health"}', '==', 0],
  ['HighRequestLatency', 'histogram_quantile(0.95, rate(gianna_request_duration_seconds_bucket[5m]))', '>', 5],
  ['DatabaseConnectionIssue', 'rate(gianna_errors_total{component="database"}[5m])', '>', 1],
  ['SlowLLMResponse', 'histogram_quantile(0.95, rate(gianna_llm_duration_seconds_bucket[10m]))', '>', 30],
  ['PossibleMemoryLeak', 'increase(gianna_memory_usage_bytes[1h])', '>', 524_288_000],
  ['LongConversation', 'histogram_quantile(0.95, rate(gianna_conversation_length_bucket[1h]))', '>', 100],
  ['LowUserActivity', 'rate(gianna_requests_total[1h])', '<', 1],
  ['HighTokenUsage', 'rate(gianna_llm_tokens_total[1h])', '>', 10_000],
];

interface RuleFile {
  groups: Array<{ rules: Array<{ alert: string; expr: string }> }>;
}

describe('an expression and its threshold', () => {
  it('are told apart for every rule of the service', () => {
    const { groups } = parse(readFileSync('test/fixtures/gianna-alerts.yml', 'utf8')) as RuleFile;
    const rules = groups.flatMap((group) => group.rules);

    const split = rules.map(({ alert, expr }) => [alert, splitExpression(expr)]);

    expect(split).toEqual(
      RULES.map(([alert, series, operator, value]) => [alert, { series, limits: [{ operator, value }] }]),
    );
  });

  it.each([
    ['80 < cpu', 'cpu', [['>', 80]]],
    ['(cpu > 80)', 'cpu', [['>', 80]]],
    ['((cpu)) > (80)', 'cpu', [['>', 80]]],
    ['cpu > -5', 'cpu', [['>', -5]]],
    ['cpu > 2 * (3 + 4) ^ 2 - 1', 'cpu', [['>', 97]]],
    ['cpu >= 1e3', 'cpu', [['>=', 1000]]],
    ['cpu != 0x10', 'cpu', [['!=', 16]]],
    ['cpu>80', 'cpu', [['>', 80]]],
    [
      'cpu > 10 < 90',
      'cpu',
      [
        ['<', 90],
        ['>', 10],
      ],
    ],
    ['cpu > 80 and on(host) up == 1', 'cpu', [['>', 80]]],
    ['cpu > 80 unless maintenance', 'cpu', [['>', 80]]],
    ['(a > 80) and (b > 5)', 'a', [['>', 80]]],
    ['a / on(host) group_left b > 0.9', 'a / on(host) group_left b', [['>', 0.9]]],
    ['sum by (job) (rate(x[5m] offset 1h)) > 3', 'sum by (job) (rate(x[5m] offset 1h))', [['>', 3]]],
    ['max_over_time(x{a!="b > 3"}[1h:5m]) > 7', 'max_over_time(x{a!="b > 3"}[1h:5m])', [['>', 7]]],
    ['x{a="it\\"s } > 1"} > 2', 'x{a="it\\"s } > 1"}', [['>', 2]]],
    ["x{a='}'} > 2", "x{a='}'}", [['>', 2]]],
    ['x{a=`\\`} > 2', 'x{a=`\\`}', [['>', 2]]],
    ['x{a=~".*>.*"}', 'x{a=~".*>.*"}', []],
    ['absent(up{job="x"})', 'absent(up{job="x"})', []],
    ['vector(1)', 'vector(1)', []],
    ['a > 1 or b > 2', 'a > 1 or b > 2', []],
    ['a > bool 1', 'a > bool 1', []],
    ['(a > bool 1) == 1', 'a > bool 1', [['==', 1]]],
    ['used > limit', 'used', []],
    ['used > on(host) limit', 'used', []],
    ['band_and > 3', 'band_and', [['>', 3]]],
    ['job:or:rate5m > 3', 'job:or:rate5m', [['>', 3]]],
    ['a > 1 # b < 2', 'a', []],
    ['a > Inf', 'a', []],
  ] as const)('%s', (expression, series, limits) => {
    expect(splitExpression(expression)).toEqual({
      series,
      limits: limits.map(([operator, value]) => ({ operator, value })),
    });
  });

  it.each([
    ['nothing', ''],
    ['blanks', '  \n '],
    ['a bracket that does not end', 'rate(x[5m] > 3'],
    ['a bracket that was not begun', 'x] > 3'],
    ['brackets crossed', 'x({)} > 3'],
    ['a string that does not end', 'x{a="b} > 3'],
    ['a string that ends in a backslash', 'x{a="b\\'],
    ['more than a rule ever has', `x{a="${'b'.repeat(5000)}"} > 3`],
    ['deep nesting', `${'('.repeat(100_000)}x${')'.repeat(100_000)}`],
  ])('are nothing to ask for: %s', (_name, expression) => {
    expect(splitExpression(expression)).toBeNull();
  });

  it('come to an end, whatever they are', () => {
    const worst = ['>'.repeat(4000), '('.repeat(2000) + ')'.repeat(2000), 'a and '.repeat(600), '1'.repeat(4000)];
    for (const expression of worst) expect(() => splitExpression(expression)).not.toThrow();
  });

  it('never throw, and what is drawn is a part of what was written', () => {
    const token = fc.constantFrom(
      'a',
      'b{c="d"}',
      '>',
      '<',
      '==',
      '(',
      ')',
      '[5m]',
      '1',
      ' ',
      'and',
      'or',
      '"',
      '-',
      '{',
      '}',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(token).map((tokens) => tokens.join('')),
    );
    fc.assert(
      fc.property(text, (expression) => {
        const split = splitExpression(expression);
        if (split !== null) expect(expression).toContain(split.series);
      }),
      { numRuns: 2000 },
    );
  });
});
