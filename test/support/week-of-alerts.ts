import type { PayloadAlert } from './payloads.ts';
import type { Random } from './random.ts';

/** A payload and the moment at which Alertmanager sends it. */
export interface Sent {
  readonly at: number;
  readonly group: string;
  readonly alerts: PayloadAlert[];
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Rules as routes.yml of the tests sees them: urgent and not, of two services. */
const RULES: ReadonlyArray<Record<string, string>> = [
  { alertname: 'ApiErrors', severity: 'critical', component: 'application' },
  { alertname: 'LlmDown', severity: 'critical', component: 'llm' },
  { alertname: 'LlmSlow', severity: 'warning', component: 'llm' },
  { alertname: 'CacheMisses', severity: 'warning', component: 'cache' },
  { alertname: 'CacheFull', severity: 'critical', service: 'redis' },
  { alertname: 'RedisSlow', severity: 'warning', service: 'redis' },
  { alertname: 'QueueLong', severity: 'warning', service: 'worker' },
  { alertname: 'BuildOld', severity: 'info', component: 'business' },
  { alertname: 'DiskFilling', severity: 'warning', component: 'system' },
];
const INSTANCES = ['a:1', 'b:1', 'c:1'];

/**
 * Payloads of `days` days that end at `end`, in order: alerts of a rule come in clusters, far from each other, so that
 * an incident that resolves by itself has closed before the next; some payloads come twice, some alerts fire still.
 */
export function alertsOfDays(random: Random, days: number, end: number): Sent[] {
  const sent: Sent[] = [];
  for (const labels of RULES) {
    let at = end - days * 24 * HOUR + random.between(0, 12 * 60) * MINUTE;
    while (at < end - 3 * HOUR) {
      const staysOn = at > end - 16 * HOUR && random.next() < 0.5;
      sent.push(...cluster(random, labels, at, staysOn));
      // what fires still would take the next cluster into its own incident
      if (staysOn) break;
      at += random.between(3 * 60, 30 * 60) * MINUTE;
    }
  }
  return sent.filter((each) => each.at <= end).sort((one, other) => one.at - other.at);
}

/** One to three alerts of a rule that fire within minutes of each other, for at most an hour. */
function cluster(random: Random, labels: Record<string, string>, at: number, staysOn: boolean): Sent[] {
  const sent: Sent[] = [];
  const instances = INSTANCES.slice(0, random.between(1, INSTANCES.length));
  const last = at + random.between(10, 60) * MINUTE;
  for (const instance of instances) {
    const alert = { fingerprint: `${labels.alertname}-${instance}`, labels: { ...labels, instance } };
    const startsAt = at + random.between(0, 3) * MINUTE;
    const firing: Sent = { at: startsAt, group: String(labels.alertname), alerts: [{ ...alert, startsAt }] };
    sent.push(firing);
    if (random.next() < 0.3) sent.push({ ...firing, at: startsAt + MINUTE });
    if (staysOn) continue;
    const endsAt = last - random.between(0, 3) * MINUTE;
    sent.push({ ...firing, at: endsAt, alerts: [{ ...alert, startsAt, endsAt, status: 'resolved' }] });
  }
  return sent;
}
