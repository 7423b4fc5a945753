import { afterEach, describe, expect, it } from 'vitest';
import { MEANS, type Means, type PolicyLevel } from '../../src/core/config/config.ts';
import type { PageRequest } from '../../src/oncall/page.ts';
import { isStillWanted } from '../../src/oncall/pagers/wanted.ts';
import { type AckWorld, ANA, BEN, openAckWorld } from '../support/ack-world.ts';
import { testConfig } from '../support/config.ts';

const MINUTE = 60;
const REFUSED = { error: 'user_disabled' } as const;

/** A P0 of two levels by these means, whose clock asks after 30 minutes and then goes on every five. */
function configOf(by: readonly Means[]) {
  const config = testConfig();
  const level = (afterSeconds: number, name: string): PolicyLevel => {
    return { afterSeconds, notify: [{ kind: 'schedule', name }], by };
  };
  const P0 = { ...config.severities.P0, levels: [level(0, 'primary'), level(900, 'backup')] };
  return testConfig({ severities: { ...config.severities, P0 } });
}

describe("a page of an acknowledgement's clock that does not reach goes to the next means at once", () => {
  let world: AckWorld;
  let id: string;
  afterEach(() => world.close());

  /** ana has acknowledged; her clock strikes at 30, 35 and 40 minutes. */
  async function acknowledged(by: readonly Means[] = ['dm', 'thread'], means: readonly Means[] = MEANS) {
    world = await openAckWorld({ config: configOf(by), means });
    id = await world.open();
    await world.sendAll();
    await world.say('ack', id, ANA);
  }
  const asked = async (since: number) => {
    return (await world.pages(id, since)).map(({ why, means, to }) => `${why} ${means} ${to.join(',')}`);
  };

  it('asks the owner by e-mail when Slack refuses the question', async () => {
    await acknowledged();
    await world.pass(30 * MINUTE);

    await world.answer(id, 'ask dm ana', 'failed', REFUSED);

    expect(await world.wanted(id)).toEqual(['ask thread ana', 'ask email ana']);
    expect(await world.words(id)).toContain('ana by e-mail instead: Slack refuses the page (user_disabled)');
    const [email] = await world.journal().effects({ kinds: ['page.email'], incident: id });
    expect(email?.key).toBe(`page|${id}|1|ask|1|person:ana|email`);
    expect(email?.data).toMatchObject({ beyond: { why: 'ask', number: 1 }, withoutSlack: true });
  });

  it.each(['owner', 'level'] as const)('so it does with the step %s, by one address after the other', async (step) => {
    await acknowledged();
    await world.pass(30 * MINUTE);
    await world.sendAll();
    await world.pass(5 * MINUTE);
    if (step === 'level') {
      await world.say('pass-on', id, ANA);
      await world.say('ack', id, BEN);
      await world.pass(30 * MINUTE);
      await world.sendAll();
      await world.pass(5 * MINUTE);
      await world.sendAll();
      await world.pass(5 * MINUTE);
    }
    const who = step === 'owner' ? 'ana' : 'ben';
    const since = world.seconds();

    await world.answer(id, `${step} dm ${who}`, 'failed', REFUSED);
    if (step === 'owner') await world.answer(id, 'owner email ana', 'failed', { error: '550' });
    if (step === 'owner') await world.answer(id, 'owner sms ana', 'unknown', { error: 'answer_lost' });

    const expected =
      step === 'owner' ? ['owner email ana', 'owner sms ana', 'owner voice ana'] : ['level thread channel:ops'];
    expect((await asked(since)).slice(2)).toEqual(expected);
  });

  it('follows whatever repeat the policy had come to before somebody acknowledged', async () => {
    await acknowledged();
    await world.say('unack', id, ANA);
    await world.pass(45 * MINUTE);
    expect((await world.state(id))?.round).toBeGreaterThan(0);
    await world.say('ack', id, ANA);
    await world.pass(30 * MINUTE);

    await world.answer(id, 'ask dm ana', 'failed', REFUSED);

    expect(await world.wanted(id)).toEqual(['ask thread ana', 'ask email ana']);
  });

  it('takes the means that the level names', async () => {
    await acknowledged(['dm', 'thread', 'voice']);
    await world.pass(30 * MINUTE);

    await world.answer(id, 'ask dm ana', 'failed', REFUSED);

    expect(await world.wanted(id)).toEqual(['ask thread ana', 'ask voice ana']);
  });

  it('tells channel ops when nothing is left for the owner', async () => {
    await acknowledged(['dm'], ['dm', 'thread', 'email']);
    await world.pass(30 * MINUTE);
    await world.answer(id, 'ask thread ana', 'failed', { error: 'channel_not_found' });
    await world.answer(id, 'ask dm ana', 'failed', REFUSED);

    await world.answer(id, 'ask email ana', 'failed', { error: '550' });

    expect(await world.wanted(id)).toEqual(['ask thread channel:ops']);
  });

  it('does not wait out Do Not Disturb of the owner of a P0', async () => {
    await acknowledged();
    await world.pass(30 * MINUTE);
    await world.answer(id, 'ask thread ana', 'sent');

    await world.answer(id, 'ask dm ana', 'sent', { doNotDisturb: true });

    expect(await world.wanted(id)).toEqual(['ask email ana']);
  });

  it.each([
    ['renewed', 'still-on-it', ANA],
    ['passed on', 'pass-on', ANA],
    ['resolved', 'resolve', ANA],
    ['taken back', 'unack', BEN],
    ['noted', 'note', BEN],
  ] as const)('goes no further once the acknowledgement was %s', async (_how, verb, by) => {
    await acknowledged();
    await world.pass(30 * MINUTE);
    const page = await world.take(id, 'ask dm ana');
    await world.pass(10);
    await world.say(verb, id, by, { text: 'failed over' });
    const before = (await world.pages(id)).length;

    await world.closePage(page, 'failed', REFUSED);
    await world.pass(2 * MINUTE);

    const after = (await world.pages(id)).slice(before);
    expect(after.filter(({ why }) => why === 'ask')).toEqual([]);
    const followed = (await world.events(id)).filter(({ type }) => type === 'page.next-means');
    expect(followed.filter(({ data }) => data.why === 'refused')).toEqual([]);
  });

  it.each([
    ['renewed', 'still-on-it'],
    ['resolved', 'resolve'],
    ['taken back', 'unack'],
  ] as const)('is not tried again by another means once the acknowledgement was %s', async (_how, verb) => {
    await acknowledged();
    await world.pass(30 * MINUTE);
    await world.answer(id, 'ask dm ana', 'failed', REFUSED);
    const page = await world.take(id, 'ask email ana');
    const isWanted = () => isStillWanted(world.journal(), page, page.data as PageRequest);
    expect(await isWanted()).toBe(true);

    await world.say(verb, id, ANA);

    expect(await isWanted()).toBe(false);
  });

  it('leaves the question to the page that came after it', async () => {
    await acknowledged();
    await world.pass(30 * MINUTE);
    const question = await world.take(id, 'ask dm ana');
    await world.pass(5 * MINUTE);
    const before = await world.pages(id, 0);

    await world.closePage(question, 'failed', REFUSED);

    expect(await world.pages(id, 0)).toEqual(before);
  });

  it('does not follow a page of the policy after the acknowledgement, whatever its clock does', async () => {
    world = await openAckWorld({ config: configOf(['dm', 'thread']), means: MEANS });
    id = await world.open();
    const page = await world.take(id, 'level 1 dm ana');
    await world.say('ack', id, BEN);
    await world.pass(30 * MINUTE);
    const before = await world.pages(id, 0);

    await world.closePage(page, 'failed', REFUSED);

    expect(await world.pages(id, 0)).toEqual(before);
    expect(await world.types(id)).not.toContain('page.next-means');
  });

  it('is decided again after a crash between the failure and what follows', async () => {
    await acknowledged();
    await world.pass(30 * MINUTE);
    const page = await world.take(id, 'ask dm ana');
    await world.crash();

    await world.closePage(page, 'unknown', { error: 'answer_lost' });

    expect(await world.wanted(id)).toEqual(['ask thread ana', 'ask email ana']);
  });
});
