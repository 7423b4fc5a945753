import { afterEach, describe, expect, it } from 'vitest';
import { type Config, MEANS, type Means } from '../../src/core/config/config.ts';
import type { PageRequest } from '../../src/oncall/page.ts';
import { isStillWanted } from '../../src/oncall/pagers/wanted.ts';
import { type AckWorld, ANA, BEN, MARCO, openAckWorld } from '../support/ack-world.ts';
import { testConfig, withoutAckClock } from '../support/config.ts';

const MINUTE = 60;
const P1 = { alertname: 'ApiSlow', severity: 'critical' };
const REFUSED = { error: 'user_disabled' } as const;

describe('a page that a person asks for and that does not reach', () => {
  let world: AckWorld;
  let id: string;
  afterEach(() => world.close());

  /** A P1 that ana was paged for. */
  async function open(config: Config = testConfig(), means: readonly Means[] = MEANS) {
    world = await openAckWorld({ config, means });
    id = await world.open(P1);
    await world.sendAll();
  }
  const since = async (count: number) => {
    return (await world.pages(id)).slice(count).map(({ why, means, to }) => `${why} ${means} ${to.join(',')}`);
  };

  it.each([
    ['firing', null],
    ['acknowledged', BEN],
  ] as const)('goes to the next means while the incident is %s', async (_status, owner) => {
    await open();
    if (owner !== null) await world.say('ack', id, owner);
    await world.say('escalate', id, BEN, { to: 'ana' });

    await world.answer(id, 'escalate dm ana', 'failed', REFUSED);

    expect(await world.wanted(id)).toEqual(['escalate thread ana', 'escalate email ana']);
  });

  it('does so although the policy has come to a later level meanwhile', async () => {
    await open();
    await world.say('add-responder', id, ANA, { person: 'marco' });
    const page = await world.take(id, 'responder dm marco');
    await world.pass(20);
    await world.answer(id, 'responder thread marco', 'sent');
    await world.pass(30 * MINUTE);

    await world.closePage(page, 'failed', REFUSED);

    expect((await world.state(id))?.level).toBe(2);
    expect(await world.wanted(id)).toContain('responder email marco');
  });

  it('goes by the second channel too after 30 seconds, beside the pages of the policy', async () => {
    await open();
    await world.pass(30 * MINUTE - 5);
    await world.say('escalate', id, ANA, { to: 'marco' });
    await world.pass(5);
    const before = (await world.pages(id)).length;

    await world.pass(25);
    expect(await since(before)).toEqual(['escalate email marco']);
    await world.pass(5);

    expect(await since(before)).toEqual(['escalate email marco', 'level 2 email ana']);
  });

  it('goes so when an owner calls for help, although pages have stopped', async () => {
    await open();
    await world.say('ack', id, BEN);
    await world.say('need-help', id, BEN);
    const before = (await world.pages(id)).length;

    await world.pass(30);

    expect(await since(before)).toContain('help email ana');
  });

  it('still goes so when somebody writes a note: a note answers nobody who was called in', async () => {
    await open();
    await world.say('ack', id, BEN);
    await world.say('escalate', id, BEN, { to: 'marco' });
    await world.pass(10);

    await world.say('note', id, BEN, { text: 'waiting for marco' });

    expect(await world.looksIn(id)).toBe(20);
    const before = (await world.pages(id)).length;
    await world.pass(20);
    expect(await since(before)).toEqual(['escalate email marco']);
  });

  it('keeps its 30 seconds when the bot looks at earlier pages at that very moment', async () => {
    await open();
    await world.say('ack', id, ANA);
    await world.say('escalate', id, ANA, { to: 'marco' });
    await world.pass(29);
    await world.sendAll();
    const [look] = await world.journal().timersOf('page', id);
    if (look === undefined) throw new Error('nobody looks');
    const desk = world.parts().desk;
    const by = { by: ANA, at: world.clock.now(), v: 1, via: 'button', incident: id } as const;
    const { batch } = await desk.command({ ...by, verb: 'escalate', args: { to: 'marco' } });
    const { dueAt: _dueAt, data: _data, ...timer } = look;
    await world.journal().append({ at: world.clock.now(), actor: 'auto', timers: [{ op: 'cancel', ...timer }] });
    if (batch === null) throw new Error('nothing was decided');
    await world.journal().append(batch);
    const before = (await world.pages(id)).length;

    await world.pass(30);

    expect(await since(before)).toEqual(['escalate email marco']);
  });

  it('is told once when nothing is left, however often the bot looks', async () => {
    await open(testConfig(), ['dm', 'thread', 'sms']);
    await world.say('escalate', id, ANA, { to: 'ben' });

    await world.pass(3 * 60 * MINUTE);

    const told = (await world.words(id)).filter((line) => line.startsWith('no other means is left for ben'));
    expect(told).toEqual(['no other means is left for ben: Slack has not taken the page for 30 s']);
  });

  describe.each([
    ['with', testConfig()],
    ['without', withoutAckClock()],
  ])('goes no further, %s a clock of the acknowledgement,', (_clock, config) => {
    it.each([
      ['acknowledges', 'ack', {}],
      ['is given it', 'assign', { to: MARCO }],
      ['resolves it', 'resolve', {}],
    ] as const)('once somebody %s', async (_what, verb, args) => {
      await open(config);
      await world.say('ack', id, ANA);
      await world.say('pass-on', id, ANA);
      await world.say('escalate', id, ANA, { to: 'marco' });
      const page = await world.take(id, 'escalate dm marco');
      await world.pass(10);

      await world.say(verb, id, BEN, args);
      const before = (await world.pages(id)).length;
      await world.closePage(page, 'failed', REFUSED);

      expect(await world.looksIn(id)).toBeNull();
      await world.pass(MINUTE);
      expect(await since(before)).toEqual([]);
    });
  });

  it('is decided again when somebody takes it at that very moment', async () => {
    await open(withoutAckClock());
    await world.say('ack', id, ANA);
    await world.say('pass-on', id, ANA);
    await world.say('escalate', id, ANA, { to: 'marco' });
    const page = await world.take(id, 'escalate dm marco');
    const result = { outcome: 'failed', reference: null, lateSeconds: 0, ...REFUSED } as const;
    const tooLate = await world.parts().escalation.pageClosed(page, result);
    expect(tooLate.effects?.map(({ op }) => op)).toEqual(['close', 'ask']);

    await world.say('ack', id, BEN);

    const appended = await world.journal().append({ at: world.clock.now(), actor: 'auto', ...tooLate });
    expect(appended.kind).toBe('conflict');
  });

  it('is not tried again by its own means once nobody waits for it', async () => {
    await open();
    await world.say('ack', id, ANA);
    await world.say('escalate', id, ANA, { to: 'contact:manager' });
    const page = await world.take(id, 'escalate email marco');
    const isWanted = () => isStillWanted(world.journal(), page, page.data as PageRequest);
    expect(await isWanted()).toBe(true);

    await world.say('resolve', id, ANA);

    expect(await isWanted()).toBe(false);
  });
});
