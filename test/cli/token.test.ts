import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeToken } from '../../src/oncall/tokens/token-text.ts';
import { callCli } from './call.ts';
import { type RunningBot, startRunningBot } from './running-bot.ts';

const ANA = 'slack:U01ONCALL';

describe('who calls', () => {
  let bot: RunningBot;
  let home: string;
  beforeEach(async () => {
    bot = await startRunningBot();
    home = mkdtempSync(join(tmpdir(), 'gianna-home-'));
  });
  afterEach(async () => {
    await bot.stop();
    rmSync(home, { recursive: true, force: true });
  });

  const call = (argv: readonly string[], token?: string) =>
    callCli(argv, { ...bot.env, ...(token === undefined ? {} : { GIANNA_CLI_TOKEN: token }) });
  function keepAtHome(text: string, mode: number): string {
    mkdirSync(join(home, '.config/gianna-ops'), { recursive: true });
    const path = join(home, '.config/gianna-ops/token');
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  }

  it('is local without a token', async () => {
    const { code, out } = await call(['cli-token', '--json']);

    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ actor: 'local', token: null, roles: [], expiresAt: null });
  });

  it('is whose token it is, with the roles of now and the end of it', async () => {
    const { code, out } = await call(['cli-token'], bot.token(ANA));

    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/^slack:U01ONCALL {2}viewer, responder {2}token [0-9a-f]{10}, good until 2026-11-24/),
    ]);
  });

  it('is read from a file that a variable names', async () => {
    const path = join(home, 'secret');
    writeFileSync(path, `${bot.token(ANA)}\n`);

    await callCli(['ack', 'GI-1'], { ...bot.env, GIANNA_CLI_TOKEN_FILE: path });

    expect(bot.commands).toMatchObject([{ verb: 'ack', by: ANA, via: 'cli' }]);
  });

  it('is read from the home folder when no variable names one', async () => {
    keepAtHome(`${bot.token(ANA)}\n`, 0o600);

    await callCli(['ack', 'GI-1'], { ...bot.env, HOME: home });

    expect(bot.commands).toMatchObject([{ verb: 'ack', by: ANA }]);
  });

  it.each([0o644, 0o640, 0o604, 0o660])(
    'is nobody when others can read the file (mode %o): it says so and does nothing',
    async (mode) => {
      const path = keepAtHome(bot.token(ANA), mode);

      const { code, err } = await callCli(['ack', 'GI-1'], { ...bot.env, HOME: home });

      expect(code).toBe(1);
      expect(err).toContain(`chmod 600 ${path}`);
      expect(bot.commands).toEqual([]);
    },
  );

  it.each<[string, (bot: RunningBot) => string, string]>([
    ['expired', (of) => of.token(ANA, { expiresAt: 1 }), 'expired'],
    ['was revoked', (of) => of.token(ANA, { revoked: { at: 1, by: ANA } }), 'was revoked'],
    ['is not known', () => makeToken().text, 'does not know that token'],
    ['is none', () => 'hunter2-hunter2', 'is no token'],
    ['has a line break', (of) => `${of.token(ANA)}\nX: y`, 'is no token'],
  ])('is never taken for local with a token that %s, reading included', async (_name, tokenOf, words) => {
    const token = tokenOf(bot);

    for (const argv of [['ack', 'GI-1'], ['runs'], ['cli-token']]) {
      const { code, out, err } = await call(argv, token);

      expect([code, out]).toEqual([1, '']);
      expect(err).toContain(words);
      expect(err).not.toContain(token.slice(0, 20));
    }
    expect(bot.commands).toEqual([]);
  });

  it('has on the command line the rights of that account in Slack, in the channel of the incident', async () => {
    const asked: Array<[string, string | null]> = [];
    bot.may = (right, channel) => {
      asked.push([right, channel]);
      return channel === 'security';
    };
    const token = bot.token(ANA);

    const refused = await call(['ack', 'GI-1'], token);
    const taken = await call(['ack', 'GI-5'], token);
    const drill = await call(['drill', '--severity', 'P1'], token);

    expect([refused.code, taken.code, drill.code]).toEqual([1, 0, 1]);
    expect(refused.err).toContain('To ack needs the role responder. Nothing was done.');
    expect(asked).toEqual([
      ['R1', null],
      ['R1', 'security'],
      ['drill', null],
    ]);
    expect(bot.commands).toMatchObject([{ verb: 'ack', incident: 'GI-5', by: ANA }]);
  });

  it.each([
    [['approve', 'RUN-1', '--hash', 'abc'], { verb: 'approve', run: 'RUN-1', args: { planHash: 'abc' } }],
    [['deny', '1', '--reason', 'not now'], { verb: 'deny', run: 'RUN-1', args: { reason: 'not now' } }],
  ])('may %j with a token, and never without one', async (argv, command) => {
    bot.end({ by: ANA });
    const local = await call(argv);
    const known = await call(argv, bot.token(ANA));

    expect([local.code, known.code]).toEqual([1, 0]);
    expect(local.err).toContain('/gianna cli-token');
    expect(bot.commands).toMatchObject([{ ...command, by: ANA, via: 'cli' }]);
  });

  it('withdraws without a token what was asked for without one', async () => {
    bot.end({ by: 'local' });

    const { code } = await call(['deny', 'RUN-1', '--reason', 'not needed']);

    expect(code).toBe(0);
    expect(bot.commands).toMatchObject([{ verb: 'deny', run: 'RUN-1', by: 'local', args: { reason: 'not needed' } }]);
  });

  it.each([
    ...['stop', 'abort', 'continue', 'skip', 'resume', 'undo', 'abandon'].map(
      (verb) =>
        [['runs', verb, 'RUN-1', '--reason', 'enough'], { verb, run: 'RUN-1', args: { reason: 'enough' } }] as const,
    ),
    [['runs', 'stop', '7'], { verb: 'stop', run: 'RUN-7', args: {} }],
    [
      ['runs', 'break-glass', 'RUN-1', '--reason', 'nobody answers'],
      { verb: 'break-glass', run: 'RUN-1', args: { reason: 'nobody answers' } },
    ],
    [['leases', 'renew', 'lease-2', '--for', '1h'], { verb: 'renew', args: { lease: 'LEASE-2', seconds: 3600 } }],
    [
      ['runbook', 'run', 'restart', 'service=gianna', '--dry-run'],
      { verb: 'run', args: { runbook: 'restart', parameters: { service: 'gianna' }, dryRun: true } },
    ],
  ] as const)('may %j as local', async (argv, command) => {
    const { code } = await call(argv);

    expect(code).toBe(0);
    expect(bot.commands).toEqual([expect.objectContaining({ by: 'local', ...command })]);
  });

  it.each([['deny', 'RUN-1'], ['runs', 'break-glass', 'RUN-1'], ['leases', 'renew', 'LEASE-1'], ['approve']])(
    'is told by %j what is missing',
    async (...argv) => {
      const { code } = await call(argv);

      expect([code, bot.commands]).toEqual([2, []]);
    },
  );

  it('lists rules that run of themselves: why one is off, its budget, what it does now', async () => {
    const { out } = await call(['remediation']);

    expect(out.split('\n')[1]).toMatch(/^warm-cache +switched itself off +restart +1 of 2 +3 of 3 +7 +RUN-9 for GI-1$/);
  });

  it('reads what a run wrote down, and what holds until a time, without what could steer a terminal', async () => {
    const log = await call(['runs', 'RUN-1', '--log']);
    const none = await call(['runs', 'RUN-9', '--log']);
    const leases = await call(['leases']);

    expect([log.code, log.out]).toEqual([0, 'first line\nsecond line\n']);
    expect(none.code).toBe(1);
    expect(leases.out).toContain('maintenance page');
    expect(leases.out + log.out).not.toContain('\u001b');
  });

  it('shows the plan in place of agreeing to it unseen, with how to agree', async () => {
    const { code, out, err } = await call(['approve', 'RUN-1'], bot.token(ANA));

    expect(code).toBe(1);
    expect(out).toBe(
      [
        'rotate-secret · R3 · plan 0123456789ab',
        '  service: gianna',
        '  password: the value of DB_PASSWORD',
        'Cannot run now',
        '  already running: RUN-7',
        'Targets',
        '  gianna on docker-1: 3f2a91c04d1e',
        'Steps',
        '  1. restart: POST /containers/3f2a/restart',
        '     It stops and starts.',
        '     nothing takes it back',
        'Proof afterwards',
        '  proof: GET /health',
        'Who must agree',
        '  a second person, because its risk is R3',
        '',
      ].join('\n'),
    );
    expect(err).toContain('gianna-ops approve RUN-1 --hash 0123456789ab');
    expect((await call(['runs', 'RUN-1', '--plan'])).out).toBe(out);
    expect(bot.commands).toEqual([]);
  });

  it('takes a token back by its public id', async () => {
    await call(['cli-token', 'revoke', '3f2a91c04d']);

    expect(bot.commands).toMatchObject([{ verb: 'cli-token-revoke', by: 'local', args: { id: '3f2a91c04d' } }]);
  });
});
