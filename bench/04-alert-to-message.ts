import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { findCommand, freePort, startProcess, until } from '../test/support/process.ts';
import { startBot, startSlackSink } from './support/bot.ts';
import { type Figure, percentile, type Row, ratioRow } from './support/figure.ts';
import { alertAt } from './support/payloads.ts';

// The bot keeps to Slack's one post a second and channel with a burst of five, and to a hundred posts a minute; an incident takes
// two. So each round spreads over channels, and the next one waits until the tokens are back: what is measured is the way
// through the bot, not Slack's limit.
const ROUNDS = 2;
const SAMPLES_A_ROUND = 20;
const WARM_UP = 4;
const SHARDS = 12;
const BETWEEN_ROUNDS_MS = 62_000;
const RECEIVERS = ['slack', 'bot'] as const;
type Receiver = (typeof RECEIVERS)[number];

/** Figure 4: one alert into Alertmanager until its message is at Slack, beside Alertmanager's own Slack receiver. */
export const alertToMessage: Figure = { figure: 4, name: 'alert to message', run };

async function run(): Promise<Row[]> {
  const arrived = new Map<string, number>();
  const sink = await startSlackSink((_path, body, at) => {
    for (const [key] of body.matchAll(/L\d+-(?:slack|bot)/g)) {
      if (!arrived.has(key)) arrived.set(key, at);
    }
  });
  const bot = await startBot(sink.apiUrl, SHARDS);
  try {
    const alertmanager = await startPeer(sink.apiUrl, bot.webhook, bot.token);
    if (alertmanager === null) return [compare([], null, 50, 3), compare([], null, 99, 4)];
    try {
      const times = await sample(alertmanager.url, arrived);
      return [compare(times.bot, times.slack, 50, 3), compare(times.bot, times.slack, 99, 4)];
    } finally {
      await alertmanager.stop();
    }
  } finally {
    await bot.stop();
    await sink.stop();
  }
}

function compare(bot: readonly number[], peer: readonly number[] | null, percent: number, atMost: number): Row {
  const base = { figure: 4, name: alertToMessage.name, case: `p${percent} of ${bot.length}`, unit: 'ms' };
  return ratioRow({ ...base, value: percentile(bot, percent) }, peer === null ? null : percentile(peer, percent), {
    atMost,
  });
}

async function sample(url: string, arrived: ReadonlyMap<string, number>): Promise<Record<Receiver, number[]>> {
  const times: Record<Receiver, number[]> = { slack: [], bot: [] };
  for (let round = 0; round < ROUNDS; round++) {
    if (round > 0) await new Promise((resolve) => setTimeout(resolve, BETWEEN_ROUNDS_MS));
    for (let i = -WARM_UP; i < SAMPLES_A_ROUND; i++) {
      for (const receiver of RECEIVERS) {
        const number = round * 1000 + 500 + i;
        const elapsed = await oneAlert(url, `L${number}-${receiver}`, receiver, number, arrived);
        if (i >= 0) times[receiver].push(elapsed);
      }
    }
  }
  return times;
}

async function oneAlert(
  url: string,
  key: string,
  receiver: Receiver,
  i: number,
  arrived: ReadonlyMap<string, number>,
): Promise<number> {
  const alert = {
    ...alertAt(i, { alertname: key, rx: receiver, shard: String(i % SHARDS) }),
    startsAt: new Date().toISOString(),
  };
  const sent = performance.now();
  await fetch(`${url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([alert]),
  });
  await until(`${key} at Slack`, () => arrived.has(key), 10_000);
  return (arrived.get(key) ?? Number.NaN) - sent;
}

async function startPeer(
  slackApi: string,
  webhook: string,
  token: string,
): Promise<{ url: string; stop(): Promise<void> } | null> {
  const binary = findCommand('prometheus-alertmanager');
  if (binary === null) return null;
  const folder = mkdtempSync(join(tmpdir(), 'gianna-bench-am-'));
  const route = (receiver: Receiver) => ({ receiver, matchers: [`rx="${receiver}"`], group_wait: '0s' });
  const config = {
    global: { slack_api_url: `${slackApi}chat.postMessage` },
    route: {
      receiver: 'none',
      group_by: ['alertname'],
      group_wait: '1h',
      group_interval: '1h',
      routes: RECEIVERS.map(route),
    },
    receivers: [
      { name: 'none' },
      {
        name: 'slack',
        slack_configs: [
          {
            channel: '#ops',
            title: '{{ .GroupLabels.alertname }}',
            text: '{{ range .Alerts }}{{ .Annotations.summary }}{{ end }}',
          },
        ],
      },
      { name: 'bot', webhook_configs: [{ url: webhook, http_config: { authorization: { credentials: token } } }] },
    ],
  };
  writeFileSync(join(folder, 'am.yml'), stringify(config));
  const port = await freePort();
  const listen = `127.0.0.1:${port}`;
  const running = startProcess(binary, [
    `--config.file=${folder}/am.yml`,
    `--storage.path=${folder}/data`,
    `--web.listen-address=${listen}`,
    '--cluster.listen-address=',
    '--log.level=error',
  ]);
  await until('Alertmanager is ready', async () => (await fetch(`http://${listen}/-/ready`)).ok);
  return {
    url: `http://${listen}`,
    stop: async () => {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
