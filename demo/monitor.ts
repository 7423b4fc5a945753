import { createHash } from 'node:crypto';

/** What the stand-in is watched for: the demo's short version of the real rule file's alerts. */
interface Rule {
  alertname: string;
  labels: Record<string, string>;
  summary: string;
  /** Fires only once it has been so for this long: a restart is not an outage. */
  forMs: number;
  fires(seen: Observation): string | null;
}
interface Observation {
  reachable: boolean;
  status: number;
  health: { status?: string; reason?: string | null };
  metrics: ReadonlyMap<string, number>;
}

const RULES: readonly Rule[] = [
  {
    alertname: 'GiannaServiceDown',
    labels: { severity: 'critical', component: 'application' },
    summary: 'Gianna service is down',
    forMs: 8000,
    fires: (seen) => (seen.reachable ? null : 'Gianna application does not answer'),
  },
  {
    alertname: 'HealthCheckFailure',
    labels: { severity: 'critical', component: 'health' },
    summary: 'Gianna health checks failing',
    forMs: 0,
    fires: (seen) =>
      seen.reachable && seen.status !== 200 ? `/health answers ${seen.status}: ${seen.health.reason ?? ''}` : null,
  },
  {
    alertname: 'HighMemoryUsage',
    labels: { severity: 'warning', component: 'system' },
    summary: 'High memory usage on Gianna',
    forMs: 0,
    fires: (seen) =>
      above(seen, 'gianna_memory_usage_bytes', 1.5e9, (value) => `Memory usage is ${(value / 1e9).toFixed(2)} GB`),
  },
  {
    alertname: 'LowCacheHitRate',
    labels: { severity: 'warning', component: 'cache' },
    summary: 'Low cache hit rate',
    forMs: 0,
    fires: (seen) => {
      const rate = seen.metrics.get('gianna_cache_hit_rate');
      return rate !== undefined && rate < 0.5 ? `Cache hit rate is ${rate} (threshold 0.5)` : null;
    },
  },
];

function above(seen: Observation, metric: string, limit: number, words: (value: number) => string): string | null {
  const value = seen.metrics.get(metric);
  return value !== undefined && value > limit ? words(value) : null;
}

export interface MonitorOptions {
  /** The stand-in's base URL. */
  target: string;
  /** Sends alerts as POST /api/v2/alerts takes them; called once a second while something fires, and once at its end. */
  send(alerts: readonly DemoAlert[]): Promise<void>;
}
export interface DemoAlert {
  labels: Record<string, string>;
  annotations: Record<string, string>;
  startsAt: string;
  endsAt?: string;
  generatorURL: string;
}

/** Watches the stand-in twice a second and fires and ends alerts. Returns the stop. */
export function startMonitor(options: MonitorOptions): () => void {
  const active = new Map<string, DemoAlert>();
  const pendingSince = new Map<string, number>();
  let stopped = false;
  let lastSent = 0;
  async function look(): Promise<void> {
    const seen = await observe(options.target);
    const changed: DemoAlert[] = [];
    for (const rule of RULES) {
      const before = active.get(rule.alertname);
      const description = rule.fires(seen);
      if (description === null && before !== undefined) {
        active.delete(rule.alertname);
        changed.push({ ...before, endsAt: new Date().toISOString() });
      }
      if (description === null) pendingSince.delete(rule.alertname);
      const since = pendingSince.get(rule.alertname) ?? performance.now();
      if (description !== null) pendingSince.set(rule.alertname, since);
      if (description !== null && before === undefined && performance.now() - since >= rule.forMs) {
        const alert = firing(rule, description, options.target);
        active.set(rule.alertname, alert);
        changed.push(alert);
      }
    }
    const repeat = performance.now() - lastSent > 1000;
    const alerts = repeat ? [...active.values(), ...changed.filter((alert) => alert.endsAt !== undefined)] : changed;
    if (alerts.length === 0) return;
    lastSent = performance.now();
    await options.send(alerts);
  }
  async function loop(): Promise<void> {
    while (!stopped) {
      await look().catch((error: unknown) => console.error('monitor:', error instanceof Error ? error.message : error));
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
  void loop();
  return () => {
    stopped = true;
  };
}

function firing(rule: Rule, description: string, target: string): DemoAlert {
  return {
    labels: { alertname: rule.alertname, job: 'gianna-app', instance: new URL(target).host, ...rule.labels },
    annotations: { summary: rule.summary, description },
    startsAt: new Date().toISOString(),
    generatorURL: '',
  };
}

async function observe(target: string): Promise<Observation> {
  try {
    const health = await fetch(`${target}/health`, { signal: AbortSignal.timeout(1000) });
    const body = (await health.json()) as Observation['health'];
    const metrics = await (await fetch(`${target}/metrics`, { signal: AbortSignal.timeout(1000) })).text();
    return { reachable: true, status: health.status, health: body, metrics: parseSamples(metrics) };
  } catch {
    return { reachable: false, status: 0, health: {}, metrics: new Map() };
  }
}

function parseSamples(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  for (const [, name, value] of text.matchAll(/^([a-z_]+) ([-+.\deE]+)$/gm)) samples.set(String(name), Number(value));
  return samples;
}

/** The demo's own sender, for a machine without Alertmanager: one webhook body (v4) an alert, straight to the bot. */
export function webhookSender(url: string, token: string): MonitorOptions['send'] {
  return async (alerts) => {
    for (const alert of alerts) {
      const body = webhookBody(alert);
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      });
      if (!answer.ok) throw new Error(`the bot answered ${answer.status}`);
    }
  };
}

function webhookBody(alert: DemoAlert): object {
  const status = alert.endsAt === undefined ? 'firing' : 'resolved';
  const groupLabels = { alertname: alert.labels.alertname };
  const fingerprint = createHash('sha256').update(JSON.stringify(alert.labels)).digest('hex').slice(0, 16);
  return {
    version: '4',
    groupKey: `{}:{alertname="${alert.labels.alertname}"}`,
    truncatedAlerts: 0,
    status,
    receiver: 'gianna-ops',
    groupLabels,
    commonLabels: alert.labels,
    commonAnnotations: alert.annotations,
    externalURL: '',
    alerts: [{ ...alert, status, endsAt: alert.endsAt ?? '0001-01-01T00:00:00Z', fingerprint }],
  };
}
