import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { systemClock } from '../../src/core/clock.ts';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import { BOT_CHANNELS, BOT_USERS, routesFile } from '../support/bot-config.ts';
import { type Bot, createBot } from '../support/bot-process.ts';
import { silentLogger } from '../support/journal.ts';
import { type LocalSlack, startLocalSlack } from '../support/local-slack.ts';
import { mayRun } from '../support/need.ts';
import { bytesOf, payload } from '../support/payloads.ts';
import { findCommand, until } from '../support/process.ts';

const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const DOWN = { alertname: 'GiannaServiceDown', severity: 'critical', component: 'application' };
const MISSES = { alertname: 'CacheMisses', severity: 'warning', component: 'cache' };
const HOUR = 3600_000;
const WEEK_PAYLOADS = 3000;

interface Replay {
  readonly changed: boolean;
  readonly before: { readonly pages: number; readonly commands: { replayed: number; unfit: number } };
  readonly pages: Record<'appear' | 'vanish', ReadonlyArray<{ alertname: string; to: string; means: string }>>;
  readonly incidents: Record<'change', ReadonlyArray<{ what: readonly string[] }>>;
}

describe('replay on the store of the built bot', () => {
  let slack: LocalSlack;
  let bot: Bot;
  let changed: string;

  beforeAll(async () => {
    slack = await startLocalSlack({ users: BOT_USERS, channels: BOT_CHANNELS });
    bot = await createBot({ slackUrl: slack.url });
    changed = join(mkdtempSync(join(tmpdir(), 'gianna-changed-')), 'config');
    cpSync(bot.configFolder, changed, { recursive: true });
    const louder = routesFile([{ match: { alertname: 'CacheMisses' }, severity: 'P0' }]);
    writeFileSync(join(changed, 'routes.yml'), stringify(louder));
    await bot.startReady();
    const now = Date.now();
    expect(await bot.post(payload([{ fingerprint: 'a', labels: DOWN, startsAt: now }]))).toBe(200);
    expect(await bot.post(payload([{ fingerprint: 'b', labels: MISSES, startsAt: now }]))).toBe(200);
    await until('both incidents are there', async () => {
      return ((await bot.cliJson('incidents')) as readonly object[]).length === 2;
    });
    expect((await bot.cli('ack', 'GI-1')).code).toBe(0);
  });
  afterAll(async () => {
    await bot?.remove();
    await slack?.stop();
    rmSync(join(changed, '..'), { recursive: true, force: true });
  });

  const storedBytes = () =>
    ['', '-wal'].map((suffix) => {
      const file = `${bot.database}${suffix}`;
      return createHash('sha256')
        .update(existsSync(file) ? readFileSync(file) : '')
        .digest('hex');
    });

  it('runs beside the bot, finds nothing under the configuration in force, and does again what people did', async () => {
    const replay = (await bot.cliJson('replay', '--config', bot.configFolder)) as Replay;

    expect(replay.changed).toBe(false);
    expect(replay.before.pages).toBeGreaterThan(2);
    expect(replay.before.commands).toEqual({ replayed: 1, unfit: 0 });
    expect((await bot.ready()).status).toBe(200);
  });

  it('names what appears under a changed configuration, and fails for CI when it is asked to', async () => {
    const replay = (await bot.cliJson('replay', '--config', changed, '--since', '1d')) as Replay;
    const people = await bot.cli('replay', '--config', changed);
    const ci = await bot.cli('replay', '--config', changed, '--fail-on-change');
    const same = await bot.cli('replay', '--config', bot.configFolder, '--fail-on-change');

    expect(replay.pages.appear).toContainEqual(
      expect.objectContaining({ alertname: 'CacheMisses', to: 'ana', means: 'dm' }),
    );
    expect(replay.incidents.change.map(({ what }) => what)).toEqual([['severity']]);
    expect(people.stdout).toContain('Something changes.');
    expect(people.stdout).toMatch(/^ {2}\+ .* P0 ana by dm \(level 1\): CacheMisses in ops$/m);
    expect([people.code, ci.code, same.code]).toEqual([0, 1, 0]);
  });

  it('refuses a configuration with errors, and says where to look', async () => {
    writeFileSync(join(changed, 'severities.yml'), 'P0: {}\n');

    const { code, stderr } = await bot.cli('replay', '--config', changed);
    cpSync(join(bot.configFolder, 'severities.yml'), join(changed, 'severities.yml'));

    expect(code).toBe(1);
    expect(stderr).toContain(`GIANNA_CONFIG=${changed} gianna-ops check`);
  });

  describe.runIf(mayRun(findCommand('strace') === null ? 'strace is not installed' : null))('without a bot', () => {
    it('opens no connection and changes no byte of the store', async () => {
      bot.signal('SIGTERM');
      await bot.ended();
      const before = storedBytes();
      const trace = join(changed, '..', 'trace');

      const argv = ['-f', '-e', 'trace=%network', '-o', trace, process.execPath, program];
      const done = await new Promise<{ code: number | string | null | undefined; stdout: string }>((resolve) => {
        const settings = { env: { ...bot.environment }, timeout: 110_000 };
        execFile('strace', [...argv, 'replay', '--config', changed, '--json'], settings, (error, stdout) => {
          resolve({ code: error === null ? 0 : error.code, stdout });
        });
      });

      expect(done.code).toBe(0);
      expect((JSON.parse(done.stdout) as Replay).changed).toBe(true);
      const calls = readFileSync(trace, 'utf8');
      expect(calls).not.toMatch(/\b(connect|sendto|sendmsg|bind|listen)\(/);
      expect(storedBytes()).toEqual(before);
    });
  });

  it(`takes a week of ${WEEK_PAYLOADS} payloads through both configurations in seconds to a minute`, async () => {
    if (bot.isRunning()) {
      bot.signal('SIGTERM');
      await bot.ended();
    }
    await fillWeek(bot.database);
    const startedAt = performance.now();

    const replay = (await bot.cliJson('replay', '--config', changed, '--since', '8d')) as Replay;

    const seconds = (performance.now() - startedAt) / 1000;
    console.log(`replay of ${WEEK_PAYLOADS} payloads, twice: ${seconds.toFixed(1)} s, ${replay.before.pages} pages`);
    expect(replay.before.pages).toBeGreaterThan(20);
    expect(seconds).toBeLessThan(100);
  });
});

/** Payloads of ten alerts that come and go, over seven days that end now. */
async function fillWeek(path: string): Promise<void> {
  const journal = await openSqliteJournal({ path, clock: systemClock, logger: silentLogger });
  const end = Date.now() - HOUR;
  const puts = Array.from({ length: WEEK_PAYLOADS }, (_each, index) => {
    const receivedAt = end - Math.floor(((WEEK_PAYLOADS - index) / WEEK_PAYLOADS) * 7 * 24 * HOUR);
    const which = index % 10;
    const status = Math.floor(index / 10) % 2 === 0 ? 'firing' : 'resolved';
    const labels = { alertname: `Alert${which}`, severity: which < 2 ? 'critical' : 'warning' };
    const alert = {
      fingerprint: `w${which}`,
      labels,
      status,
      startsAt: receivedAt - 1000,
      endsAt: receivedAt,
    } as const;
    const row = { lane: 'machines', source: 'alertmanager', key: `week-${index}`, receivedAt } as const;
    return journal.put({ ...row, body: bytesOf(payload([alert])) });
  });
  await Promise.all(puts);
  await journal.close();
}
