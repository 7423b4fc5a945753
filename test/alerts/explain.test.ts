import { describe, expect, it } from 'vitest';
import { explainAlert } from '../../src/alerts/explain.ts';
import { testConfig, testRoute } from '../support/config.ts';

describe('explainAlert', () => {
  it.each([
    [{ alertname: 'GiannaServiceDown', severity: 'critical' }, 2, 'P0', 'gianna', 'route'],
    [{ severity: 'warning', component: 'cache' }, 5, 'P2', 'gianna', 'component'],
    [{ severity: 'warning', service: 'redis' }, 5, 'P2', 'redis', 'service'],
    [{ severity: 'warning', job: 'redis' }, 5, 'P2', 'redis', 'job'],
    [{ severity: 'info', service: 'unheard-of' }, 6, 'P3', 'gianna', 'default'],
  ])('says which route takes %j, and why it is that service', (labels, position, severity, name, because) => {
    const explained = explainAlert(testConfig(), labels);

    expect(explained).toMatchObject({ route: { position }, severity, service: { name, because } });
  });

  it('says that no service was found, and that no route matched', () => {
    const config = testConfig({ defaultService: null });
    const { routing } = config;

    const explained = explainAlert({ ...config, routing: { ...routing, routes: [] } }, { alertname: 'X' });

    expect(explained).toMatchObject({ route: null, severity: 'P2', channel: 'ops' });
    expect(explained.service).toEqual({ name: null, because: 'none' });
  });

  it('writes the match as it stands in routes.yml', () => {
    const config = testConfig();
    const route = testRoute(1, { severity: 'critical', component: ['a', 'b'], host: '/web-.+/' }, 'P1');

    const explained = explainAlert(
      { ...config, routing: { ...config.routing, routes: [route] } },
      { severity: 'critical', component: 'b', host: 'web-1' },
    );

    expect(explained.route?.match).toBe('{ severity: critical, component: [a, b], host: /web-.+/ }');
  });

  it('names the values that make one incident when labels group', () => {
    const config = testConfig();
    const routing = { ...config.routing, groupBy: ['service', 'component'] };

    const explained = explainAlert({ ...config, routing }, { service: 'gianna', alertname: 'X' });

    expect(explained.group).toEqual({ by: 'labels', values: { service: 'gianna', component: '' } });
  });

  it('knows the watchdog, and what the digest tells', () => {
    expect(explainAlert(testConfig(), { alertname: 'Watchdog' }).watchdog).toBe(true);
    expect(explainAlert(testConfig(), { severity: 'info' }).digest).toBe(true);
  });
});
