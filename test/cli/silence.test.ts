import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSilenceRoom } from '../support/silence-desk.ts';
import { callCli } from './call.ts';
import { type RunningBot, SILENCE, startRunningBot } from './running-bot.ts';

const ADD = ['silence', 'add', 'alertname=HighErrorRate', 'service=gianna', '--for', '2h', '--reason', 'a known cause'];

describe('silence, with a running bot', () => {
  let bot: RunningBot;
  beforeEach(async () => {
    bot = await startRunningBot();
    bot.decide({ kind: 'done', text: 'SIL-1 …', silence: 'SIL-1' });
  });
  afterEach(() => bot.stop());

  it('shows what it would mute before it asks for it, and then what was made', async () => {
    const { code, out } = await callCli([...ADD, '--incident', 'GI-1', '--author', 'ana'], bot.env);

    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      'Mutes nothing now.',
      'In the last 7 days it would have muted nothing.',
      'Longest for P2: 1d.',
      '',
      'SIL-1  active  until 2026-11-23 15:00:00 UTC',
      'by ana (command line): a known cause',
      'matchers alertname="HighErrorRate"',
      'incident GI-1  service gianna  in Alertmanager 3c540eab-a416-46bb-b710-99b5a6f55886',
      'mutes now 2 P2',
      '',
    ]);
    const matchers = [
      { name: 'alertname', value: 'HighErrorRate', isRegex: false, isEqual: true },
      { name: 'service', value: 'gianna', isRegex: false, isEqual: true },
    ];
    const args = { matchers, seconds: 7200, reason: 'a known cause', author: 'ana' };
    expect(bot.commands).toMatchObject([{ verb: 'silence', by: 'local', via: 'cli', incident: 'GI-1', args }]);
  });

  it('asks for nothing with --dry-run', async () => {
    const { code, out } = await callCli([...ADD, '--dry-run', '--json'], bot.env);

    expect([code, JSON.parse(out)]).toMatchObject([0, { severity: 'P2', refused: null }]);
    expect(bot.commands).toEqual([]);
  });

  it('says why it is refused and what to narrow, with exit 1, and asks for nothing', async () => {
    const refused = { field: 'matchers', code: 'WOULD_MUTE_P0', text: 'It would mute a P0.', remedy: 'Narrow it.' };
    bot.foresee({ refused, longestSeconds: 0, lines: ['Mutes 1 alert now (1 P0) in GI-1.'] });

    const human = await callCli(ADD, bot.env);
    const json = await callCli([...ADD, '--json'], bot.env);
    const dry = await callCli([...ADD, '--dry-run'], bot.env);

    expect(human).toEqual({
      code: 1,
      out: '',
      err: '✖ It would mute a P0. Mutes 1 alert now (1 P0) in GI-1.\n  Narrow it.\n',
    });
    expect(JSON.parse(json.err)).toMatchObject({ error: { code: 'WOULD_MUTE_P0', remedy: 'Narrow it.' } });
    expect(dry).toEqual({
      code: 1,
      out: 'Mutes 1 alert now (1 P0) in GI-1.\nRefused: It would mute a P0.\n  Narrow it.\n',
      err: '',
    });
    expect(bot.commands).toEqual([]);
  });

  it('says that a second person must agree, and as what it was asked for', async () => {
    bot.foresee({ second: { because: 'It would mute a P0.', remedy: 'Narrow it.', shown: ['P0 ApiDown'] }, lines: [] });
    bot.decide({ kind: 'done', text: 'RUN-7: waits for a second person.', run: 'RUN-7' });

    const { code, out } = await callCli(ADD, bot.env);

    expect(code).toBe(0);
    expect(out).toContain('Needs a second person: It would mute a P0.');
    expect(out).toContain('Asked for approval as RUN-7; nothing is silenced before a second person agrees.');
  });

  it('extends and lifts by SIL-1, 1 or the id of Alertmanager', async () => {
    await callCli(['silence', 'extend', 'sil-1', '--for', '90m'], bot.env);
    await callCli(['silence', 'lift', '1'], bot.env);
    await callCli(['silence', 'lift', '3C540EAB-a416-46bb-b710-99b5a6f55886'], bot.env);

    expect(bot.commands.map(({ verb, args }) => [verb, args])).toEqual([
      ['silence-extend', { id: 'SIL-1', seconds: 5400 }],
      ['lift', { id: 'SIL-1' }],
      ['lift', { id: '3c540eab-a416-46bb-b710-99b5a6f55886' }],
    ]);
  });

  it('lists what is silenced, and makes foreign text harmless', async () => {
    const human = await callCli(['silence', 'list'], bot.env);
    const json = await callCli(['silence', 'list', '--json'], bot.env);
    const one = await callCli(['silence', 'show', 'SIL-1'], bot.env);
    const none = await callCli(['silence', 'show', 'SIL-2'], bot.env);

    expect(human.out).toContain('SIL-1  2026-11-23 15:00:00 UTC  ana (command line)  2 P2');
    expect(human.out + one.out).not.toContain('\u001b');
    expect(JSON.parse(json.out)).toEqual([SILENCE]);
    expect([none.code, none.err]).toEqual([
      1,
      '✖ There is no silence SIL-2.\n  List them with: gianna-ops silence list\n',
    ]);
  });

  it.each([
    ['a matcher that is none', ['silence', 'add', 'nonsense', '--for', '1h', '--reason', 'why'], 1, 'is no matcher'],
    ['a duration that is none', ['silence', 'add', 'a=b', '--for', 'long', '--reason', 'why'], 2, 'It is a duration'],
    ['no duration', ['silence', 'add', 'a=b', '--reason', 'why'], 2, "required option '--for <duration>'"],
    ['no reason', ['silence', 'add', 'a=b', '--for', '1h'], 2, "required option '--reason <text>'"],
    ['an id that is none', ['silence', 'lift', 'SIL-x'], 2, 'It is an id like SIL-1'],
  ])('says what is wrong with %s', async (_name, argv, expected, said) => {
    const { code, err } = await callCli(argv, bot.env);

    expect(code).toBe(expected);
    expect(err).toContain(said);
    expect(bot.commands).toEqual([]);
  });
});

describe('silence, without a bot', () => {
  it('lists from the store what was made here, and changes nothing', async () => {
    const room = await openSilenceRoom();
    await room.silence('alertname=X', { seconds: 3600 });
    await room.settled();
    const env = { GIANNA_SOCKET: '/nonexistent/ops.sock', GIANNA_DATABASE_URL: `sqlite:${room.path()}` };

    const list = await callCli(['silence', 'list', '--json'], env);
    const lift = await callCli(['silence', 'lift', 'SIL-1'], env);

    expect(JSON.parse(list.out)).toMatchObject([
      { id: 'SIL-1', status: 'active', matchers: ['alertname="X"'], author: 'Ana Souza', mutesNow: null },
    ]);
    expect([lift.code, lift.err]).toMatchObject([1, expect.stringContaining('This needs the running bot')]);
    await room.close();
  });
});
