import { afterEach, describe, expect, it } from 'vitest';
import {
  type Config,
  MEANS,
  type Means,
  type PersonConfig,
  type PolicyLevel,
  type Severity,
} from '../../src/core/config/config.ts';
import { type AckWorld, ANA, openAckWorld } from '../support/ack-world.ts';
import { testConfig } from '../support/config.ts';

const MINUTE = 60;
const HOUR = 3600;
/** Monday 21:00 in São Paulo: ana is on call, ben backup. */
const MONDAY_21 = Date.UTC(2026, 10, 24);
const MORNING_S = 10 * HOUR + 10 * MINUTE;
const quietHours = { days: null, from: '22:00', to: '07:10', timezone: 'America/Sao_Paulo' } as const;
const LABELS = {
  P0: {},
  P1: { alertname: 'ApiSlow', severity: 'critical' },
  P2: { alertname: 'DiskSlow', severity: 'warning' },
} as const;

type People = Record<string, Partial<PersonConfig>>;

/** Two levels, ana and then ben with marco, by these means; the clock asks after 90 minutes and goes on every 15. */
function configOf(severity: Severity, people: People, by: readonly Means[] = ['dm', 'thread']): Config {
  const base = testConfig();
  const level = (afterSeconds: number, names: readonly string[]): PolicyLevel => {
    return { afterSeconds, by, notify: names.map((name) => ({ kind: 'person', name })) };
  };
  const ackExpires = { askAfterSeconds: 90 * MINUTE, pageOwnerAfterSeconds: 15 * MINUTE, nextLevelAfterSeconds: 900 };
  const policy = {
    ...base.severities[severity],
    ...({ clock: 'wall', nextBusinessDayAt: null, repeat: null, digest: false, ackExpires } as const),
    levels: [level(0, ['ana']), level(24 * HOUR, ['ben', 'marco'])],
  };
  const merged = Object.fromEntries(
    Object.entries(base.oncall.people).map(([key, person]) => [key, { ...person, ...people[key] }]),
  );
  const severities = { ...base.severities, [severity]: policy };
  return testConfig({ severities, oncall: { ...base.oncall, people: merged } });
}

