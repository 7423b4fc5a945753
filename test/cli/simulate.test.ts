import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXAMPLES, EXAMPLES_ENV } from '../core/config/folder.ts';
import { callCli } from './call.ts';
import { type RunningBot, startRunningBot } from './running-bot.ts';

const env = { ...EXAMPLES_ENV, GIANNA_CONFIG: EXAMPLES, GIANNA_SOCKET: '/nonexistent/ops.sock' };

describe('simulate', () => {
  let bot: RunningBot;
  beforeAll(async () => {
    bot = await startRunningBot();
  });
  afterAll(() => bot.stop());

  it('prints rows as JSON by the configuration folder when no bot runs', async () => {
    const argv = ['simulate', '--severity', 'P0', '--at', '2026-11-23 10:00 America/Sao_Paulo', '--json'];

    const { code, out } = await callCli(argv, env);

    expect(code).toBe(0);
    const rows = JSON.parse(out) as Array<Record<string, unknown>>;
    expect(rows[0]).toMatchObject({
      at: '2026-11-23T13:00:00.000Z',
      afterSeconds: 0,
      level: 1,
      target: 'schedule:primary',
      person: 'ana',
      by: expect.arrayContaining(['dm', 'thread']),
      reason: expect.stringContaining('on call in primary'),
    });
  });

  it('tells people how a wall time was read that does not exist', async () => {
    const { out } = await callCli(['simulate', '--severity', 'p0', '--at', '2027-03-28 01:30 Europe/Lisbon'], env);

    expect(out).toMatch(/^2027-03-28 01:30 does not exist in Europe\/Lisbon/);
    expect(out).toContain('+5m      2027-03-28 01:05:00 UTC  level 2\n');
    expect(out).toContain('exhausted');
  });

  it('asks the running bot', async () => {
    const { out } = await callCli(['simulate', '--severity', 'P1', '--ack-after', '7m'], bot.env);

    expect(out).toContain('P1 from 2026-11-23 13:00:00 UTC, respond by 2026-11-23 14:00:00 UTC');
    expect(out).toContain('+7m      2026-11-23 13:07:00 UTC  ack: acknowledged: every page stops');
    expect(out).toContain('+4h7m');
  });

  it('says that a P3 pages nobody', async () => {
    const { out } = await callCli(['simulate', '--severity', 'P3'], bot.env);

    expect(out).toContain('Nobody is paged: the daily digest tells it.');
  });

  it('is refused without a severity, and misuse with a time that is none or two answers', async () => {
    const none = await callCli(['simulate'], bot.env);
    const time = await callCli(['simulate', '--severity', 'P0', '--at', 'soon'], bot.env);
    const both = await callCli(['simulate', '--severity', 'P0', '--nobody-answers', '--ack-after', '7m'], bot.env);

    expect([none.code, time.code, both.code]).toEqual([1, 2, 2]);
    expect(none.err).toContain('Name one');
    expect(time.err).toContain('It is a time like');
    expect(both.err).toContain('cannot be used with');
  });
});
