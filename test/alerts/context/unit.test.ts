import { expect, it } from 'vitest';
import { expressionIn } from '../../../src/alerts/context/generator-url.ts';
import { unitOf } from '../../../src/alerts/context/unit.ts';

it.each([
  ['gianna_cpu_usage_percent', 'percent'],
  ['gianna_memory_usage_bytes', 'bytes'],
  ['gianna_memory_usage_bytes{job="a-b"}', 'bytes'],
  ['gianna_memory_usage_bytes / (1024*1024*1024)', null],
  ['increase(gianna_memory_usage_bytes[1h])', 'bytes'],
  ['rate(gianna_errors_total[5m])', '/s'],
  ['sum by (job) (rate(gianna_errors_total{status="error"}[5m]))', '/s'],
  ['rate(node_network_receive_bytes_total[5m])', 'bytes/s'],
  ['rate(process_cpu_seconds_total[5m])', null],
  ['histogram_quantile(0.95, rate(gianna_request_duration_seconds_bucket[5m]))', 'seconds'],
  ['histogram_quantile(0.95, rate(gianna_conversation_length_bucket[1h]))', null],
  ['gianna_cache_hit_rate', null],
  ['up{job="gianna-app"}', null],
  ['count(gianna_memory_usage_bytes)', null],
  ['vector(1)', null],
  ['a_bytes offset 5m', null],
  ['a_bytes(', null],
])('the unit of %s is %s', (expression, unit) => {
  expect(unitOf(expression)).toBe(unit);
});

it.each([
  ['http://prometheus:9090/graph?g0.expr=up+%3D%3D+0&g0.tab=1', 'up == 0'],
  ['https://ops.example.com/prometheus/query?g0.expr=rate%28x%5B5m%5D%29+%3E+10', 'rate(x[5m]) > 10'],
  ['http://169.254.169.254/graph?g0.expr=up', 'up'],
  ['http://prometheus:9090/graph', null],
  ['http://prometheus:9090/graph?g0.expr=', null],
  ['http://prometheus:9090/alerts?g0.expr=up', null],
  ['https://grafana.example.com/alerting/grafana/abc/view', null],
  ['javascript:alert(1)//graph?g0.expr=up', null],
  ['file:///graph?g0.expr=up', null],
  ['data:text/html,/graph?g0.expr=up', null],
  ['not a url', null],
  ['', null],
  [null, null],
  [`http://p/graph?g0.expr=${'a'.repeat(20_000)}`, null],
])('of %s only the expression is taken: %s', (url, expression) => {
  expect(expressionIn(url)).toBe(expression);
});