describe('preferences and quiet hours, at the clock of an acknowledgement', () => {
  let world: AckWorld;
  let id: string;
  afterEach(() => world.close());

  /** ana acknowledges at 21:00. */
  async function acknowledged(severity: 'P0' | 'P1' | 'P2', config: Config) {
    world = await openAckWorld({ startAt: MONDAY_21, config, means: MEANS });
    id = await world.open(LABELS[severity]);
    await world.sendAll();
    await world.say('ack', id, ANA);
  }
  const asked = async (since = 1) => {
    return (await world.pages(id, since)).map(({ at, why, means, to }) => `${at} ${why} ${means} ${to.join(',')}`);
  };

  it("a question about a P2 waits for the end of the owner's quiet hours, and says so", async () => {
    await acknowledged('P2', configOf('P2', { ana: { quietHours } }));
    await world.pass(2 * HOUR);
    expect(await asked()).toEqual([]);
    expect(await world.words(id)).toContain('not paged: ana by dm, thread (quiet hours until 2026-11-24 10:10 UTC)');
    expect((await world.state(id))?.ack?.next).toEqual({ step: 'ask', at: MONDAY_21 + MORNING_S * 1000 });

    await world.pass(MORNING_S - 2 * HOUR);

    expect(await asked()).toEqual(['36600 ask thread ana', '36600 ask dm ana']);
  });

  it('leaves its full time to answer, and goes up no level in the night', async () => {
    await acknowledged('P2', configOf('P2', { ana: { quietHours } }));

    await world.pass(MORNING_S + 30 * MINUTE);

    expect(await asked()).toEqual([
      '36600 ask thread ana',
      '36600 ask dm ana',
      '37500 owner thread ana',
      '37500 owner dm ana',
      '38400 level thread ben,marco',
      '38400 level dm ben',
      '38400 level dm marco',
    ]);
  });

  it('holds nobody else of the level: whoever is quiet is paged when that is over', async () => {
    await acknowledged('P2', configOf('P2', { ben: { quietHours } }));

    await world.pass(2 * HOUR);
    expect((await asked()).slice(4)).toEqual(['7200 level thread marco', '7200 level dm marco']);
    await world.pass(MORNING_S - 2 * HOUR);

    const late = (await asked()).filter((line) => line.startsWith('36600'));
    expect(late).toEqual(['36600 level thread ben', '36600 level dm ben']);
    expect(await world.words(id)).toContain('quiet hours are over: paged ben (level 2)');
  });

  it.each([
    ['its owner says that it takes all night', 'still-on-it', { seconds: 12 * HOUR }],
    ['it is resolved', 'resolve', {}],
    ['it is taken back', 'unack', {}],
  ] as const)('pages nobody at their end when %s meanwhile', async (_what, verb, args) => {
    await acknowledged('P2', configOf('P2', { ben: { quietHours } }));
    await world.pass(2 * HOUR);

    await world.say(verb, id, ANA, args);

    await world.pass(MORNING_S - 2 * HOUR);
    expect((await asked()).filter((line) => /^36600 level (dm|thread)/.test(line))).toEqual([]);
  });

  it('holds nothing once the owner has shown up in the night', async () => {
    await acknowledged('P2', configOf('P2', { ana: { quietHours } }));
    await world.pass(9 * HOUR);

    await world.say('note', id, ANA, { text: 'up again' });

    expect((await world.state(id))?.ack?.next.at).toBe(world.clock.now() + 90 * MINUTE * 1000);
    await world.pass(HOUR);
    expect(await asked()).toEqual([]);
  });

  it('survives a kill in the night', async () => {
    await acknowledged('P2', configOf('P2', { ben: { quietHours } }));
    await world.pass(2 * HOUR);
    await world.crash();

    await world.away(9 * HOUR);

    expect((await asked()).filter((line) => line.includes('dm ben'))).toEqual(['39600 level dm ben']);
  });

  it.each(['P0', 'P1'] as const)('holds no %s', async (severity) => {
    await acknowledged(severity, configOf(severity, { ana: { quietHours }, ben: { quietHours } }));

    await world.pass(2 * HOUR);

    const direct = (await asked()).filter((line) => line.includes(' dm '));
    expect(direct).toEqual(['5400 ask dm ana', '6300 owner dm ana', '7200 level dm ben', '7200 level dm marco']);
  });

  it('pages the next level of a P1 by what each prefers, and the thread stays', async () => {
    const config = configOf('P1', { marco: { prefer: ['email'] } }, ['dm', 'thread', 'email']);
    await acknowledged('P1', config);

    await world.pass(2 * HOUR);

    expect((await asked()).filter((line) => line.startsWith('7200'))).toEqual([
      '7200 level thread ben,marco',
      '7200 level dm ben',
      '7200 level email marco',
    ]);
  });

  it('takes nothing from a P0', async () => {
    await acknowledged('P0', configOf('P0', { marco: { prefer: ['email'] } }, ['dm', 'thread', 'email']));

    await world.pass(2 * HOUR);

    expect(await asked()).toEqual(expect.arrayContaining(['7200 level dm marco', '7200 level email marco']));
  });

  it('tries first what the owner prefers when Slack refuses', async () => {
    await acknowledged('P1', configOf('P1', { ana: { prefer: ['dm', 'voice'] } }));
    await world.pass(90 * MINUTE);

    await world.answer(id, 'ask dm ana', 'failed', { error: 'user_disabled' });

    expect(await world.wanted(id)).toContain('ask voice ana');
  });

  it('a person who asks for somebody now reaches them in their quiet hours, by what they prefer', async () => {
    const config = configOf('P2', { ben: { quietHours }, marco: { quietHours, prefer: ['email'] } }, [
      'dm',
      'thread',
      'email',
    ]);
    await acknowledged('P2', config);
    await world.pass(80 * MINUTE);

    await world.say('escalate', id, ANA, { to: 'ben' });
    await world.say('escalate', id, ANA, { to: 'marco' });

    expect((await asked()).map((line) => line.replace('4800 ', ''))).toEqual([
      'escalate thread ben',
      'escalate dm ben',
      'escalate thread marco',
      'escalate email marco',
    ]);
  });
});
