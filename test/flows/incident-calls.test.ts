import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PageRequest } from '../../src/oncall/page.ts';
import { type AckWorld, ANA, BEN, MARCO, openAckWorld } from '../support/ack-world.ts';

const MINUTE = 60;

describe('what people say of an incident beside ack and resolve', () => {
  let world: AckWorld;
  let id: string;
  beforeEach(async () => {
    world = await openAckWorld();
    id = await world.open();
    await world.sendAll();
    await world.pass(MINUTE);
  });
  afterEach(() => world.close());

  /** `ben`: by which means, since the last minute. */
  async function asked(): Promise<string[]> {
    return (await world.pages(id, 60)).map(({ why, means, to }) => `${why} ${means} ${to.join(',')}`);
  }
  const next = async () => {
    const state = await world.state(id);
    return { level: state?.next?.level, inSeconds: ((state?.next?.at ?? 0) - world.clock.now()) / 1000 };
  };

  it('unack: it fires again, and the policy goes on at the level it had reached, its next page counted from now', async () => {
    await world.pass(5 * MINUTE);
    await world.sendAll();
    await world.say('ack', id, ANA);
    await world.pass(10 * MINUTE);
    const before = (await world.pages(id)).length;

    const outcome = await world.say('unack', id, BEN, { reason: 'she had to leave' });

    expect(outcome).toMatchObject({ kind: 'done' });
    expect(await world.incident(id)).toMatchObject({ status: 'firing', owner: null, acknowledgedAt: null });
    expect(await next()).toEqual({ level: 3, inSeconds: 5 * MINUTE });
    expect(await world.pages(id)).toHaveLength(before);
    expect(await world.words(id)).toContain('no longer acknowledged, pages go on: she had to leave');
  });

  it('unack asks again for a level that nobody has heard of', async () => {
    await world.pass(4 * MINUTE);
    await world.say('ack', id, ANA);

    await world.say('unack', id, ANA);

    const wanted = await world.journal().effects({ kinds: ['page'], states: ['wanted'], incident: id });
    expect(wanted.map(({ data }) => (data as PageRequest).level)).toEqual([2, 2]);
  });

  it('pass-on: the next of the schedule is paged now, it is no acknowledgement, and the policy goes on', async () => {
    const before = await next();

    await world.say('pass-on', id, ANA);

    expect(await asked()).toEqual(['pass-on thread ben', 'pass-on dm ben']);
    expect((await world.incident(id)).status).toBe('firing');
    expect(await next()).toEqual(before);
    expect(await world.words(id)).toContain('passed on to the next in line');
  });

  it('pass-on pages the next level when everybody of the schedule was paged', async () => {
    await world.say('pass-on', id, ANA);
    await world.sendAll();

    await world.say('pass-on', id, ANA);

    expect((await asked()).slice(2)).toEqual(['pass-on thread ana', 'pass-on dm ana']);
    expect(await next()).toEqual({ level: 3, inSeconds: 5 * MINUTE });
  });

  it('pass-on of an acknowledged one: it stays hers until the next acknowledges', async () => {
    await world.say('ack', id, ANA);
    await world.say('pass-on', id, ANA);
    const during = await world.incident(id);
    const others = await world.say('pass-on', id, MARCO);

    const outcome = await world.say('ack', id, BEN);

    expect(during).toMatchObject({ status: 'acknowledged', owner: ANA });
    expect(others).toMatchObject({ kind: 'refused', code: 'NOT_THE_OWNER' });
    expect(outcome).toMatchObject({ kind: 'done' });
    expect(await world.incident(id)).toMatchObject({ status: 'acknowledged', owner: BEN });
    expect(await world.say('ack', id, ANA)).toMatchObject({ kind: 'refused', code: 'ALREADY_ACKNOWLEDGED' });
  });

  it('need-help: the next level is paged now, and the one after that counts from now', async () => {
    await world.say('need-help', id, ANA);

    expect(await asked()).toEqual(['help thread ana', 'help dm ana']);
    expect(await next()).toEqual({ level: 3, inSeconds: 5 * MINUTE });
    await world.pass(5 * MINUTE);
    expect((await world.pages(id, 61)).map(({ why }) => why)).toEqual(['level 3', 'level 3']);
  });

  it('add-responder: paged now by message and in the thread, listed, and no owner', async () => {
    await world.say('add-responder', id, ANA, { person: 'ben' });

    expect(await asked()).toEqual(['responder thread ben', 'responder dm ben']);
    expect(await world.incident(id)).toMatchObject({ status: 'firing', owner: null, responders: ['ben'] });
    expect(await world.say('add-responder', id, ANA, { person: 'ben' })).toMatchObject({ code: 'ALREADY_RESPONDER' });
    expect(await world.say('add-responder', id, ANA, { person: 'bem' })).toEqual({
      kind: 'refused',
      code: 'PERSON_UNKNOWN',
      text: '"bem" is nobody of oncall.yml. Nobody was paged.',
      remedy: 'Did you mean ben? People: ana, ben, marco',
    });
  });

  it.each([
    ['marco', 'escalate thread marco', 'escalate dm marco'],
    ['schedule:backup', 'escalate thread ben', 'escalate dm ben'],
    ['contact:manager', 'escalate thread marco', 'escalate dm marco'],
    ['slack:U03BEN', 'escalate thread ben', 'escalate dm ben'],
  ])('escalate to %s pages them now', async (to, ...pages) => {
    await world.say('escalate', id, ANA, { to, message: 'the replica is gone too' });

    expect(await asked()).toEqual(pages);
    expect((await world.words(id)).at(-1)).toMatch(/^paged (marco|ben) \(level 1\)$/);
    expect((await world.words(id)).some((line) => line.endsWith(': the replica is gone too'))).toBe(true);
  });

  it('escalate to nobody says who there is', async () => {
    expect(await world.say('escalate', id, ANA, { to: 'schedule:bakup' })).toMatchObject({
      code: 'TARGET_UNKNOWN',
      text: '"schedule:bakup" is nobody who can be paged. Nobody was paged.',
      remedy: expect.stringMatching(/^Did you mean schedule:backup.*contact:manager/) as string,
    });
  });

  it.each(['unack', 'pass-on', 'need-help', 'still-on-it', 'add-responder', 'escalate'])(
    '%s of what is over is refused: it says so, and nobody is paged',
    async (verb) => {
      await world.say('resolve', id, ANA);
      await world.pass(4 * MINUTE);
      const before = (await world.pages(id)).length;

      const outcome = await world.say(verb, id, ANA, { person: 'ben', to: 'ben' });

      expect(outcome).toMatchObject({ kind: 'refused', code: 'INCIDENT_RESOLVED' });
      expect(outcome.text).toMatch(/^GI-1 is resolved \(4m ago\)\. /);
      expect(await world.pages(id)).toHaveLength(before);
    },
  );

  it('an ack stops what people asked for too: no page that is not on its way', async () => {
    await world.say('pass-on', id, ANA);
    await world.say('escalate', id, ANA, { to: 'marco' });

    await world.say('ack', id, BEN);

    expect(await world.journal().effects({ states: ['wanted'], incident: id })).toEqual([]);
  });

  it('marks a page that was on its way when somebody acknowledged', async () => {
    await world.pass(4 * MINUTE);
    const [inFlight, other] = await world.journal().effects({ kinds: ['page'], states: ['wanted'], incident: id });
    if (inFlight === undefined || other === undefined) throw new Error('no page');
    await world.journal().claim(inFlight.key, world.clock.now());
    await world.pass(1);
    await world.say('ack', id, BEN);

    const result = { outcome: 'sent', error: null, reference: 'C1/2.2', lateSeconds: 1 } as const;
    const part = await world.parts().escalation.pageClosed(inFlight, result);
    await world.journal().append({ at: world.clock.now(), actor: 'auto', ...part });

    const sent = (await world.events(id)).filter(({ type }) => type === 'page.sent');
    expect(sent.map(({ data }) => data.meanwhile ?? null)).toEqual([null, null, null, 'acknowledged']);
    expect((await world.journal().effect(other.key))?.state).toBe('dropped');
    expect((await world.words(id)).at(-1)).toBe('page to ana by thread was on its way when somebody acknowledged');
  });
});
