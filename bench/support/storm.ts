import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { findCommand, freePort, startProcess, until } from '../../test/support/process.ts';
import { type Bot, startBot } from './bot.ts';
import { type LimitedSlack, startLimitedSlack, type TakenCall } from './limited-slack.ts';

const ALERTS = 10_000;
const FEED_MS = 10_000;
const ROUNDS = 5;
/** Every tenth group is critical. */
const CRITICAL_EVERY = 10;
const REFILL_MS = 7_000;
const NAME = /\bStormGroup(\d+)\b/g;

/** What a storm came to, of the bot or of Alertmanager's own Slack receiver. Times in seconds. */
export interface StormResult {
  /** From a group's first alert until some message named it; the slowest. Infinite: never, while it was watched. */
  readonly allNamed: number;
  readonly allCriticalNamed: number;
  readonly criticalThreads: number;
  /** From the start until every group had a message of its own. */
  readonly allThreads: number;
  readonly namedWithinTen: number;
  /** Calls that Slack refused (429). */
  readonly refused: number;
  /** Calls that write, until every group had its own message. */
  readonly calls: number;
  /** Webhooks that were not answered with 200. */
  readonly notTaken: number;
  /** Alerts that the receiver knows in the end; null: cannot be asked. */
  readonly kept: number | null;
}

interface Watched {
  readonly startedAt: number;
  /** When the first alert of each group was sent. */
  readonly firstAt: readonly number[];
}

/** Ten thousand alerts in ten seconds, in so many groups, straight into the built bot behind a Slack that limits. */
export async function stormBot(groups: number, watchSeconds: number): Promise<StormResult> {
  const slack = await startLimitedSlack();
  const bot = await startBot(slack.apiUrl, 0, { critical: 'P0' });
  try {
    let notTaken = 0;
    await warmUp(slack, bot);
    const watched = await feed(groups, async (group, alerts) => {
      const status = await post(bot.webhook, webhookOf(`StormGroup${group}`, alerts), {
        authorization: `Bearer ${bot.token}`,
      });
      if (status !== 200) notTaken += 1;
    });
    await watch(slack, groups, watched, watchSeconds);
    return { ...measure(slack.calls, groups, watched), notTaken, kept: await keptBy(bot) };
  } finally {
    await bot.stop();
    await slack.stop();
  }
}

/** The same through Alertmanager and its own Slack receiver; null when it is not installed. */
export async function stormAlertmanager(groups: number, watchSeconds: number): Promise<StormResult | null> {
  const binary = findCommand('prometheus-alertmanager');
  if (binary === null) return null;
  const slack = await startLimitedSlack();
  const peer = await startPeer(binary, slack.apiUrl);
  try {
    const watched = await feed(groups, async (_group, alerts) => {
      await post(`${peer.url}/api/v2/alerts`, JSON.stringify(alerts));
    });
    await watch(slack, groups, watched, watchSeconds);
    return { ...measure(slack.calls, groups, watched), notTaken: 0, kept: null };
  } finally {
    await peer.stop();
    await slack.stop();
  }
}

const agent = new Agent({ keepAlive: true, maxSockets: 16 });

/** Posts over a few kept connections, as Alertmanager does; resolves with the status. */
function post(url: string, body: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const size = Buffer.byteLength(body);
    const all = { 'content-type': 'application/json', 'content-length': size, ...headers };
    const outgoing = request(url, { method: 'POST', agent, headers: all }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
    });
    outgoing.on('error', reject).end(body);
  });
}

type Alert = Readonly<Record<string, unknown>>;

/**
 * A thousand alerts a second go round all groups: each group tells of its first one at once (group_wait 0), then, a
 * round each, of what has come since.
 */
async function feed(groups: number, send: (group: number, alerts: Alert[]) => Promise<void>): Promise<Watched> {
  const startedAt = performance.now();
  const firstAt: number[] = [];
  const sending: Promise<void>[] = [];
  const share = ALERTS / groups / ROUNDS;
  const at = async (dueMs: number) => {
    const waitMs = startedAt + dueMs - performance.now();
    if (waitMs > 1) await new Promise((resolve) => setTimeout(resolve, waitMs));
  };
  for (let group = 0; group < groups; group += 1) {
    await at((group * FEED_MS) / ALERTS);
    firstAt[group] = performance.now();
    sending.push(send(group, [alertOf(group, 0)]));
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let group = 0; group < groups; group += 1) {
      await at((FEED_MS / ROUNDS) * (round + 0.5 + group / groups / 2));
      const from = round === 0 ? 1 : round * share;
      const numbers = Array.from({ length: (round + 1) * share - from }, (_, n) => from + n);
      if (numbers.length > 0)
        sending.push(
          send(
            group,
            numbers.map((number) => alertOf(group, number)),
          ),
        );
    }
  }
  await Promise.all(sending);
  return { startedAt, firstAt };
}

function alertOf(group: number, number: number): Alert {
  return {
    labels: {
      alertname: `StormGroup${group}`,
      severity: group % CRITICAL_EVERY === 0 ? 'critical' : 'warning',
      instance: `10.0.${group % 250}.${number % 250}:9100`,
      number: String(number),
    },
    annotations: {
      summary: `Group ${group} is failing on instance ${number}`,
      description: 'more than 5 % of requests fail',
    },
    startsAt: new Date().toISOString(),
    generatorURL: 'http://prometheus.example.com/graph?g0.expr=x',
  };
}

