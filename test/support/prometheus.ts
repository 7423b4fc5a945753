import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { findCommand, freePort, startProcess, until } from './process.ts';

export interface Prometheus {
  url: string;
  stop(): Promise<void>;
}
export interface PrometheusOptions {
  /** Job name → `host:port` it scrapes every second. */
  jobs: Readonly<Record<string, string>>;
  /** The `groups:` of a rule file. */
  groups: readonly object[];
  /** `host:port` of Alertmanager. */
  alertmanager: string;
}

/** Starts a real Prometheus with one-second scrapes and rules; null when the binary is not on this machine. */
export async function startPrometheus(options: PrometheusOptions): Promise<Prometheus | null> {
  const binary = findCommand('prometheus');
  if (binary === null) return null;
  const folder = mkdtempSync(join(tmpdir(), 'gianna-prom-'));
  writeFileSync(join(folder, 'rules.yml'), stringify({ groups: options.groups }));
  writeFileSync(join(folder, 'prometheus.yml'), stringify(prometheusConfig(options)));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const running = startProcess(binary, [
    `--config.file=${folder}/prometheus.yml`,
    `--storage.tsdb.path=${folder}/data`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=warn',
  ]);
  await until('Prometheus is ready', async () => (await fetch(`${url}/-/ready`)).ok, 30_000);
  return {
    url,
    stop: async () => {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function prometheusConfig(options: PrometheusOptions): object {
  return {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: ['rules.yml'],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [options.alertmanager] }] }] },
    scrape_configs: Object.entries(options.jobs).map(([job, target]) => ({
      job_name: job,
      static_configs: [{ targets: [target] }],
    })),
  };
}
