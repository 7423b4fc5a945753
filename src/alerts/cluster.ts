/**
 * Alertmanager as a whole: each address of `alertmanager.url` is a process of its own with its own alerts in memory.
 * What fires is the union of what answers.
 */
import type { UpstreamConfig } from '../core/config/config.ts';
import type { ActiveAlert, AlertmanagerClient, AlertmanagerStatus, HeldGroup } from './alertmanager.ts';

/** Makes the client of one address. */
export type Connect = (upstream: UpstreamConfig) => AlertmanagerClient;

/** What the addresses that answered hold together. */
export interface Held {
  /** By fingerprint; the one that was told last where several hold it. */
  readonly alerts: ReadonlyMap<string, ActiveAlert>;
  readonly answered: readonly AlertmanagerClient[];
  readonly asked: number;
}

/** Asks every address for its alerts; null when none answered, with the reason of the last one. */
export async function askAlerts(
  upstream: UpstreamConfig,
  connect: Connect,
): Promise<{ readonly held: Held | null; readonly failure: unknown }> {
  const clients = upstream.urls.map((url) => connect({ ...upstream, urls: [url] }));
  const answers = await Promise.allSettled(clients.map((client) => client.alerts()));
  const alerts = new Map<string, ActiveAlert>();
  const answered: AlertmanagerClient[] = [];
  let failure: unknown = null;
  for (const [index, client] of clients.entries()) {
    const answer = answers[index];
    if (answer?.status === 'fulfilled') {
      answered.push(client);
      for (const alert of answer.value) keepNewest(alerts, alert);
    } else failure = answer?.reason ?? failure;
  }
  return { held: answered.length === 0 ? null : { alerts, answered, asked: clients.length }, failure };
}

/** The groups of those that answered; one that does not tell its groups has none. */
export async function askGroups({ answered }: Held): Promise<readonly HeldGroup[]> {
  const answers = await Promise.all(answered.map((client) => client.groups().catch(() => [])));
  return answers.flat();
}

/** What each that answered says of itself; null where it does not say. */
export function askStatus({ answered }: Held): Promise<ReadonlyArray<AlertmanagerStatus | null>> {
  return Promise.all(answered.map((client) => client.status().catch(() => null)));
}

function keepNewest(alerts: Map<string, ActiveAlert>, alert: ActiveAlert): void {
  const known = alerts.get(alert.fingerprint);
  if (known === undefined) {
    alerts.set(alert.fingerprint, alert);
    return;
  }
  const newest = (alert.updatedAt ?? 0) > (known.updatedAt ?? 0) ? alert : known;
  // not suppressed everywhere: somebody notifies
  const state = alert.state === 'suppressed' ? known.state : alert.state;
  const receivers = [...new Set([...known.receivers, ...alert.receivers])];
  alerts.set(alert.fingerprint, { ...newest, state, receivers });
}
