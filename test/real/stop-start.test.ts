import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ANA, BEN, BOT_CHANNELS, BOT_USERS, OPS, routesFile } from '../support/bot-config.ts';
import { type Bot, createBot } from '../support/bot-process.ts';
import { lockDatabase } from '../support/database-lock.ts';
import { type LocalSlack, startLocalSlack } from '../support/local-slack.ts';
import { mayRun } from '../support/need.ts';
import { payload } from '../support/payloads.ts';
import { findCommand, freePort, until } from '../support/process.ts';
import { messagesIn, wordsOf } from '../support/slack-person.ts';
import { startLoad } from '../support/webhook-load.ts';

/** A page says that it is late from a minute on. */
const LATE_MS = 62_000;

interface JournalEvent {
  readonly type: string;
  readonly actor: string;
  readonly data: Readonly<Record<string, unknown>>;
}
interface Incident {
  readonly id: string;
  readonly alertname: string;
  readonly severity: string;
  readonly escalation: { readonly nextAt: string | null };
  readonly alerts: ReadonlyArray<{ readonly fingerprint: string }>;
}

describe('stopping and starting the bot', () => {
  let slack: LocalSlack;
  const bots: Bot[] = [];
  /** Killed before two of its levels fell due; started again at the end, when they are late. */
  let killed: Bot;
  let lateFrom: number;

  beforeAll(async () => {
    slack = await startLocalSlack({ users: BOT_USERS, channels: BOT_CHANNELS });
    killed = await newBot({ 'severities.yml': quickLevels() });
    await killed.startReady();
    expect(await killed.post(alertOf('Overdue', 'critical'))).toBe(200);
    await until('the first page', async () => (await pagesFor(ANA)).length === 1);
    await killed.kill();
    const [incident] = (await killed.cliJson('incidents')) as Incident[];
    lateFrom = Date.parse(incident?.escalation.nextAt ?? '') + LATE_MS;
  });
  afterAll(async () => {
    for (const bot of bots) await bot.remove();
    await slack?.stop();
  });

  async function newBot(config: Readonly<Record<string, object>> = {}, slackUrl = slack.url): Promise<Bot> {
    const bot = await createBot({ slackUrl, config });
    bots.push(bot);
    return bot;
  }

  /** Pages in the thread that mention somebody. */
  async function pagesFor(user: string): Promise<string[]> {
    const replies = (await messagesIn(slack.url, OPS)).filter(({ thread_ts: thread }) => thread !== undefined);
    return replies.map(wordsOf).filter((words) => words.includes('please ack') && words.includes(`<@${user}>`));
  }

  async function eventsOf(bot: Bot, type: RegExp): Promise<JournalEvent[]> {
    const events = (await bot.cliJson('journal', 'tail', '-n', '100000')) as JournalEvent[];
    return events.filter((event) => type.test(event.type));
  }

  it('finishes at SIGTERM what it has taken, exits 0, and leaves nothing behind', async () => {
    const bot = await newBot();
    await bot.startReady();
    let serial = 0;
    const load = startLoad<string>({
      url: bot.webhook,
      token: bot.token,
      lanes: 50,
      next: () => {
        serial += 1;
        return { sent: `f${serial}`, body: JSON.stringify(alertOf('Load', 'info', `f${serial}`)) };
      },
      onAnswer: (answered) => {
        if (answered === 150) bot.signal('SIGTERM');
      },
    });

    const { code, seconds } = await bot.ended();
    await load.end();
    console.log(`SIGTERM under load: ended after ${seconds.toFixed(1)} s of at most 10`);

    expect(code).toBe(0);
    expect(seconds).toBeLessThan(10);
    expect(existsSync(bot.socket)).toBe(false);
    expect(processesWith(bot.database)).toEqual([]);
    expect(load.requests.filter(({ status }) => status !== null && status !== 200 && status !== 503)).toEqual([]);
    await bot.startReady();
    await until('the inbox is worked off', async () => (await bot.ready()).body.waiting === 0);
    const stored = ((await bot.cliJson('incidents', '--alerts')) as Incident[]).flatMap(({ alerts }) => alerts);
    const fingerprints = new Set(stored.map(({ fingerprint }) => fingerprint));
    const taken = load.requests.filter(({ status }) => status === 200).map(({ sent }) => sent);
    expect(taken.length).toBeGreaterThanOrEqual(150);
    expect(taken.filter((fingerprint) => !fingerprints.has(fingerprint))).toEqual([]);
    const ends = await eventsOf(bot, /^process\./);
    expect(ends.map(({ type }) => type)).toEqual(['process.started', 'process.stopped', 'process.started']);
    bot.signal('SIGTERM');
    await bot.ended();
    expect(await bot.cliJson('journal', 'verify', '--state')).toMatchObject({ ok: true });
  });

  it('refuses a second bot on the same store, and a second one on the same port, in one line', async () => {
    const bot = await newBot();
    await bot.startReady({ slack: 'any' });
    const elsewhere = join(dirname(bot.database), 'other');

    const sameStore = await bot.startAside({
      GIANNA_HTTP_PORT: '0',
      GIANNA_SOCKET: join(dirname(bot.socket), 'x.sock'),
    });
    const samePort = await bot.startAside({ GIANNA_DATABASE_URL: `sqlite:${join(elsewhere, 'other.db')}` });

    expect({ code: sameStore.code, lines: refusalsIn(sameStore.stderr) }).toEqual({
      code: 1,
      lines: [expect.stringMatching(/^✖ Another gianna-ops is running on the database .*Stop it first/)],
    });
    expect({ code: samePort.code, lines: refusalsIn(samePort.stderr) }).toEqual({
      code: 1,
      lines: [expect.stringMatching(/^✖ Cannot listen on 127\.0\.0\.1:\d+ .*GIANNA_HTTP_PORT/)],
    });
    expect(await bot.post(alertOf('StillThere', 'info'))).toBe(200);
    bot.signal('SIGTERM');
    expect((await bot.ended()).code).toBe(0);
  });

  it('says in one line each what is missing at a start, and what to do', async () => {
    const bot = await newBot();

    const { code, stderr } = await bot.startAside({
      SLACK_BOT_TOKEN: undefined,
      SLACK_APP_TOKEN: undefined,
      GIANNA_WEBHOOK_TOKEN: undefined,
      GIANNA_HTTP_HOST: '0.0.0.0',
      GIANNA_HTTP_PORT: 'eighty',
    });

    const lines = refusalsIn(stderr);
    expect(code).toBe(1);
    for (const [what, remedy] of [
      ['SLACK_BOT_TOKEN', 'xoxb-'],
      ['SLACK_APP_TOKEN', 'connections:write'],
      ['GIANNA_WEBHOOK_TOKEN', 'credentials of the webhook'],
      ['GIANNA_HTTP_PORT', 'correct GIANNA_HTTP_PORT'],
    ] as const) {
      const named = lines.filter((line) => line.startsWith(`✖ ${what}`) || line.startsWith(`✖ neither ${what}`));
      expect(named, `a line about ${what} among ${stderr}`).toHaveLength(1);
      expect(named[0]).toContain(remedy);
    }
    expect(lines).toHaveLength(4);
    expect(existsSync(bot.database)).toBe(false);
  });

  it('names every mistake of a bad configuration with its place, and does not start', async () => {
    const bot = await newBot();
    breakConfig(bot);

    const { code, stderr } = await bot.startAside({});

    const lines = stderr.split('\n').filter((line) => line.startsWith(bot.configFolder));
    expect(code).toBe(1);
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/routes\.yml:\d+:\d+ .*severty.*severity/),
        expect.stringMatching(/oncall\.yml:\d+:\d+ .*nobody/),
      ]),
    );
    expect(stderr).toContain('gianna-ops check');
    expect(existsSync(bot.socket)).toBe(false);
  });

  it('takes a good change at SIGHUP and refuses a bad one, each as an event', async () => {
    const bot = await newBot();
    await bot.startReady({ slack: 'any' });

    bot.configure({ 'routes.yml': routesFile([{ match: { alertname: 'Moved' }, severity: 'P3' }]) });
    bot.signal('SIGHUP');
    const [reloaded] = await until('the change is in force', async () => {
      const events = await eventsOf(bot, /config-reloaded/);
      return events.length > 0 ? events : null;
    });
    await bot.post(alertOf('Moved', 'critical'));
    breakConfig(bot);
    bot.signal('SIGHUP');
    const [refused] = await until('the bad change is refused', async () => {
      const events = await eventsOf(bot, /config-refused/);
      return events.length > 0 ? events : null;
    });
    await bot.post(alertOf('Moved', 'critical', 'second'));

    expect(JSON.stringify(reloaded?.data.changes)).toContain('rout');
    expect(Number(refused?.data.errors)).toBeGreaterThan(0);
    await until('the inbox is worked off', async () => (await bot.ready()).body.waiting === 0);
    const incidents = (await bot.cliJson('incidents')) as Incident[];
    expect(incidents).toMatchObject([{ alertname: 'Moved', severity: 'P3', alerts: { firing: 2 } }]);
    expect((await bot.ready()).status).toBe(200);
    bot.signal('SIGTERM');
    await bot.ended();
  });

  it('is ready while Slack is away, says so, keeps what comes, and catches up', async () => {
    const port = await freePort();
    const bot = await newBot({}, `http://127.0.0.1:${port}`);

    await bot.startReady({ slack: 'any' });
    const away = await bot.ready();
    const status = await bot.post(alertOf('WhileAway', 'warning'));
    const returned = await startLocalSlack({ users: BOT_USERS, channels: BOT_CHANNELS, port });

    try {
      expect(away).toMatchObject({ status: 200, body: { slack: 'down' } });
      expect(status).toBe(200);
      await until('Slack is up', async () => (await bot.ready()).body.slack === 'up', 40_000);
      const parents = await until(
        'the thread is there',
        async () => {
          const found = (await messagesIn(returned.url, OPS)).filter(({ text }) => text.includes('WhileAway'));
          return found.some(({ thread_ts: thread }) => thread === undefined) ? found : null;
        },
        40_000,
      );
      expect(parents.filter(({ thread_ts: thread }) => thread === undefined)).toHaveLength(1);
      bot.signal('SIGTERM');
      expect((await bot.ended()).code).toBe(0);
    } finally {
      await returned.stop();
    }
  });

  it.runIf(mayRun(findCommand('sqlite3') === null ? 'sqlite3 is not installed' : null))(
    'answers 503 within two seconds while another program locks the database, and recovers',
    async () => {
      const bot = await newBot();
      await bot.startReady({ slack: 'any' });
      expect(await bot.post(alertOf('Before', 'info'))).toBe(200);
      await until('the inbox is worked off', async () => (await bot.ready()).body.waiting === 0);

      const lock = await lockDatabase(bot.database);
      const refused = await Promise.all(
        ['a', 'b', 'c'].map(async (fingerprint) => {
          const startedAt = performance.now();
          const answer = await fetch(bot.webhook, {
            method: 'POST',
            headers: { authorization: `Bearer ${bot.token}` },
            body: JSON.stringify(alertOf('Locked', 'info', fingerprint)),
          });
          const seconds = (performance.now() - startedAt) / 1000;
          return { status: answer.status, retryAfter: answer.headers.get('retry-after'), seconds };
        }),
      );
      const ready = await bot.ready();
      const health = await fetch(`${bot.url}/health`);
      await lock.release();

      expect(refused.map(({ status }) => status)).toEqual([503, 503, 503]);
      expect(Number(refused[0]?.retryAfter)).toBeGreaterThan(0);
      expect(Math.min(...refused.map(({ seconds }) => seconds))).toBeLessThan(2);
      expect({ ready: ready.status, health: health.status }).toEqual({ ready: 503, health: 200 });
      await until('it takes payloads again', async () => (await bot.post(alertOf('Locked', 'info'))) === 200);
      await until('it is ready again', async () => (await bot.ready()).status === 200);
      await until('the payload is an incident', async () =>
        ((await bot.cliJson('incidents')) as Incident[]).some(({ alertname }) => alertname === 'Locked'),
      );
      expect(bot.output()).not.toContain('"level":60');
      bot.signal('SIGTERM');
      expect((await bot.ended()).code).toBe(0);
    },
  );

  it('sends what fell due while it was dead once, of several levels the highest, and says that it is late', async () => {
    await until('the levels are late', () => Date.now() > lateFrom, LATE_MS + 20_000);

    await killed.startReady();

    const [page] = await until('the highest level is paged', async () => {
      const pages = await pagesFor(BEN);
      return pages.length > 0 ? pages : null;
    });
    const notice = await until('the restart notice that names the level', async () =>
      (await messagesIn(slack.url, OPS)).find((message) => /GI-1: .*fell due .* ago/.test(wordsOf(message))),
    );
    expect(page).toMatch(/\d+ ?(s|m|min)\b.* late/);
    expect(notice.text).toContain('away since');
    expect(wordsOf(notice)).not.toMatch(/<@|<!(?!date)/);
    killed.signal('SIGTERM');
    await killed.ended();
    expect(await pagesFor(BEN)).toHaveLength(1);
    expect(await pagesFor(ANA)).toHaveLength(1);
    const levels = await eventsOf(killed, /superseded|escalat/);
    expect(JSON.stringify(levels)).toContain('superseded');
    expect(await killed.cliJson('journal', 'verify', '--state')).toMatchObject({ ok: true });
  });
});