function webhookOf(alertname: string, alerts: readonly Alert[]): string {
  return JSON.stringify({
    version: '4',
    groupKey: `{}:{alertname="${alertname}"}`,
    truncatedAlerts: 0,
    status: 'firing',
    receiver: 'gianna',
    groupLabels: { alertname },
    commonLabels: { alertname },
    commonAnnotations: {},
    externalURL: 'http://alertmanager.example.com',
    alerts: alerts.map((alert) => ({
      status: 'firing',
      ...alert,
      endsAt: '0001-01-01T00:00:00Z',
      fingerprint: createHash('sha1').update(JSON.stringify(alert.labels)).digest('hex').slice(0, 16),
    })),
  });
}

/** Until every group has its own message, or the time is over. */
async function watch(slack: LimitedSlack, groups: number, { startedAt }: Watched, seconds: number): Promise<void> {
  const until = startedAt + seconds * 1000;
  while (performance.now() < until && ownMessages(slack.calls).size < groups)
    await new Promise((resolve) => setTimeout(resolve, 200));
}

function measure(calls: readonly TakenCall[], groups: number, { startedAt, firstAt }: Watched) {
  const named = firstNamed(calls);
  const own = ownMessages(calls);
  const since = (times: ReadonlyMap<number, number>, of: readonly number[]) =>
    Math.max(...of.map((group) => ((times.get(group) ?? Number.POSITIVE_INFINITY) - (firstAt[group] ?? 0)) / 1000));
  const all = Array.from({ length: groups }, (_, group) => group);
  const critical = all.filter((group) => group % CRITICAL_EVERY === 0);
  const lastThread = Math.max(...all.map((group) => own.get(group) ?? Number.POSITIVE_INFINITY));
  const writes = calls.filter(({ method, at }) => method.startsWith('chat.') && at <= lastThread);
  return {
    allNamed: since(named, all),
    allCriticalNamed: since(named, critical),
    criticalThreads: since(own, critical),
    allThreads: (lastThread - startedAt) / 1000,
    namedWithinTen: [...named.values()].filter((at) => at - startedAt <= 10_000).length,
    refused: calls.filter(({ isRefused }) => isRefused).length,
    calls: writes.length,
  };
}

function firstNamed(calls: readonly TakenCall[]): Map<number, number> {
  const named = new Map<number, number>();
  for (const { text, at, isRefused } of calls) {
    if (isRefused) continue;
    for (const [, group] of text.matchAll(NAME)) if (!named.has(Number(group))) named.set(Number(group), at);
  }
  return named;
}

/** When each group got a message of its own: one that opens a thread and names it alone. */
function ownMessages(calls: readonly TakenCall[]): Map<number, number> {
  const own = new Map<number, number>();
  for (const { method, text, at, isRefused, isReply, channel } of calls) {
    if (isRefused || isReply || method !== 'chat.postMessage' || channel.startsWith('U')) continue;
    const groups = new Set([...text.matchAll(NAME)].map(([, group]) => Number(group)));
    for (const group of groups.size === 1 ? groups : []) if (!own.has(group)) own.set(group, at);
  }
  return own;
}

/** One incident before, and the time in which its tokens come back: a bot that has just started is not what is measured. */
async function warmUp(slack: LimitedSlack, bot: Bot): Promise<void> {
  const labels = { alertname: 'WarmUp', severity: 'warning' };
  const alert = { labels, annotations: { summary: 'warm-up' }, startsAt: new Date().toISOString() };
  await post(bot.webhook, webhookOf('WarmUp', [alert]), { authorization: `Bearer ${bot.token}` });
  const isShown = () => slack.calls.filter(({ text }) => text.includes('WarmUp')).length >= 3;
  await until('the first incident is at Slack', isShown, 60_000);
  await new Promise((resolve) => setTimeout(resolve, REFILL_MS));
}

async function keptBy(bot: Bot): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, [bot.main, 'incidents', '--json'], {
    env: bot.env,
    maxBuffer: 64 * 1024 * 1024,
  });
  const incidents = JSON.parse(stdout) as Array<{ alerts: { firing: number; resolved: number } }>;
  // the one of the warm-up is none of the storm
  return incidents.reduce((sum, { alerts }) => sum + alerts.firing + alerts.resolved, 0) - 1;
}

async function startPeer(binary: string, apiUrl: string): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'gianna-bench-am-'));
  const text = '{{ range .Alerts }}{{ .Annotations.summary }}{{ end }}';
  const slack = { channel: '#ops', title: '{{ .GroupLabels.alertname }}', text };
  const config = {
    global: { slack_api_url: `${apiUrl}chat.postMessage` },
    route: { receiver: 'slack', group_by: ['alertname'], group_wait: '0s', group_interval: '5m' },
    receivers: [{ name: 'slack', slack_configs: [slack] }],
  };
  writeFileSync(join(folder, 'am.yml'), stringify(config));
  const listen = `127.0.0.1:${await freePort()}`;
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
