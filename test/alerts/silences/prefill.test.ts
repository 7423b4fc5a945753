import { describe, expect, it } from 'vitest';
import { printMatcher } from '../../../src/alerts/silences/matcher.ts';
import { prefillMatchers } from '../../../src/alerts/silences/prefill.ts';

const words = (alerts: Array<Record<string, string>>) => prefillMatchers(alerts).map(printMatcher);

describe('matchers that a silence begins with', () => {
  it('are the labels that all firing alerts share, the name of the alert first', () => {
    const alerts = [
      { severity: 'warning', alertname: 'HighErrorRate', component: 'application', instance: 'a:1' },
      { severity: 'warning', alertname: 'HighErrorRate', component: 'application', instance: 'b:1' },
    ];

    expect(words(alerts)).toEqual(['alertname="HighErrorRate"', 'component="application"', 'severity="warning"']);
  });

  it('keep the instance when all of them share it', () => {
    const alerts = [
      { alertname: 'DiskFull', instance: 'a:1', device: 'sda' },
      { alertname: 'DiskFull', instance: 'a:1', device: 'sdb' },
    ];

    expect(words(alerts)).toEqual(['alertname="DiskFull"', 'instance="a:1"']);
  });

  it('leave out who sent the alert, what changes by itself and what no matcher can name', () => {
    const alert = {
      alertname: 'X',
      prometheus: 'monitoring/k8s',
      replica: 'a',
      uid: '1',
      empty: '',
      long: 'x'.repeat(201),
      'odd-name': 'y',
      __meta: 'z',
      job: 'api',
    };

    expect(words([alert])).toEqual(['alertname="X"', 'job="api"']);
  });

  it('go without the name of the alert when the alerts have different ones', () => {
    expect(
      words([
        { alertname: 'A', job: 'api' },
        { alertname: 'B', job: 'api' },
      ]),
    ).toEqual(['job="api"']);
  });

  it('are none when the alerts have nothing in common, or there are none', () => {
    expect(words([{ alertname: 'A' }, { alertname: 'B' }])).toEqual([]);
    expect(words([])).toEqual([]);
  });
});
