import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BOT_CHANNELS, BOT_USERS, OPS } from '../support/bot-config.ts';
import { type Bot, createBot } from '../support/bot-process.ts';
import { type LocalSlack, startLocalSlack } from '../support/local-slack.ts';
import { until } from '../support/process.ts';
import { openReportsWorld } from '../support/reports-world.ts';
import { messagesIn, type SeenMessage, wordsOf } from '../support/slack-person.ts';
import { type SlackProxy, startSlackProxy } from '../support/slack-proxy/proxy.ts';

const HOUR = 3600_000;
const DAY = 24 * HOUR;
const SENT_WITHIN_MS = 90_000;

interface Asked {
  readonly digests: number;
  readonly weeklies: number;
}

/** The store of ten days in which every day something opened no thread, and something else was resolved. Nothing of it was sent. */
async function tenDays(path: string): Promise<Asked> {
  const startAt = Date.now() - 10 * DAY;
  const world = await openReportsWorld({ startAt });
  for (let day = 0; day < 9; day += 1) {
    const info = { alertname: `Usage<!channel>${day}`, severity: 'info' };
    await world.deliver([{ fingerprint: `i${day}`, labels: info, startsAt: world.clock.now() }]);
    const down = { alertname: `Down${day}`, severity: 'critical' };
    await world.deliver([{ fingerprint: `d${day}`, labels: down, startsAt: world.clock.now() }]);
    await world.passTo(world.clock.now() + HOUR);
    const ended = { status: 'resolved', endsAt: world.clock.now() } as const;
    await world.deliver([{ fingerprint: `d${day}`, labels: down, startsAt: world.clock.now() - HOUR, ...ended }]);
    await world.ask('resolve', `GI-${2 * day + 2}`);
    await world.passTo(startAt + (day + 1) * DAY);
  }
  await world.passTo(Date.now());
  const keys = (await world.notices()).map(({ key }) => key);
  const count = (report: string) => keys.filter((key) => key.includes(report)).length;
  const asked = { digests: count('daily-digest'), weeklies: count('weekly-report') };
  await world.journal().close();
  mkdirSync(dirname(path), { recursive: true });
  copyFileSync(world.path(), path);
  for (const side of ['-wal', '-owner'])
    if (existsSync(world.path() + side)) copyFileSync(world.path() + side, path + side);
  return asked;
}

describe('reports of the built bot, in Slack', () => {
  let slack: LocalSlack;
  let proxy: SlackProxy;
  let bot: Bot;
  let asked: Asked;
  beforeAll(async () => {
    slack = await startLocalSlack({ users: BOT_USERS, channels: BOT_CHANNELS });
    proxy = await startSlackProxy({ upstream: slack.url, limits: 'off' });
    bot = await createBot({ slackUrl: proxy.url });
    asked = await tenDays(bot.database);
    await bot.startReady();
  });
  afterAll(async () => {
    await bot?.remove();
    await proxy?.stop();
    await slack?.stop();
  });

  const told = async (word: string): Promise<SeenMessage[]> =>
    (await messagesIn(slack.url, OPS)).filter(
      ({ text, thread_ts: thread }) => thread === undefined && text.startsWith(word),
    );

  it('tell the week with its chart, once, and its numbers in words for who cannot see it', async () => {
    const reports = await until(
      'the weekly reports are there',
      async () => {
        const found = await told('Week of');
        return found.length === asked.weeklies && found;
      },
      SENT_WITHIN_MS,
    );

    const blocks = reports.flatMap(({ blocks: own = [] }) => own) as unknown as ReadonlyArray<Record<string, unknown>>;
    const alts = blocks.flatMap(({ type, alt_text: alt }) => (type === 'image' ? [String(alt)] : []));
    expect(alts).toHaveLength(asked.weeklies);
    expect(alts[0]).toMatch(/^Bar chart of incidents opened per day, Mon .* to Sun .*: Mon .* \d+/);
    expect(reports.map(wordsOf).join()).toContain('Time to resolve, median (p90): P1 1h (1h) of');
  });

  it('tell what opened no thread, with the hash of the journal, and mention nobody', async () => {
    const digests = await until(
      'the digests are there',
      async () => {
        const found = await told('Daily digest');
        return found.length === asked.digests && found;
      },
      SENT_WITHIN_MS,
    );

    const words = digests.map(wordsOf).join('\n');
    expect(words).toMatch(/Journal: event \d+, hash [0-9a-f]{64}/);
    expect(words).not.toMatch(/<!|<@/);
    expect(new Set(digests.map(wordsOf)).size).toBe(digests.length);
  });

  it('are told once: a restart tells none of them again', async () => {
    const before = [(await told('Week of')).length, (await told('Daily digest')).length];
    bot.signal('SIGTERM');
    await bot.ended();
    await bot.startReady();
    await until('what came with the start was told', async () => (await bot.cliJson('stats')) !== null);

    expect([(await told('Week of')).length, (await told('Daily digest')).length]).toEqual(before);
    expect(before).toEqual([asked.weeklies, asked.digests]);
  });

  it('count in the command line what the weekly report says', async () => {
    const stats = (await bot.cliJson('stats', '--since', '30d')) as { times: { resolve: { P1: { n: number } } } };

    expect(stats.times.resolve.P1.n).toBe(9);
  });
});
