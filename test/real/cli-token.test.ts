import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANA, BOT_CHANNELS, BOT_USERS, OPS } from '../support/bot-config.ts';
import { type Bot, createBot } from '../support/bot-process.ts';
import { control, type LocalSlack, startLocalSlack } from '../support/local-slack.ts';
import { until } from '../support/process.ts';
import { messagesIn, wordsOf } from '../support/slack-person.ts';

const TOKEN = /gops_([0-9a-f]{10})_[\w-]{43}/;

describe('a person on the command line', () => {
  let slack: LocalSlack;
  let bot: Bot;
  beforeAll(async () => {
    slack = await startLocalSlack({ users: BOT_USERS, channels: BOT_CHANNELS });
    bot = await createBot({ slackUrl: slack.url });
    await bot.startReady();
  });
  afterAll(async () => {
    await bot.remove();
    await slack.stop();
  });

  it('is themselves with a token of /gianna cli-token, until it is revoked', async () => {
    await control(slack.url, 'command', { channel: OPS, user: ANA, command: '/gianna', text: 'cli-token --for 1h' });
    const shown = () => messagesIn(slack.url, OPS).then((all) => TOKEN.exec(all.map(wordsOf).join('\n')));
    const [token = '', id = ''] = await until('the token', shown);
    const file = join(bot.environment.HOME ?? '', '.config/gianna-ops/token');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${token}\n`);
    chmodSync(file, 0o600);

    const known = await bot.cliJson('cli-token');
    const approving = await bot.cli('approve', 'RUN-1', '--hash', '0123456789ab');
    const revoked = await bot.cli('cli-token', 'revoke', id);
    const after = await bot.cli('incidents');

    expect(known).toMatchObject({ actor: `slack:${ANA}`, token: id, roles: expect.arrayContaining(['responder']) });
    expect(approving.stderr).toContain('There is no run "RUN-1"');
    expect(revoked.code).toBe(0);
    expect([after.code, after.stdout]).toEqual([1, '']);
    expect(after.stderr).toContain(`Token ${id} was revoked`);
    const stored = ['', '-wal'].map((end) => readFileSync(`${bot.database}${end}`, 'latin1')).join('');
    expect(stored + bot.output()).not.toContain(token.slice(-43));
  });
});
