import { createHash } from 'node:crypto';

const startsAt = new Date(Date.now() - 60_000).toISOString();

/** One alert as Alertmanager's POST /api/v2/alerts takes it. */
export function alertAt(i: number, extra: Readonly<Record<string, string>> = {}): Record<string, unknown> {
  return {
    labels: {
      alertname: `HighErrorRate${i % 100}`,
      instance: `10.0.${(i >> 8) & 255}.${i & 255}:9100`,
      job: 'node',
      cluster: `c${i % 7}`,
      namespace: 'prod',
      service: `svc-${i % 50}`,
      severity: i % 3 === 0 ? 'critical' : 'warning',
      id: `a${i}`,
      ...extra,
    },
    annotations: {
      summary: `Error rate on instance ${i} is above 5% for 10 minutes`,
      description: `service svc-${i % 50} returns 5xx for 7.3% of requests; value 0.0731; see the dashboard`,
      runbook_url: `https://runbooks.example.com/high-error-rate/${i % 100}`,
    },
    startsAt,
    generatorURL: `http://prometheus.example.com/graph?g0.expr=x%3E${i}`,
  };
}

/** One webhook body (version 4) with `count` firing alerts, numbered from `from`. */
export function webhookAt(count: number, from: number): string {
  const alerts = Array.from({ length: count }, (_, k) => alertAt(from + k));
  const print = (k: number) => createHash('sha1').update(JSON.stringify(alerts[k]?.labels)).digest('hex').slice(0, 16);
  return webhookOf(alerts, `HighErrorRate${from % 100}`, print);
}

/** One webhook body of these firing alerts, in the group of one alertname. */
export function webhookOf(alerts: readonly object[], alertname: string, fingerprintOf: (k: number) => string): string {
  return JSON.stringify({
    version: '4',
    groupKey: `{}:{alertname="${alertname}"}`,
    truncatedAlerts: 0,
    status: 'firing',
    receiver: 'gianna',
    groupLabels: { alertname },
    commonLabels: { namespace: 'prod', job: 'node' },
    commonAnnotations: {},
    externalURL: 'http://alertmanager.example.com',
    alerts: alerts.map((alert, k) => ({
      status: 'firing',
      ...alert,
      endsAt: '0001-01-01T00:00:00Z',
      fingerprint: fingerprintOf(k),
    })),
  });
}
