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
  stop(): Promise<void>;
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
    '--cluster.listen-address=',
    '--log.level=warn',
  ]);
  await until('Alertmanager is ready', async () => (await fetch(`${url}/-/ready`)).ok);
  return {
    url,
    pid: running.child.pid ?? 0,
    send: (alerts) => postAlerts(url, alerts),
    stop: async () => {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
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
