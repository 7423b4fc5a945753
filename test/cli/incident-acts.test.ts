import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callCli } from './call.ts';
import { type RunningBot, startRunningBot } from './running-bot.ts';

describe('the CLI acts on incidents', () => {
  let bot: RunningBot;
  beforeEach(async () => {
    bot = await startRunningBot();
  });
  afterEach(() => bot.stop());

  it.each([
    [['note', '7', 'pool is full'], { verb: 'note', incident: 'GI-7', args: { text: 'pool is full' } }],
    [
      ['severity', 'gi-7', 'P0', '--reason', 'all of them'],
      { verb: 'severity', incident: 'GI-7', args: { to: 'P0', reason: 'all of them' } },
    ],
    [['assign', 'GI-7', 'ana'], { verb: 'assign', incident: 'GI-7', args: { to: 'ana' } }],
    [
      ['snooze', 'GI-7', '1h30m', '--reason', 'later'],
      { verb: 'snooze', incident: 'GI-7', args: { seconds: 5400, reason: 'later' } },
    ],
    [['unsnooze', 'GI-7'], { verb: 'unsnooze', incident: 'GI-7', args: {} }],
    [['reopen', 'GI-7', '--reason', 'again'], { verb: 'reopen', incident: 'GI-7', args: { reason: 'again' } }],
    [
      ['merge', 'GI-7', '3', '--reason', 'same'],
      { verb: 'merge', incident: 'GI-7', args: { into: 'GI-3', reason: 'same' } },
    ],
    [['unmerge', 'GI-7'], { verb: 'unmerge', incident: 'GI-7', args: {} }],
    [
      ['split', 'GI-7', 'f1', 'f2', '--reason', 'other'],
      { verb: 'split', incident: 'GI-7', args: { fingerprints: ['f1', 'f2'], reason: 'other' } },
    ],
  ])('incidents %j', async (argv, command) => {
    const { code, out } = await callCli(['incidents', ...argv], bot.env);

    expect([code, out]).toEqual([0, 'GI-1 is yours.\n']);
    expect(bot.commands).toMatchObject([{ v: 1, by: 'local', via: 'cli', ...command }]);
  });

  it('names the new incident that was opened', async () => {
    bot.decide({ kind: 'done', text: 'GI-9 opened (P1).', incident: 'GI-9' });

    const argv = [
      'open',
      'Nobody can log in',
      '--severity',
      'P1',
      '--service',
      'gianna',
      '--description',
      'since noon',
    ];
    const { code, out } = await callCli(['incidents', ...argv, '--json'], bot.env);

    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ incident: 'GI-9', outcome: 'done', text: 'GI-9 opened (P1).' });
    expect(bot.commands[0]).toMatchObject({
      verb: 'open',
      args: { title: 'Nobody can log in', severity: 'P1', service: 'gianna', description: 'since noon' },
    });
    expect(bot.commands[0]).not.toHaveProperty('incident');
  });

  it.each([
    [['severity', 'GI-7', 'P0'], 'required option'],
    [['snooze', 'GI-7', 'soon', '--reason', 'x'], 'It is a duration like 30m or 4h.'],
    [['split', 'GI-7', '--reason', 'x'], 'fingerprints'],
    [['merge', 'GI-7', 'that one', '--reason', 'x'], 'It is an id like GI-1.'],
    [['open', 'Nobody can log in'], 'required option'],
  ])('incidents %j is misuse', async (argv, message) => {
    const { code, err } = await callCli(['incidents', ...argv], bot.env);

    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(bot.commands).toEqual([]);
  });

  it('still lists and shows incidents', async () => {
    const list = await callCli(['incidents'], bot.env);
    const one = await callCli(['incidents', 'GI-7'], bot.env);

    expect(list).toMatchObject({ code: 0, out: 'All quiet: no incident is open or ended lately.\n' });
    expect(one.code).toBe(1);
  });
});
