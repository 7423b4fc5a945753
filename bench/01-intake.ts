import { fileURLToPath } from 'node:url';
import { startProcess, until } from '../test/support/process.ts';
import { startBot, startSlackSink } from './support/bot.ts';
import { type Figure, median, type Row, ratioRow } from './support/figure.ts';
import { webhookAt } from './support/payloads.ts';
import { drive, type LoadResult } from './support/wrk.ts';

const ROUNDS = 3;
const SECONDS = 3;
const CASES = [
  { alerts: 1, atLeast: 0.6 },
  { alerts: 10, atLeast: 0.55 },
  { alerts: 100, atLeast: 0.5 },
] as const;

/** Figure 1: durable intake beside a node:http server that keeps nothing. Cases in turn, a fresh store each, medians. */
export const intake: Figure = { figure: 1, name: 'durable intake', run };

async function run(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const each of CASES) {
    const bodies = Array.from({ length: each.alerts > 10 ? 50 : 200 }, (_, i) =>
      webhookAt(each.alerts, i * each.alerts),
    );
    const rounds: Array<{ bot: LoadResult; ceiling: LoadResult }> = [];
    for (let round = 0; round < ROUNDS; round++) {
      rounds.push({ ceiling: await driveCeiling(bodies), bot: await driveBot(bodies) });
    }
    rows.push(rowOf(each.alerts, each.atLeast, rounds));
  }
  return rows;
}

function rowOf(alerts: number, atLeast: number, rounds: ReadonlyArray<{ bot: LoadResult; ceiling: LoadResult }>): Row {
  const value = median(rounds.map((round) => round.bot.requestsPerSecond));
  const reference = median(rounds.map((round) => round.ceiling.requestsPerSecond));
  const errors = Math.max(...rounds.map((round) => round.bot.errors));
  const name = `${alerts} alerts a payload${errors > 0 ? `, ${errors} ERRORS` : ''}`;
  const row = ratioRow({ figure: 1, name: intake.name, case: name, value, unit: 'payloads/s' }, reference, { atLeast });
  return errors > 0 ? { ...row, met: false } : row;
}

async function driveCeiling(bodies: readonly string[]): Promise<LoadResult> {
  const script = fileURLToPath(new URL('./support/no-storage.ts', import.meta.url));
  const server = startProcess(process.execPath, ['--import', 'tsx', script]);
  const port = await until('the server prints its port', () => /^(\d+)$/m.exec(server.output())?.[1]);
  try {
    const url = `http://127.0.0.1:${port}/hook`;
    await drive({ url, bodies, seconds: 1 });
    return await drive({ url, bodies, seconds: SECONDS });
  } finally {
    await server.stop();
  }
}

async function driveBot(bodies: readonly string[]): Promise<LoadResult> {
  const sink = await startSlackSink(() => {});
  const bot = await startBot(sink.apiUrl);
  try {
    const headers = { Authorization: `Bearer ${bot.token}` };
    await drive({ url: bot.webhook, bodies, seconds: 1, headers });
    return await drive({ url: bot.webhook, bodies, seconds: SECONDS, headers });
  } finally {
    await bot.stop();
    await sink.stop();
  }
}