/** The lines that refuse; log lines are JSON. */
function refusalsIn(stderr: string): string[] {
  return stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
}

function alertOf(alertname: string, severity: string, fingerprint = alertname): Record<string, unknown> {
  const labels = { alertname, severity, component: 'performance' };
  return payload([{ fingerprint, labels, startsAt: Date.now() }], { groupLabels: { alertname } });
}

/** Misspells a key and names a person that nobody is. */
function breakConfig(bot: Bot): void {
  const file = (name: string) => join(bot.configFolder, name);
  const routes = readFileSync(file('routes.yml'), 'utf8');
  writeFileSync(file('routes.yml'), routes.replace('severity: P1', 'severty: P1'));
  const oncall = readFileSync(file('oncall.yml'), 'utf8');
  writeFileSync(file('oncall.yml'), oncall.replace(/- ben\b/, '- nobody'));
}

/** The shipped matrix, with a P1 whose levels follow each other in seconds. */
function quickLevels(): object {
  const shipped = fileURLToPath(new URL('../../config/severities.yml', import.meta.url));
  const matrix = parse(readFileSync(shipped, 'utf8')) as Record<string, object>;
  const levels = [
    { after: '0m', notify: ['schedule:primary'], by: ['thread'] },
    { after: '8s', notify: ['schedule:primary'], by: ['thread'] },
    { after: '10s', notify: ['schedule:backup'], by: ['thread'] },
  ];
  return { ...matrix, P1: { ...matrix.P1, levels } };
}

/** Processes of this machine whose environment names the store. */
function processesWith(database: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(database);
    } catch {
      return false;
    }
  });
}
