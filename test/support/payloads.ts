/** Alertmanager webhook payloads, version 4, as a sender builds them. */
export interface PayloadAlert {
  fingerprint?: string;
  status?: 'firing' | 'resolved';
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  /** Epoch milliseconds. */
  startsAt?: number;
  endsAt?: number | null;
}

export interface PayloadOptions {
  receiver?: string;
  groupLabels?: Record<string, string>;
  truncatedAlerts?: number;
  /** Default: firing when any alert fires. */
  status?: 'firing' | 'resolved';
}

/** 2026-11-22 14:00 UTC, where the fake clock starts. */
export const T0 = Date.UTC(2026, 10, 22, 14, 0, 0);

/** A payload as an object; replace or break fields at will. */
export function payload(alerts: PayloadAlert[], options: PayloadOptions = {}): Record<string, unknown> {
  const built = alerts.map(payloadAlert);
  const groupLabels = options.groupLabels ?? { alertname: built[0]?.labels.alertname ?? 'none' };
  return {
    version: '4',
    groupKey: `{}:${JSON.stringify(groupLabels)}`,
    truncatedAlerts: options.truncatedAlerts ?? 0,
    status: options.status ?? (built.some((alert) => alert.status === 'firing') ? 'firing' : 'resolved'),
    receiver: options.receiver ?? 'gianna-ops',
    groupLabels,
    commonLabels: groupLabels,
    commonAnnotations: {},
    externalURL: 'http://alertmanager:9093',
    alerts: built,
  };
}

/** One alert as Alertmanager writes it. */
export function payloadAlert(alert: PayloadAlert) {
  const status = alert.status ?? 'firing';
  const startsAt = alert.startsAt ?? T0;
  const endsAt = alert.endsAt ?? (status === 'resolved' ? startsAt + 60_000 : null);
  return {
    status,
    labels: alert.labels ?? { alertname: 'HighErrorRate', severity: 'warning', component: 'application' },
    annotations: alert.annotations ?? { summary: 'High error rate in Gianna' },
    startsAt: new Date(startsAt).toISOString(),
    endsAt: endsAt === null ? '0001-01-01T00:00:00Z' : new Date(endsAt).toISOString(),
    generatorURL: 'http://prometheus:9090/graph',
    fingerprint: alert.fingerprint ?? 'f1',
  };
}

/** The bytes of a body. */
export function bytesOf(body: unknown): Uint8Array {
  return new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));
}
