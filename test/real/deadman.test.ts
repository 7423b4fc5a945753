import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BOT_CHANNELS, BOT_USERS, routesFile } from '../support/bot-config.ts';
import { type Bot, createBot } from '../support/bot-process.ts';
import { startHttpService, type TestHttpService } from '../support/http-service.ts';
import { type LocalSlack, startLocalSlack } from '../support/local-slack.ts';
import { payload } from '../support/payloads.ts';
import { until } from '../support/process.ts';

const SECRET_PATH = '/ping/4f6d-nobody-may-see-this';

interface Incident {
  readonly alertname: string;
  readonly severity: string;
  readonly status: string;
}

describe('the built bot and what watches over it', { timeout: 4 * 60_000 }, () => {
  let slack: LocalSlack;
  let outside: TestHttpService;
  let folder: string;
  let bot: Bot;
  const asked: string[] = [];

  beforeAll(async () => {
    slack = await startLocalSlack({ users: BOT_USERS, channels: BOT_CHANNELS });
    outside = await startHttpService((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.end('ok');
    });
    folder = mkdtempSync(join(tmpdir(), 'gianna-deadman-'));
    writeFileSync(join(folder, 'url'), `${outside.url}${SECRET_PATH}\n`);
    bot = await createBot({
      slackUrl: slack.url,
      config: { 'routes.yml': { ...routesFile(), watchdog: { expect_every: '8s' } } },
      env: { GIANNA_DEADMAN_URL_FILE: join(folder, 'url'), GIANNA_LOG_LEVEL: 'debug' },
    });
    await bot.startReady();
  });
  afterAll(async () => {
    await bot?.remove();
    await outside?.stop();
    await slack?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function blind(): Promise<Incident | undefined> {
    const incidents = (await bot.cliJson('incidents')) as Incident[];
    return incidents.find(({ alertname }) => alertname === 'WatchdogMissing');
  }

  it('gives a sign of life soon after its start, and its address appears nowhere', async () => {
    await until('it is asked', () => asked.length > 0, 60_000);

    expect(asked[0]).toBe(`GET ${SECRET_PATH}`);
    const metrics = await (await fetch(`${bot.url}/metrics`)).text();
    expect(metrics).toContain('gianna_ops_auditor_ok 1');
    expect(`${bot.output()}${metrics}`).not.toContain('nobody-may-see-this');
  });

  it('opens a P0 when the watchdog stays away, and recovers it when it is seen again', async () => {
    const watchdog = payload([{ fingerprint: 'w', labels: { alertname: 'Watchdog' }, startsAt: Date.now() }]);
    expect(await bot.post(watchdog)).toBe(200);

    const incident = await until('it is missed', blind, 60_000);
    expect(await bot.post(watchdog)).toBe(200);

    expect(incident).toMatchObject({ severity: 'P0', status: 'firing' });
    await until('it has recovered', async () => (await blind())?.status === 'recovered');
    expect(await bot.cliJson('journal', 'verify', '--state')).toMatchObject({ ok: true });
  });

  it('gives no sign of life while it is frozen', async () => {
    const isWell = async () => (await (await fetch(`${bot.url}/metrics`)).text()).includes('gianna_ops_auditor_ok 1');
    await until('it finds nothing wrong with itself', isWell, 90_000);
    bot.signal('SIGSTOP');
    const frozen = asked.length;

    const endAt = performance.now() + 75_000;
    await until('more than a minute has passed', () => performance.now() > endAt, 90_000);
    bot.signal('SIGCONT');

    expect(asked.length).toBe(frozen);
    await until('it is alive again', () => asked.length > frozen, 150_000);
  });
});
