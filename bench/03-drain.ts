import { startAlertmanager } from '../test/support/alertmanager.ts';
import { until } from '../test/support/process.ts';
import { type Bot, cpuSeconds, startBot, startSlackSink } from './support/bot.ts';
import { type Figure, median, type Row, ratioRow } from './support/figure.ts';
import { alertAt, webhookOf } from './support/payloads.ts';
import { drive, type LoadResult } from './support/wrk.ts';

const ROUNDS = 3;
const SECONDS = 3;
const ALERTS = 10;
const KNOWN = 5;
const BODIES = 200;
const DRAINED_WITHIN_MS = 120_000;

interface Measured {
  /** Alerts a second: of the bot from the first request until every one of them is incident state. */
  through: number;
  /** The same until every one was answered. */
  taken: number;
  cpuMicrosecondsAnAlert: number;
  errors: number;
}

/**
 * Figure 3: alerts through to incident state, the inbox drained, beside Alertmanager's in-memory intake of the same
 * alerts. In each payload half of the alerts are known and half are new.
 */
export const drain: Figure = { figure: 3, name: 'through to incident state', run };

async function run(): Promise<Row[]> {
  const bots: Measured[] = [];
  const peers: Measured[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const peer = await measureAlertmanager();
    if (peer !== null) peers.push(peer);
    bots.push(await measureBot());
  }
  const errors = Math.max(...bots.map((bot) => bot.errors));
  const name = `${ALERTS} alerts a payload, half of them new${errors > 0 ? `, ${errors} ERRORS` : ''}`;
  const compare = (
    what: string,
    key: keyof Measured,
    unit: string,
    bound: { atLeast: number } | { atMost: number },
  ) => {
    const value = median(bots.map((bot) => bot[key]));
    const peer = peers.length === 0 ? null : median(peers.map((each) => each[key]));
    return ratioRow({ figure: 3, name: drain.name, case: what, value, unit }, peer, bound);
  };
  const row = compare(name, 'through', 'alerts/s', { atLeast: 0.8 });
  const told = [
    compare('the same, CPU', 'cpuMicrosecondsAnAlert', 'µs/alert', { atMost: 1 }),
    compare('taken in meanwhile', 'taken', 'alerts/s', { atLeast: 1 }),
  ];
  return [errors > 0 ? { ...row, met: false } : row, ...told.map((each) => ({ ...each, must: 'none', met: null }))];
}

/** Alerts of one payload: the first ones come again and again, the others only once. */
function alertsOf(body: number): object[] {
  return Array.from({ length: ALERTS }, (_, k) => {
    const i = body * ALERTS + k;
    return alertAt(i, k < KNOWN ? {} : { id: `a${i}-@N@` });
  });
}

async function measureAlertmanager(): Promise<Measured | null> {
  const alertmanager = await startAlertmanager({
    webhook: 'http://127.0.0.1:9/none',
    groupBy: ['alertname', 'cluster'],
    groupWait: '1h',
    groupInterval: '1h',
  });
  if (alertmanager === null) return null;
  const bodies = Array.from({ length: BODIES }, (_, i) => JSON.stringify(alertsOf(i)));
  try {
    const before = cpuSeconds(alertmanager.pid);
    const result = await drive({ url: `${alertmanager.url}/api/v2/alerts`, bodies, seconds: SECONDS });
    const rate = result.requestsPerSecond * ALERTS;
    const cpu = cpuSeconds(alertmanager.pid) - before;
    return { through: rate, taken: rate, cpuMicrosecondsAnAlert: cpuEach(cpu, result), errors: result.errors };
  } finally {
    await alertmanager.stop();
  }
}

async function measureBot(): Promise<Measured> {
  const sink = await startSlackSink(() => {});
  const bot = await startBot(sink.apiUrl);
  const bodies = Array.from({ length: BODIES }, (_, i) =>
    webhookOf(alertsOf(i), `HighErrorRate${i % 100}`, (k) => (k < KNOWN ? `known-${i}-${k}` : `new-${i}-${k}-@N@`)),
  );
  try {
    const headers = { Authorization: `Bearer ${bot.token}` };
    const before = cpuSeconds(bot.pid);
    const begun = performance.now();
    const result = await drive({ url: bot.webhook, bodies, seconds: SECONDS, headers });
    await until('the inbox is drained', async () => (await waitingAt(bot)) === 0, DRAINED_WITHIN_MS);
    const seconds = (performance.now() - begun) / 1000;
    const taken = result.requestsPerSecond * ALERTS;
    const cpu = cpuSeconds(bot.pid) - before;
    const through = (result.requests * ALERTS) / seconds;
    return { through, taken, cpuMicrosecondsAnAlert: cpuEach(cpu, result), errors: result.errors };
  } finally {
    await bot.stop();
    await sink.stop();
  }
}

function cpuEach(seconds: number, { requests }: LoadResult): number {
  return (seconds / (requests * ALERTS)) * 1e6;
}

async function waitingAt(bot: Bot): Promise<number> {
  const answer = await fetch(`${bot.url}/ready`);
  return ((await answer.json()) as { waiting: number }).waiting;
}
