import { startAlertmanager } from '../test/support/alertmanager.ts';
import { until } from '../test/support/process.ts';
import { type Bot, startBot, startSlackSink } from './support/bot.ts';
import { type Figure, median, type Row, ratioRow } from './support/figure.ts';
import { alertAt, webhookOf } from './support/payloads.ts';
import { drive } from './support/wrk.ts';

const ROUNDS = 3;
const SECONDS = 3;
const ALERTS = 10;
const KNOWN = 5;
const BODIES = 200;
const DRAINED_WITHIN_MS = 120_000;

interface Measured {
  /** Alerts a second from the first request until every one of them is incident state. */
  through: number;
  /** The same until every one was answered. */
  taken: number;
  errors: number;
}

/**
 * Figure 3: alerts through to incident state, the inbox drained, beside Alertmanager's in-memory intake of the same
 * alerts. In each payload half of the alerts are known and half are new.
 */
export const drain: Figure = { figure: 3, name: 'through to incident state', run };

async function run(): Promise<Row[]> {
  const rounds: Array<{ bot: Measured; peer: number | null }> = [];
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push({ peer: await measureAlertmanager(), bot: await measureBot() });
  }
  const peers = rounds.flatMap((round) => (round.peer === null ? [] : [round.peer]));
  const bots = rounds.map((round) => round.bot);
  const peer = peers.length === 0 ? null : median(peers);
  const base = { figure: 3, name: drain.name, unit: 'alerts/s' };
  const name = `${ALERTS} alerts a payload, half of them new`;
  const row = ratioRow({ ...base, case: name, value: median(bots.map((bot) => bot.through)) }, peer, { atLeast: 0.8 });
  const taken = ratioRow({ ...base, case: 'taken in meanwhile', value: median(bots.map((bot) => bot.taken)) }, peer, {
    atLeast: 1,
  });
  const errors = Math.max(...bots.map((bot) => bot.errors));
  return [
    errors > 0 ? { ...row, case: `${name}, ${errors} ERRORS`, met: false } : row,
    { ...taken, must: 'none', met: null },
  ];
}

/** Alerts of one payload: the first ones come again and again, the others only once. */
function alertsOf(body: number): object[] {
  return Array.from({ length: ALERTS }, (_, k) => {
    const i = body * ALERTS + k;
    return alertAt(i, k < KNOWN ? {} : { id: `a${i}-@N@` });
  });
}

async function measureAlertmanager(): Promise<number | null> {
  const alertmanager = await startAlertmanager({
    webhook: 'http://127.0.0.1:9/none',
    groupBy: ['alertname', 'cluster'],
    groupWait: '1h',
    groupInterval: '1h',
  });
  if (alertmanager === null) return null;
  const bodies = Array.from({ length: BODIES }, (_, i) => JSON.stringify(alertsOf(i)));
  try {
    const result = await drive({ url: `${alertmanager.url}/api/v2/alerts`, bodies, seconds: SECONDS });
    return result.requestsPerSecond * ALERTS;
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
    const begun = performance.now();
    const result = await drive({ url: bot.webhook, bodies, seconds: SECONDS, headers });
    await until('the inbox is drained', async () => (await waitingAt(bot)) === 0, DRAINED_WITHIN_MS);
    const seconds = (performance.now() - begun) / 1000;
    const taken = result.requestsPerSecond * ALERTS;
    return { through: (result.requests * ALERTS) / seconds, taken, errors: result.errors };
  } finally {
    await bot.stop();
    await sink.stop();
  }
}

async function waitingAt(bot: Bot): Promise<number> {
  const answer = await fetch(`${bot.url}/ready`);
  return ((await answer.json()) as { waiting: number }).waiting;
}
