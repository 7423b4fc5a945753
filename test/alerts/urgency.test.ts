import { describe, expect, it } from 'vitest';
import { createUrgency } from '../../src/alerts/urgency.ts';
import { testConfig, testConfigSource } from '../support/config.ts';

describe('what is handled before others that wait', () => {
  const isUrgent = createUrgency(testConfigSource());

  it.each([
    [
      'a P0 by its route',
      'alertmanager',
      { alertname: 'GiannaServiceDown', severity: 'critical', component: 'health' },
      true,
    ],
    ['what is less', 'alertmanager', { alertname: 'HighLatency', severity: 'warning' }, false],
    ['an event that says so itself', 'event', { alertname: 'Checkout is down', severity: 'P0' }, true],
    ['an event that says that it is less', 'event', { alertname: 'Checkout is slow', severity: 'P2' }, false],
    [
      'the same label from Alertmanager, where routes decide',
      'alertmanager',
      { alertname: 'X', severity: 'P0' },
      false,
    ],
  ])('%s', (_what, source, labels, urgent) => {
    expect(isUrgent(source, labels)).toBe(urgent);
  });

  it('follows the configuration in force', () => {
    const config = testConfig();
    let current = config;
    const follows = createUrgency({ current: () => current });
    const labels = { alertname: 'HighLatency', severity: 'warning' };
    expect(follows('alertmanager', labels)).toBe(false);

    const routes = config.routing.routes.map((route) => ({ ...route, severity: 'P0' as const }));
    current = testConfig({ routing: { ...config.routing, routes } });

    expect(follows('alertmanager', labels)).toBe(true);
  });
});
