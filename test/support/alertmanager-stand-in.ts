import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HeldAlert {
  fingerprint: string;
  labels: Record<string, string>;
  startsAt: number;
  updatedAt?: number;
  receivers?: string[];
  state?: 'active' | 'suppressed';
}

/** Alertmanager's API v2 with what a test puts into it: for its clock, its restarts and its silence, which a real one does not give on demand. */
export interface AlertmanagerStandIn {
  readonly url: string;
  alerts: HeldAlert[];
  /** By the names of the labels that make a group. */
  groupBy: string[];
  startedAt: number;
  /** Names of its receivers and their webhooks. */
  receivers: Record<string, string | null>;
  /** What each path answers instead, while set. */
  failing: number | null;
  /** Paths that do not exist. */
  without: string[];
  readonly asked: string[];
  stop(): Promise<void>;
}

export async function startAlertmanagerStandIn(now: () => number): Promise<AlertmanagerStandIn> {
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    standIn.asked.push(path);
    const answer = standIn.without.includes(path) ? null : answerOf(standIn, path, now());
    const status = standIn.failing ?? (answer === null ? 404 : 200);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const standIn: AlertmanagerStandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    alerts: [],
    groupBy: ['alertname'],
    startedAt: now() - 24 * 3600_000,
    receivers: { 'gianna-ops': 'http://gianna.example.com/webhooks/alertmanager' },
    failing: null,
    without: [],
    asked: [],
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return standIn;
}

function answerOf(standIn: AlertmanagerStandIn, path: string, now: number): unknown {
  if (path === '/api/v2/alerts') return standIn.alerts.map((alert) => gettable(standIn, alert, now));
  if (path === '/api/v2/alerts/groups') return groupsOf(standIn, now);
  if (path === '/api/v2/status') {
    const receivers = Object.entries(standIn.receivers).map(([name, url]) =>
      url === null ? { name } : { name, webhook_configs: [{ url }] },
    );
    return { uptime: iso(standIn.startedAt), config: { original: JSON.stringify({ receivers }) }, cluster: {} };
  }
  return null;
}

function gettable({ receivers }: AlertmanagerStandIn, alert: HeldAlert, now: number) {
  const names = alert.receivers ?? Object.keys(receivers).slice(0, 1);
  return {
    fingerprint: alert.fingerprint,
    labels: alert.labels,
    annotations: { summary: `${alert.labels.alertname} is wrong` },
    startsAt: iso(alert.startsAt),
    updatedAt: iso(alert.updatedAt ?? now),
    endsAt: iso(now + 240_000),
    generatorURL: '',
    receivers: names.map((name) => ({ name })),
    status: { state: alert.state ?? 'active', silencedBy: [], inhibitedBy: [] },
  };
}

function groupsOf(standIn: AlertmanagerStandIn, now: number) {
  const groups = new Map<string, { labels: object; receiver: { name: string }; alerts: object[] }>();
  for (const alert of standIn.alerts) {
    const shown = gettable(standIn, alert, now);
    for (const receiver of shown.receivers) {
      const labels = Object.fromEntries(standIn.groupBy.map((name) => [name, alert.labels[name] ?? '']));
      const key = JSON.stringify([receiver, labels]);
      const group = groups.get(key) ?? { labels, receiver, alerts: [] };
      group.alerts.push(shown);
      groups.set(key, group);
    }
  }
  return [...groups.values()];
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
