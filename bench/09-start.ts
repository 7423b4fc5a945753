import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, type Running, startProcess } from '../test/support/process.ts';
import { botEnvironment, startSlackSink } from './support/bot.ts';
import { type Figure, median, type Row, ratioRow } from './support/figure.ts';
import { webhookAt } from './support/payloads.ts';

const ROUNDS = 9;
const STORED_ALERTS = 100_000;
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** Figure 9: from spawn to the intake listening and to all ready, beside an empty node; and with 100,000 open alerts stored. */
export const startUp: Figure = { figure: 9, name: 'start', run };

interface Times {
  intakeMs: number;
  readyMs: number;
}

async function run(): Promise<Row[]> {
  const sink = await startSlackSink(() => {});
  const fresh: Times[] = [];
  const empty: number[] = [];
  try {
    for (let round = -1; round < ROUNDS; round++) {
      const emptyMs = emptyNodeMs();
      const folder = mkdtempSync(join(tmpdir(), 'gianna-start-'));
      const { running, times } = await startOnce(folder, sink.apiUrl);
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
      if (round >= 0) {
        empty.push(emptyMs);
        fresh.push(times);
      }
    }
    const stored = await startWithHistory(sink.apiUrl);
    return rowsOf(fresh, empty, stored);
  } finally {
    await sink.stop();
  }
}

function rowsOf(fresh: readonly Times[], empty: readonly number[], stored: Times): Row[] {
  const base = { figure: 9, name: startUp.name, unit: 'ms' };
  const reference = median(empty);
  const ready = median(fresh.map((times) => times.readyMs));
  const added = stored.readyMs - ready;
  const history = ratioRow(
    { ...base, case: `all ready with ${STORED_ALERTS} open alerts, added`, value: added },
    2000,
    { atMost: 1 },
  );
  return [
    ratioRow({ ...base, case: 'intake listening', value: median(fresh.map((times) => times.intakeMs)) }, reference, {
      atMost: 3,
    }),
    ratioRow({ ...base, case: 'all ready', value: ready }, reference, { atMost: 6 }),
    { ...history, must: '≤ 2000 ms' },
  ];
}

function emptyNodeMs(): number {
  const begun = performance.now();
  spawnSync(process.execPath, ['-e', '']);
  return performance.now() - begun;
}

async function startOnce(folder: string, slackApi: string): Promise<{ running: Running; times: Times; port: number }> {
  const port = await freePort();
  const env = botEnvironment(folder, port, slackApi);
  const begun = performance.now();
  const running = startProcess(process.execPath, [main, 'start'], { cwd: folder, env });
  const intakeMs = await answered(running, port, 'POST', '/webhooks/alertmanager', begun, (status) => status === 401);
  const readyMs = await answered(
    running,
    port,
    'GET',
    '/ready',
    begun,
    (status, body) => status === 200 && body.includes('"started":true'),
  );
  return { running, times: { intakeMs, readyMs }, port };
}

/** Asks every 2 ms until the answer is the wanted one; gives the time since `begun`. */
async function answered(
  running: Running,
  port: number,
  method: string,
  path: string,
  begun: number,
  wanted: (status: number, body: string) => boolean,
): Promise<number> {
  for (;;) {
    const answer = await ask(port, method, path);
    if (answer !== null && wanted(answer.status, answer.body)) return performance.now() - begun;
    if (running.child.exitCode !== null) throw new Error(`the bot ended: ${running.output()}`);
    if (performance.now() - begun > 120_000)
      throw new Error(`${method} ${path} never answered as wanted: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

function ask(
  port: number,
  method: string,
  path: string,
  body = '',
  token?: string,
): Promise<{ status: number; body: string } | null> {
  return new Promise((resolve) => {
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...authorization };
    const call = request({ host: '127.0.0.1', port, method, path, agent: false, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: text }));
    });
    call.on('error', () => resolve(null));
    call.end(body);
  });
}

async function startWithHistory(slackApi: string): Promise<Times> {
  const folder = mkdtempSync(join(tmpdir(), 'gianna-start-'));
  try {
    const first = await startOnce(folder, slackApi);
    const token = botEnvironment(folder, first.port, slackApi).GIANNA_WEBHOOK_TOKEN ?? '';
    for (let from = 0; from < STORED_ALERTS; from += 100) {
      const answer = await ask(first.port, 'POST', '/webhooks/alertmanager', webhookAt(100, from), token);
      if (answer?.status !== 200) throw new Error(`the webhook answered ${answer?.status}`);
    }
    await answered(first.running, first.port, 'GET', '/ready', performance.now(), (_status, body) =>
      body.includes('"waiting":0'),
    );
    await first.running.stop();
    const second = await startOnce(folder, slackApi);
    await second.running.stop();
    return second.times;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
