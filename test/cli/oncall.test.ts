import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openRosterRoom, type RosterRoom } from '../oncall/roster-room.ts';
import { callCli } from './call.ts';
import { type RunningBot, startRunningBot } from './running-bot.ts';

describe('who stands in, asked of a running bot', () => {
  let bot: RunningBot;
  beforeEach(async () => {
    bot = await startRunningBot();
  });
  afterEach(() => bot.stop());

  it('lays an override over a schedule and prints what changed', async () => {
    bot.decide({ kind: 'done', text: 'marco is on call. It is OVR-1.', override: 'OVR-1' });
    const { code, out } = await callCli(
      ['oncall', 'override', 'marco', '--schedule', 'primary', '--for', '4h', '--reason', 'ill', '--json'],
      bot.env,
    );

    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ override: 'OVR-1', outcome: 'done', text: 'marco is on call. It is OVR-1.' });
    expect(bot.commands).toMatchObject([
      { verb: 'override', by: 'local', args: { person: 'marco', schedule: 'primary', seconds: 14_400, reason: 'ill' } },
    ]);
  });

  it('swaps two people, in a span as it was written', async () => {
    const span = ['--from', '2026-12-24T18:00', '--to', '2026-12-26 09:00'];
    const { code } = await callCli(['oncall', 'swap', 'ana', 'ben', ...span], bot.env);

    expect(code).toBe(0);
    expect(bot.commands).toMatchObject([
      { verb: 'swap', args: { person: 'ana', with: 'ben', from: '2026-12-24T18:00', to: '2026-12-26 09:00' } },
    ]);
  });

  it('removes by any way of writing the id', async () => {
    await callCli(['oncall', 'override-remove', '3'], bot.env);
    await callCli(['oncall', 'override-remove', 'ovr-3'], bot.env);

    expect(bot.commands.map(({ args }) => args)).toEqual([{ id: 'OVR-3' }, { id: 'OVR-3' }]);
  });

  it('fails with what was refused', async () => {
    bot.decide({ kind: 'refused', code: 'PERSON_UNKNOWN', text: 'There is nobody.', remedy: 'Did you mean marco?' });
    const { code, err } = await callCli(['oncall', 'override', 'marcp', '--for', '1h', '--json'], bot.env);

    expect(code).toBe(1);
    expect(JSON.parse(err)).toMatchObject({ error: { code: 'PERSON_UNKNOWN', remedy: 'Did you mean marco?' } });
  });

  it.each([
    [['oncall', 'override']],
    [['oncall', 'override', 'ana', '--for', 'soon']],
    [['oncall', 'override', 'ana', '--to', 'tomorrow']],
    [['oncall', 'override', 'ana', '--to', '2026-12-24', '--for', '1h']],
    [['oncall', 'swap', 'ana']],
    [['oncall', 'override-remove', 'GI-1']],
  ])('is misused by %j', async (argv) => {
    expect((await callCli(argv, bot.env)).code).toBe(2);
    expect(bot.commands).toEqual([]);
  });

  it('shows one schedule alone, and knows which were meant', async () => {
    const one = await callCli(['oncall', '--at', '2026-11-23T13:00Z', '--schedule', 'backup', '--json'], bot.env);
    const none = await callCli(['oncall', '--schedule', 'bakup', '--json'], bot.env);

    expect(JSON.parse(one.out)).toMatchObject([
      { schedule: 'backup', now: ['ben'], until: '2026-11-30T12:00:00.000Z', next: ['ana'] },
    ]);
    expect(none.code).toBe(1);
    expect(JSON.parse(none.err)).toMatchObject({ error: { remedy: 'Did you mean backup?' } });
  });
});

describe('who stands in, read from the store without a bot', () => {
  let room: RosterRoom;
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    room = await openRosterRoom(Date.now());
    const from = new Date(room.clock.now() + 3_600_000).toISOString();
    await room.ask('override', { person: 'marco', schedule: 'primary', from, seconds: 3600, reason: 'ana is out' });
    env = { GIANNA_SOCKET: '/nonexistent/ops.sock', GIANNA_DATABASE_URL: `sqlite:${room.path}` };
  });
  afterAll(() => room.close());

  it('lists what is planned', async () => {
    const json = await callCli(['oncall', 'overrides', '--json'], env);
    const human = await callCli(['oncall', 'overrides'], env);

    expect(JSON.parse(json.out)).toMatchObject([
      { id: 'OVR-1', schedule: 'primary', status: 'planned', turns: [{ people: ['marco'] }], reason: 'ana is out' },
    ]);
    expect(human.out).toMatch(/^ID +STATUS +SCHEDULE +ON CALL +FROM +TO +BY +WHY\nOVR-1 +planned +primary +marco /);
  });

  it('lays them over the configuration of the folder', async () => {
    const at = new Date(room.clock.now() + 5_400_000).toISOString();
    const { out } = await callCli(['oncall', '--at', at, '--json'], { ...env, GIANNA_CONFIG: 'config' });

    const primary = (JSON.parse(out) as Array<{ schedule: string; now: string[] }>).find(
      ({ schedule }) => schedule === 'primary',
    );
    expect(primary?.now).toEqual(['marco']);
  });

  it('changes nothing without a bot', async () => {
    const { code, err } = await callCli(['oncall', 'override', 'ana', '--for', '1h', '--json'], env);

    expect(code).toBe(1);
    expect(JSON.parse(err)).toMatchObject({ error: { code: 'BOT_NOT_RUNNING' } });
  });
});
