import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Alertmanager, startAlertmanager } from '../support/alertmanager.ts';
import { BOT_CHANNELS, BOT_USERS, OPS, routesFile } from '../support/bot-config.ts';
import { type Bot, createBot } from '../support/bot-process.ts';
import { type LocalSlack, startLocalSlack } from '../support/local-slack.ts';
import { mayRun } from '../support/need.ts';
import { payload } from '../support/payloads.ts';
import { findCommand, freePort, until } from '../support/process.ts';
import { messagesIn } from '../support/slack-person.ts';

const noAlertmanager =
  (findCommand('prometheus-alertmanager') ?? findCommand('alertmanager')) === null ? 'Alertmanager' : null;
const MINUTE = 60_000;

interface Incident {
  readonly id: string;
  readonly alertname: string;
  readonly status: string;
  readonly alerts: ReadonlyArray<{ fingerprint: string; startsAt: string; status: string }>;
  readonly timeline: ReadonlyArray<{ text: string }>;
}
interface Gettable {
  readonly fingerprint: string;
  readonly labels: Record<string, string>;
  readonly startsAt: string;
}

describe.runIf(mayRun(noAlertmanager))('the bot beside a real Alertmanager', { timeout: 5 * MINUTE }, () => {
  let slack: LocalSlack;
  let bot: Bot;
  /** Its deliveries are refused, as when the token is wrong: what the bot learns of it, it learns by asking. */
  let silent: Alertmanager;
  let silentPort: number;
  /** Delivers one alert of a group at most. */
  let terse: Alertmanager;

  beforeAll(async () => {
    slack = await startLocalSlack({ users: BOT_USERS, channels: BOT_CHANNELS });
    silentPort = await freePort();
    const tersePort = await freePort();
    const url = [`http://127.0.0.1:${silentPort}`, `http://127.0.0.1:${tersePort}`];
    bot = await createBot({
      slackUrl: slack.url,
      config: { 'routes.yml': { ...routesFile(), alertmanager: { url } } },
    });
    silent = await start({ port: silentPort, token: 'a wrong one' });
    terse = await start({ port: tersePort, token: bot.token, maxAlerts: 1, groupBy: ['job'] });
    await bot.startReady();
  });
  afterAll(async () => {
    await bot?.remove();
    await silent?.stop();
    await terse?.stop();
    await slack?.stop();
  });

  async function start(options: { port: number; token: string; maxAlerts?: number; groupBy?: string[] }) {
    const started = await startAlertmanager({ webhook: bot.webhook, groupInterval: '1s', ...options });
    if (started === null) throw new Error('no Alertmanager');
    return started;
  }

  async function named(alertname: string): Promise<Incident | undefined> {
    const list = (await bot.cliJson('incidents')) as Incident[];
    const found = list.find((incident) => incident.alertname === alertname);
    return found === undefined ? undefined : ((await bot.cliJson('incidents', found.id)) as Incident);
  }

  /** As Alertmanager holds it. */
  async function held(at: Alertmanager, alertname: string): Promise<Gettable> {
    return until(`${alertname} is there`, async () => {
      const answer = await fetch(`${at.url}/api/v2/alerts`);
      return ((await answer.json()) as Gettable[]).find(({ labels }) => labels.alertname === alertname);
    });
  }

  function alert(alertname: string, more: object = {}, labels: Record<string, string> = {}) {
    return { labels: { alertname, severity: 'warning', component: 'application', ...labels }, ...more };
  }

  async function restart(meanwhile: () => Promise<void>): Promise<void> {
    await bot.kill();
    await meanwhile();
    await bot.startReady();
  }

  async function noticeWith(words: RegExp): Promise<string> {
    return until(
      `a notice with ${words}`,
      async () =>
        (await messagesIn(slack.url, OPS)).map((each) => JSON.stringify(each)).find((text) => words.test(text)),
      MINUTE,
    );
  }

  it('raises at its start what began while it was down, and names it in the one message about the restart', async () => {
    await restart(() => silent.send([alert('BeganMeanwhile')]));

    const incident = await until('it is raised', () => named('BeganMeanwhile'));

    expect(incident.status).toBe('firing');
    expect(incident.timeline[0]?.text).toContain('found by asking Alertmanager');
    const notice = await noticeWith(/GI-\d+ \(BeganMeanwhile, P2\) had begun meanwhile/);
    expect(notice).toMatch(/Restarted .* away since .* \(blind for /);
  });

  it('recovers what ended while it was down, with the reason in its timeline and in the message', async () => {
    await restart(() => silent.send([alert('BeganMeanwhile', { endsAt: new Date().toISOString() })]));

    const incident = await until(
      'it has recovered',
      async () => {
        const seen = await named('BeganMeanwhile');
        return seen?.status === 'recovered' ? seen : null;
      },
      MINUTE,
    );

    expect(incident.timeline.map(({ text }) => text)).toContain('recovered: Alertmanager no longer has it');
    await noticeWith(/GI-\d+ \(BeganMeanwhile, P2\) ended meanwhile: Alertmanager no longer has it/);
  });

  it('opens again what fires with its old start after its own end, because Alertmanager has it', async () => {
    const startsAt = new Date(Date.now() - 10 * MINUTE).toISOString();
    await silent.send([alert('OldStart', { startsAt })]);
    const { fingerprint, labels } = await held(silent, 'OldStart');
    const fires = { fingerprint, labels, startsAt: Date.parse(startsAt) };
    expect(await bot.post(payload([fires]))).toBe(200);
    expect(await bot.post(payload([{ ...fires, status: 'resolved', endsAt: Date.now() }]))).toBe(200);
    await until('it has recovered', async () => (await named('OldStart'))?.status === 'recovered');
    await silent.send([alert('OldStart', { startsAt })]);

    expect(await bot.post(payload([fires]))).toBe(200);

    const incident = await until('it fires again', async () => {
      const seen = await named('OldStart');
      return seen?.status === 'firing' ? seen : null;
    });
    expect(incident.alerts).toMatchObject([
      { fingerprint, startsAt: new Date(startsAt).toISOString(), status: 'firing' },
    ]);
  });

  it('reads from Alertmanager what max_alerts cut off, into the same incident', async () => {
    const job = 'truncated';
    await terse.send(['One', 'Two', 'Three'].map((name) => alert(name, {}, { job })));

    const incident = await until('all three are in one incident', async () => {
      const list = (await bot.cliJson('incidents', '--alerts')) as Incident[];
      return list.find(({ alerts }) => alerts.filter(({ status }) => status === 'firing').length === 3);
    });

    const { timeline } = (await bot.cliJson('incidents', incident.id)) as Incident;
    const texts = timeline.map(({ text }) => text);
    expect(texts).toContain('2 more not shown');
    await until('it is said that all are there', async () => {
      const now = (await bot.cliJson('incidents', incident.id)) as Incident;
      return now.timeline.some(({ text }) => text === 'all alerts are shown again');
    });
  });

  it('ends nothing because Alertmanager started anew with empty hands', async () => {
    await silent.send([alert('Survivor')]);
    await restart(async () => undefined);
    await until('it is raised', async () => (await named('Survivor'))?.status === 'firing');

    await silent.stop();
    silent = await start({ port: silentPort, token: 'a wrong one' });
    const before = await asks();
    await until('it was asked three times since', async () => (await asks()) >= before + 3, 3 * MINUTE);

    expect((await fetch(`${silent.url}/api/v2/alerts`).then((answer) => answer.json())) as Gettable[]).toEqual([]);
    expect((await named('Survivor'))?.status).toBe('firing');
  });

  it('ends nothing while no Alertmanager answers, and says so', async () => {
    await silent.stop();
    await terse.stop();

    await until('it notices', async () => (await bot.ready()).body.alertmanager === 'down', 2 * MINUTE);

    expect((await named('Survivor'))?.status).toBe('firing');
    expect((await bot.ready()).status).toBe(200);
    expect(await bot.cliJson('journal', 'verify', '--state')).toMatchObject({ ok: true });
  });

  async function asks(): Promise<number> {
    const metrics = await (await fetch(`${bot.url}/metrics`)).text();
    const counts = [...metrics.matchAll(/gianna_ops_reconcile_asks_total\{answered="(?:all|some)"\} (\d+)/g)];
    return counts.reduce((sum, [, count]) => sum + Number(count), 0);
  }
});
