import { startAlertmanager } from '../test/support/alertmanager.ts';
import { cpuSeconds, startBot, startSlackSink } from './support/bot.ts';
import { type Figure, median, type Row, ratioRow } from './support/figure.ts';
import { alertAt, webhookAt } from './support/payloads.ts';
import { drive } from './support/wrk.ts';

const ROUNDS = 3;
const SECONDS = 3;
const CASES = [
  { alerts: 1, atLeast: 1 },
  { alerts: 10, atLeast: 2 },
  { alerts: 100, atLeast: 3 },
] as const;

interface Measured {
  alertsPerSecond: number;
  cpuMicrosecondsAnAlert: number;
  errors: number;
}

/** Figure 2: durable intake beside Alertmanager's own in-memory intake of the same alerts. */
export const intakeBesideAlertmanager: Figure = { figure: 2, name: 'durable intake / Alertmanager', run };

async function run(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const each of CASES) {
    const count = each.alerts > 10 ? 50 : 200;
    const rounds: Array<{ bot: Measured; peer: Measured | null }> = [];
    for (let round = 0; round < ROUNDS; round++) {
      rounds.push({ peer: await measureAlertmanager(each.alerts, count), bot: await measureBot(each.alerts, count) });
    }
    rows.push(...rowsOf(each.alerts, each.atLeast, rounds));
  }
  return rows;
}

function rowsOf(
  alerts: number,
  atLeast: number,
  rounds: ReadonlyArray<{ bot: Measured; peer: Measured | null }>,
): Row[] {
  const peers = rounds.flatMap((round) => (round.peer === null ? [] : [round.peer]));
  const middle = (of: readonly Measured[], key: keyof Measured) =>
    of.length === 0 ? null : median(of.map((each) => each[key]));
  const bots = rounds.map((round) => round.bot);
  const base = { figure: 2, name: intakeBesideAlertmanager.name };
  const errors = Math.max(...bots.map((bot) => bot.errors));
  const rate = ratioRow(
    { ...base, case: `${alerts} alerts a payload`, value: middle(bots, 'alertsPerSecond') ?? 0, unit: 'alerts/s' },
    middle(peers, 'alertsPerSecond'),
    { atLeast },
  );
  const cpu = ratioRow(
    {
      ...base,
      case: `${alerts} alerts a payload, CPU`,
      value: middle(bots, 'cpuMicrosecondsAnAlert') ?? 0,
      unit: 'µs/alert',
    },
    middle(peers, 'cpuMicrosecondsAnAlert'),
    { atMost: 1 },
  );
  return [
    errors > 0 ? { ...rate, case: `${rate.case}, ${errors} ERRORS`, met: false } : rate,
    { ...cpu, must: 'none', met: null },
  ];
}

async function measure(pid: number, alerts: number, load: Parameters<typeof drive>[0]): Promise<Measured> {
  await drive({ ...load, seconds: 1 });
  const before = cpuSeconds(pid);
  const result = await drive(load);
  const total = result.requestsPerSecond * load.seconds * alerts;
  return {
    alertsPerSecond: result.requestsPerSecond * alerts,
    cpuMicrosecondsAnAlert: ((cpuSeconds(pid) - before) / total) * 1e6,
    errors: result.errors,
  };
}

async function measureAlertmanager(alerts: number, count: number): Promise<Measured | null> {
  const alertmanager = await startAlertmanager({
    webhook: 'http://127.0.0.1:9/none',
    groupBy: ['alertname', 'cluster'],
    groupWait: '1h',
    groupInterval: '1h',
  });
  if (alertmanager === null) return null;
  const bodies = Array.from({ length: count }, (_, i) =>
    JSON.stringify(Array.from({ length: alerts }, (_, k) => alertAt(i * alerts + k))),
  );
  try {
    return await measure(alertmanager.pid, alerts, {
      url: `${alertmanager.url}/api/v2/alerts`,
      bodies,
      seconds: SECONDS,
    });
  } finally {
    await alertmanager.stop();
  }
}

async function measureBot(alerts: number, count: number): Promise<Measured> {
  const sink = await startSlackSink(() => {});
  const bot = await startBot(sink.apiUrl);
  const bodies = Array.from({ length: count }, (_, i) => webhookAt(alerts, i * alerts));
  try {
    const headers = { Authorization: `Bearer ${bot.token}` };
    return await measure(bot.pid, alerts, { url: bot.webhook, bodies, seconds: SECONDS, headers });
  } finally {
    await bot.stop();
    await sink.stop();
  }
}
