import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compileRoutes } from '../../src/alerts/routing.ts';
import { testConfig, testRoute } from '../support/config.ts';

interface Rule {
  alert: string;
  labels: Record<string, string>;
}
const file = parse(readFileSync('test/fixtures/gianna-alerts.yml', 'utf8')) as { groups: Array<{ rules: Rule[] }> };
const rules = file.groups.flatMap((group) => group.rules);

const P0 = ['GiannaServiceDown', 'HealthCheckFailure'];
const BY_LABEL: Record<string, string> = { critical: 'P1', warning: 'P2', info: 'P3' };

describe('routing', () => {
  it.each(rules.map((rule) => [rule.alert, rule] as const))('gives the real rule %s its severity', (alert, rule) => {
    const route = compileRoutes(testConfig());

    const routed = route({ alertname: alert, ...rule.labels });

    expect(routed.severity).toBe(P0.includes(alert) ? 'P0' : BY_LABEL[rule.labels.severity ?? '']);
    expect(routed).toMatchObject({ channel: 'ops', service: 'gianna' });
  });

  it('reads all eighteen rules of the file', () => {
    expect(rules).toHaveLength(18);
  });

  it('takes the first route that matches, top to bottom', () => {
    const route = compileRoutes(testConfig());

    const routed = route({ alertname: 'GiannaServiceDown', component: 'security', severity: 'critical' });

    expect(routed).toMatchObject({ route: 1, severity: 'P1', channel: 'security', policyContact: 'security' });
  });

  it('anchors a pattern at both ends', () => {
    const route = routeOf({ alertname: '/Disk.*/' });

    expect(route({ alertname: 'DiskFull' }).route).toBe(1);
    expect(route({ alertname: 'LowDiskSpace' }).route).toBeNull();
  });

  it('anchors every branch of a pattern', () => {
    const route = routeOf({ alertname: '/a|b/' });

    expect(['a', 'b'].map((alertname) => route({ alertname }).route)).toEqual([1, 1]);
    expect(['ax', 'xb'].map((alertname) => route({ alertname }).route)).toEqual([null, null]);
  });

  it('decides a pattern that would hang a backtracking engine', () => {
    const route = routeOf({ alertname: '/(a+)+b/' });

    expect(route({ alertname: 'a'.repeat(20_000) }).route).toBeNull();
  });

  it('counts a missing label as empty', () => {
    const route = routeOf({ team: [''] as string[] });

    expect(route({}).route).toBe(1);
    expect(route({ team: 'x' }).route).toBeNull();
  });

  it('does not take what every object has for a label', () => {
    const route = routeOf({ constructor: '/.+/' });

    expect(route(Object.create(null)).route).toBeNull();
  });

  it('finds the service by route, component, service, job, default, in this order', () => {
    const route = compileRoutes(
      testConfig({ routing: routing([testRoute(1, { own: 'yes' }, 'P2', { service: 'worker' })]) }),
    );

    const found = [
      { own: 'yes', component: 'cache', service: 'redis' },
      { component: 'cache', service: 'redis' },
      { component: 'unknown', service: 'redis', job: 'worker' },
      { service: 'unknown', job: 'worker' },
      {},
    ].map((labels) => route(labels as Record<string, string>).service);

    expect(found).toEqual(['worker', 'gianna', 'redis', 'worker', 'gianna']);
  });

  it('offers no service when there is no default', () => {
    const route = compileRoutes(testConfig({ defaultService: null }));

    expect(route({ alertname: 'X' }).service).toBeNull();
  });
});

function routing(routes: ReturnType<typeof testRoute>[]) {
  return { ...testConfig().routing, routes };
}

function routeOf(match: Record<string, string | string[]>) {
  return compileRoutes(testConfig({ routing: routing([testRoute(1, match, 'P0')]) }));
}
