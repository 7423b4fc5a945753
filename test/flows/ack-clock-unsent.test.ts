import { afterEach, describe, expect, it } from 'vitest';
import { type Config, MEANS } from '../../src/core/config/config.ts';
import type { PageRequest } from '../../src/oncall/page.ts';
import { type AckWorld, ANA, BEN, openAckWorld } from '../support/ack-world.ts';
import { testConfig } from '../support/config.ts';

const MINUTE = 60;
const P1 = { alertname: 'ApiSlow', severity: 'critical' };

describe("a page of an acknowledgement's clock that Slack has not taken for 30 seconds", () => {
  let world: AckWorld;
  let id: string;
  afterEach(() => world.close());

  /** ana has acknowledged a P1; then Slack takes nothing any more. Her clock strikes at 4 h, 4 h 15 min and 4 h 30 min. */
  async function acknowledged(config: Config = testConfig()) {
    world = await openAckWorld({ config, means: MEANS });
    id = await world.open(P1);
    await world.sendAll();
    await world.say('ack', id, ANA);
  }
  const others = async (since = 1) => {
    const pages = (await world.pages(id, since)).filter(({ means }) => means !== 'dm' && means !== 'thread');
    return pages.map(({ at, why, means, to }) => `${at} ${why} ${means} ${to.join(',')}`);
  };
  const OWNED_S = 4 * 60 * MINUTE;

  it('goes by the second channel too, and stays wanted', async () => {
    await acknowledged();
    await world.pass(OWNED_S + 29);
    expect(await others()).toEqual([]);
    expect(await world.looksIn(id)).toBe(1);

    await world.pass(1);

    expect(await others()).toEqual(['14430 ask email ana', '14430 ask email marco']);
    expect((await world.wanted(id)).slice(0, 2)).toEqual(['ask thread ana', 'ask dm ana']);
    expect(await world.words(id)).toContain('ana by e-mail instead: Slack has not taken the page for 30 s');
    const [email] = await world.journal().effects({ kinds: ['page.email'], incident: id });
    expect(email?.data).toMatchObject({ withoutSlack: true, beyond: { why: 'ask' } });
    expect(await world.looksIn(id)).toBeNull();
  });

  it('so does each step of a lap, and the next level is reached as well', async () => {
    await acknowledged();

    await world.pass(OWNED_S + 31 * MINUTE);

    const steps = (await others()).filter((line) => line.endsWith('ana'));
    expect(steps).toEqual(['14430 ask email ana', '15330 owner email ana', '16230 level email ana']);
    expect((await world.incident(id)).status).toBe('acknowledged');
  });

  it('reaches the owner of a P0 by the means of the level', async () => {
    const config = testConfig();
    const [first] = config.severities.P0.levels;
    if (first === undefined) throw new Error('P0 has no level');
    const P0 = { ...config.severities.P0, levels: [{ ...first, by: ['dm', 'thread', 'sms'] as const }] };
    world = await openAckWorld({ config: testConfig({ severities: { ...config.severities, P0 } }), means: MEANS });
    id = await world.open();
    await world.sendAll();
    await world.say('ack', id, ANA);

    await world.pass(30 * MINUTE + 30);

    expect(await others()).toContain('1830 ask sms ana');
  });

  it('is asked for by Slack alone when Slack takes it in time', async () => {
    await acknowledged();
    await world.pass(OWNED_S);
    await world.sendAll();

    await world.pass(MINUTE);

    expect(await others()).toEqual([]);
    expect(await world.looksIn(id)).toBeNull();
  });

  it('tries the next address when the second channel fails too', async () => {
    await acknowledged();
    await world.pass(OWNED_S + 30);

    await world.answer(id, 'ask email ana', 'failed', { error: '550' });
    await world.pass(1);

    expect(await world.wanted(id)).toContain('ask sms ana');
  });

  it.each([
    ['renewed', 'still-on-it', ANA],
    ['acknowledged anew', 'ack', ANA],
    ['resolved', 'resolve', ANA],
    ['taken back', 'unack', BEN],
  ] as const)(
    'goes by Slack alone once the acknowledgement was %s, and the bot looks no more',
    async (_how, verb, by) => {
      await acknowledged();
      await world.pass(OWNED_S);
      await world.take(id, 'ask dm ana');
      await world.pass(20);

      await world.say(verb, id, by);

      expect(await world.looksIn(id)).toBeNull();
      await world.pass(5 * MINUTE);
      expect(await others()).toEqual([]);
    },
  );

  it('keeps its 30 seconds when the next step follows faster', async () => {
    const config = testConfig();
    const ackExpires = { askAfterSeconds: OWNED_S, pageOwnerAfterSeconds: 20, nextLevelAfterSeconds: 5 * MINUTE };
    const severities = { ...config.severities, P1: { ...config.severities.P1, ackExpires } };
    await acknowledged(testConfig({ severities }));

    await world.pass(OWNED_S + MINUTE);

    const steps = (await others()).filter((line) => line.endsWith('email ana'));
    expect(steps).toEqual(['14430 ask email ana', '14450 owner email ana']);
  });

  it('survives a kill, and comes at once after a long absence', async () => {
    await acknowledged();
    await world.pass(OWNED_S + 10);
    await world.crash();
    expect(await world.looksIn(id)).toBe(20);

    await world.away(600);

    expect(await others()).toContain('15010 ask email ana');
  });

  it('says of a page that goes by other means while Slack is silent that it has to do without', async () => {
    const config = testConfig();
    world = await openAckWorld({ config, means: MEANS });
    id = await world.open();
    await world.sendAll();
    await world.say('ack', id, ANA);

    await world.pass(35 * MINUTE);

    const sms = (await world.journal().effects({ kinds: ['page.sms'], incident: id })).map(
      ({ data }) => data as PageRequest,
    );
    expect(sms.filter(({ beyond }) => beyond?.why === 'owner').map(({ withoutSlack }) => withoutSlack)).toEqual([true]);
  });

  it('sends no page of the policy by the second channel after the acknowledgement', async () => {
    world = await openAckWorld({ means: MEANS });
    id = await world.open(P1);
    await world.take(id, 'level 1 dm ana');
    await world.say('ack', id, BEN);

    await world.pass(OWNED_S + 30);

    expect((await others()).filter((line) => line.includes('level 1'))).toEqual([]);
    expect((await others()).filter((line) => line.endsWith('ana'))).toEqual([]);
  });
});
