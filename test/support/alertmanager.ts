import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { findCommand, freePort, startProcess, until } from './process.ts';

export interface Alertmanager {
  url: string;
  pid: number;
  /** POST /api/v2/alerts. */
  send(alerts: readonly object[]): Promise<void>;
  /** GET /api/v2/alerts: what it says fires. */
  active(): Promise<ActiveAlert[]>;
  /** SIGKILL; resolves once it is gone. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}
export interface ActiveAlert {
  fingerprint: string;
  startsAt: string;
  labels: Record<string, string>;
}
export interface AlertmanagerOptions {
  /** Where its webhook goes. */
  webhook: string;
  token?: string;
  groupBy?: readonly string[];
  groupWait?: string;
  groupInterval?: string;
  repeatInterval?: string;
  /** Of a payload; the rest is cut off and counted. */
  maxAlerts?: number;
  /** To start anew where another one was. */
  port?: number;
  /** Port of its gossip, and those of the members it joins; alone when absent. */
  cluster?: { port: number; peers: readonly number[] };
}

/** Starts a real Alertmanager that notifies our webhook; null when the binary is not on this machine. */
export async function startAlertmanager(options: AlertmanagerOptions): Promise<Alertmanager | null> {
  const binary = findCommand('prometheus-alertmanager') ?? findCommand('alertmanager');
  if (binary === null) return null;
  const folder = mkdtempSync(join(tmpdir(), 'gianna-am-'));
  const file = join(folder, 'am.yml');
  writeFileSync(file, stringify(alertmanagerConfig(options)));
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const running = startProcess(binary, [
    `--config.file=${file}`,
    `--storage.path=${folder}/data`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=warn',
    ...clusterFlags(options.cluster),
  ]);
  await until('Alertmanager is ready', async () => (await fetch(`${url}/-/ready`)).ok);
  return {
    url,
    pid: running.child.pid ?? 0,
    send: (alerts) => postAlerts(url, alerts),
    active: async () => (await (await fetch(`${url}/api/v2/alerts?active=true`)).json()) as ActiveAlert[],
    kill: async () => {
      running.child.kill('SIGKILL');
      await running.stop();
    },
    stop: async () => {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Starts members of one cluster, each with its own way to our webhook, and waits until they know each other. Gossip is
 * quick, and a member waits a moment only for those before it.
 */
export async function startAlertmanagerCluster(members: readonly AlertmanagerOptions[]): Promise<Alertmanager[]> {
  const ports: number[] = [];
  const started: Alertmanager[] = [];
  for (const options of members) {
    const port = await freePort();
    const one = await startAlertmanager({ ...options, cluster: { port, peers: ports } });
    if (one === null) throw new Error('prometheus-alertmanager is not installed');
    ports.push(port);
    started.push(one);
  }
  for (const { url } of started) {
    await until(
      'the members know each other',
      async () => {
        const { cluster } = (await (await fetch(`${url}/api/v2/status`)).json()) as {
          cluster: { status: string; peers: readonly object[] };
        };
        return cluster.status === 'ready' && cluster.peers.length === members.length;
      },
      60_000,
    );
  }
  return started;
}

function clusterFlags(cluster: AlertmanagerOptions['cluster']): string[] {
  if (cluster === undefined) return ['--cluster.listen-address='];
  const address = `127.0.0.1:${cluster.port}`;
  return [
    `--cluster.listen-address=${address}`,
    `--cluster.advertise-address=${address}`,
    '--cluster.gossip-interval=50ms',
    '--cluster.pushpull-interval=1s',
    '--cluster.probe-interval=250ms',
    '--cluster.peer-timeout=1s',
    ...cluster.peers.map((port) => `--cluster.peer=127.0.0.1:${port}`),
  ];
}

function alertmanagerConfig(options: AlertmanagerOptions): object {
  const authorization =
    options.token === undefined ? {} : { http_config: { authorization: { credentials: options.token } } };
  return {
    route: {
      receiver: 'gianna-ops',
      group_by: options.groupBy ?? ['alertname'],
      group_wait: options.groupWait ?? '0s',
      group_interval: options.groupInterval ?? '1s',
      repeat_interval: options.repeatInterval ?? '1h',
    },
    receivers: [
      {
        name: 'gianna-ops',
        webhook_configs: [
          { url: options.webhook, send_resolved: true, max_alerts: options.maxAlerts ?? 0, ...authorization },
        ],
      },
    ],
  };
}

async function postAlerts(url: string, alerts: readonly object[]): Promise<void> {
  const answer = await fetch(`${url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(alerts),
  });
  if (!answer.ok) throw new Error(`Alertmanager answered ${answer.status}: ${await answer.text()}`);
}
