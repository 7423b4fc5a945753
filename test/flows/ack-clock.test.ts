import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { incidentJson } from '../../src/alerts/incident-json.ts';
import { overdueEscalations } from '../../src/oncall/overdue.ts';
import { readEscalation } from '../../src/oncall/view.ts';
import { type AckWorld, ANA, BEN, openAckWorld } from '../support/ack-world.ts';
import { testConfig, withoutAckClock } from '../support/config.ts';

const MINUTE = 60;
const HOUR = 3600;

/** `1800 ask dm ana`: one line a page. */
async function pages(world: AckWorld, incident: string, since = 1): Promise<string[]> {
  return (await world.pages(incident, since)).map(({ at, why, means, to }) => `${at} ${why} ${means} ${to.join(',')}`);
}

describe('the clock of an acknowledgement', () => {
  let world: AckWorld;
  let id: string;
  beforeEach(async () => {
    world = await openAckWorld();
    id = await world.open();
    await world.sendAll();
    await world.say('ack', id, ANA);
  });
  afterEach(() => world.close());

  it('asks the owner, pages the owner, then the next level, and begins again', async () => {
    await world.pass(72 * MINUTE);

    expect(await pages(world, id)).toEqual([
      '1800 ask thread ana',
      '1800 ask dm ana',
      '2100 owner thread ana',
      '2100 owner dm ana',
      '2400 level thread ana',
      '2400 level dm ana',
      '4200 ask thread ana',
      '4200 ask dm ana',
    ]);
    expect((await world.incident(id)).status).toBe('acknowledged');
  });

  it('goes up a level with each lap, and pages the last one again when there is none above', async () => {
    await world.pass(5 * 40 * MINUTE);

    const levels = (await world.events(id)).filter(({ type, data }) => type === 'ack.struck' && data.step === 'level');
    expect(levels.map(({ data }) => data.level)).toEqual([2, 3, 4, 4, 4]);
    const last = (await pages(world, id)).filter((line) => line.includes(' level '));
    expect(last.at(-1)).toBe('12000 level dm marco');
    expect(last.at(-2)).toBe('12000 level dm ben');
    expect(last.at(-3)).toBe('12000 level thread ben,marco,channel:ops');
  });

  it('pages the owner of a P0 by the other means of the level, where they are set up', async () => {
    await world.pass(35 * MINUTE);

    const skipped = (await world.events(id)).filter(
      ({ type, at }) => type === 'page.skipped' && at === world.clock.now(),
    );
    expect(skipped.map(({ data }) => data.pages)).toEqual([
      [
        { target: 'person:ana', person: 'ana', means: 'sms' },
        { target: 'person:ana', person: 'ana', means: 'voice' },
      ],
    ]);
  });

  it.each([
    ['note', { text: 'failed over' }],
    ['still-on-it', {}],
    ['ack', {}],
    ['severity', { to: 'P1', reason: 'only the preview' }],
    ['add-responder', { person: 'ben' }],
  ] as const)('begins anew at %s by a person', async (verb, args) => {
    await world.pass(31 * MINUTE);
    const wanted = (await world.pages(id, 1800)).length;

    await world.say(verb, id, ANA, args);

    expect(wanted).toBe(2);
    const wait = verb === 'severity' ? 4 * HOUR : 30 * MINUTE;
    const ack = (await world.state(id))?.ack;
    expect(ack?.next).toEqual({ step: 'ask', at: world.clock.now() + wait * 1000 });
    expect((await world.journal().timersOf('escalation', id)).map(({ purpose }) => purpose)).toEqual(['ack']);
    // what was asked is answered: it is not sent any more
    const left = await world.journal().effects({ kinds: ['page'], states: ['wanted'], incident: id });
    expect(left.map(({ data }) => (data as { beyond?: { why: string } }).beyond?.why)).not.toContain('ask');
  });

  it('goes by the policy of the severity to which it was lowered meanwhile', async () => {
    await world.say('severity', id, ANA, { to: 'P1', reason: 'only the preview' });
    const loweredAt = world.clock.now();

    await world.pass(4 * HOUR + 15 * MINUTE);

    expect(await world.state(id)).toMatchObject({ severity: 'P1', status: 'stopped', stopped: 'acknowledged' });
    const struck = (await world.events(id)).filter(({ type }) => type === 'ack.struck');
    expect(struck.map(({ at, data }) => [(at - loweredAt) / 1000, data.step])).toEqual([
      [4 * HOUR, 'ask'],
      [4 * HOUR + 15 * MINUTE, 'owner'],
    ]);
    // the owner of a P0 would be paged by SMS and voice too
    expect((await world.events(id)).filter(({ type, at }) => type === 'page.skipped' && at > loweredAt)).toEqual([]);
    expect((await world.pages(id, 1)).every(({ means }) => means === 'dm' || means === 'thread')).toBe(true);
  });

  it('waits so long as the button said', async () => {
    await world.pass(30 * MINUTE);

    await world.say('still-on-it', id, ANA, { seconds: 7200 });

    expect((await world.state(id))?.ack?.next.at).toBe(world.clock.now() + 7_200_000);
    expect(await world.words(id)).toContain('still on it, for 2h');
  });

  it('does not hear machines: more alerts change nothing', async () => {
    await world.pass(10 * MINUTE);
    await world.refire(id);
    await world.pass(20 * MINUTE);

    expect(await pages(world, id)).toEqual(['1800 ask thread ana', '1800 ask dm ana']);
  });

  it('hears of a run that a person started, although it changes no incident', async () => {
    await world.pass(20 * MINUTE);
    const run = { kind: 'run-of-a-test', id: 'RUN-1', expected: 0, key: null, state: {}, incident: id } as const;
    const events = [{ type: 'run.requested', v: 1, data: {} }];
    await world.journal().append({ at: world.clock.now(), actor: BEN, aggregates: [{ ...run, events }] });

    await world.pass(29 * MINUTE);
    const before = await pages(world, id);
    await world.pass(2 * MINUTE);

    expect(before).toEqual([]);
    expect(await pages(world, id)).toEqual(['3000 ask thread ana', '3000 ask dm ana']);
  });

  it.each(['recovered', 'resolved', 'un-acked'])('stops when it is %s', async (how) => {
    await world.pass(31 * MINUTE);

    if (how === 'recovered') await world.end(id);
    if (how === 'resolved') await world.say('resolve', id, ANA);
    if (how === 'un-acked') await world.say('unack', id, ANA);

    expect((await world.state(id))?.ack).toBeNull();
    const timers = (await world.journal().timersOf('escalation', id)).map(({ purpose }) => purpose);
    expect(timers).toEqual(how === 'un-acked' ? ['escalate'] : []);
    const asked = await world.journal().effects({ kinds: ['page'], states: ['wanted'], incident: id });
    expect(asked).toEqual([]);
  });

  it('begins anew when it fires again with its owner', async () => {
    await world.pass(20 * MINUTE);
    await world.end(id);
    await world.pass(10 * MINUTE);
    await world.refire(id);

    await world.pass(30 * MINUTE);

    expect(await pages(world, id)).toEqual(['3600 ask thread ana', '3600 ask dm ana']);
  });

  it('carries out after a restart the highest step that is due, once, late, and records the others', async () => {
    await world.away(37 * MINUTE);
    await world.ring();

    expect(await pages(world, id)).toEqual(['2220 owner thread ana', '2220 owner dm ana']);
    const struck = (await world.events(id)).filter(({ type }) => type.startsWith('ack.'));
    expect(struck.map(({ type, data }) => [type, data.step ?? data.steps ?? null, data.lateSeconds ?? null])).toEqual([
      ['ack.began', null, null],
      ['ack.superseded', ['ask'], null],
      ['ack.struck', 'owner', 120],
    ]);
    // people have their time to answer, counted from then
    expect((await world.state(id))?.ack?.next).toEqual({ step: 'level', at: world.clock.now() + 5 * MINUTE * 1000 });
  });

  it('is quiet after an absence of a week but for one step', async () => {
    await world.away(7 * 24 * HOUR);
    await world.ring();

    expect(new Set((await world.pages(id, 1)).map(({ why }) => why))).toEqual(new Set(['level']));
  });

  it('reads the configuration of the moment: what does not expire any more asks nobody', async () => {
    await world.pass(10 * MINUTE);
    world.config.swap(withoutAckClock());

    await world.pass(100 * MINUTE);

    expect(await pages(world, id)).toEqual([]);
    expect((await world.state(id))?.ack).toBeNull();
    expect(await world.words(id)).toContain('nobody is asked any more: its acknowledgement does not expire');
  });

  it('asks an owner whom oncall.yml does not know by their Slack id', async () => {
    await world.say('assign', id, ANA, { to: 'slack:U0ELSE' });

    await world.pass(30 * MINUTE);

    expect(await pages(world, id)).toEqual(['1800 ask thread slack:U0ELSE', '1800 ask dm slack:U0ELSE']);
  });

  it('tells channel ops when nobody can be asked: it was acknowledged at the command line', async () => {
    await world.say('unack', id, ANA);
    await world.say('ack', id, 'local');
    const before = (await world.pages(id, 0)).length;

    await world.pass(30 * MINUTE);

    expect((await pages(world, id, 0)).slice(before)).toEqual(['1800 ask thread channel:ops']);
  });

  it('is shown: when it strikes, and to the auditor when it has not', async () => {
    const deps = {
      journal: world.journal(),
      escalationOf: (one: string) => readEscalation(world.journal(), one),
      describers: [],
    };
    const shown = await incidentJson(deps, id);
    world.clock.advance(31 * MINUTE * 1000);

    expect(shown).toMatchObject({ ackExpiresAt: '2026-11-23T13:30:00.000Z', escalation: { nextAt: null } });
    expect(await overdueEscalations(world.journal(), world.clock.now() - 30_000)).toEqual([id]);
    await world.ring();
    expect(await overdueEscalations(world.journal(), world.clock.now() - 30_000)).toEqual([]);
  });
});

describe('a hundred days after an acknowledgement', () => {
  it('nobody was paged where acknowledgements do not expire', async () => {
    const world = await openAckWorld({ config: withoutAckClock() });
    const id = await world.open();
    await world.say('ack', id, ANA);

    await world.pass(100 * 24 * HOUR);

    expect(await world.pages(id, 1)).toEqual([]);
    await world.close();
  });

  it("where they do, the clock's pages came at its times, and no other", async () => {
    const config = testConfig();
    const ackExpires = { askAfterSeconds: 40 * HOUR, pageOwnerAfterSeconds: 4 * HOUR, nextLevelAfterSeconds: 4 * HOUR };
    const P0 = { ...config.severities.P0, ackExpires };
    const world = await openAckWorld({ config: { ...config, severities: { ...config.severities, P0 } } });
    const id = await world.open();
    await world.say('ack', id, ANA);

    await world.pass(100 * 24 * HOUR);

    const expected: string[] = [];
    for (let lap = 0; lap * 48 + 40 <= 2400; lap += 1) {
      for (const [hours, why] of [
        [40, 'ask'],
        [44, 'owner'],
        [48, 'level'],
      ] as const)
        expected.push(`${(lap * 48 + hours) * HOUR} ${why}`);
    }
    const seen = new Set((await world.pages(id, 1)).map(({ at, why }) => `${at} ${why}`));
    expect([...seen]).toEqual(expected.filter((line) => Number.parseInt(line, 10) <= 2400 * HOUR));
    await world.close();
  });
});

describe('the clock of a severity in business time', () => {
  it('counts business time, and waits for the next business day', async () => {
    const config = testConfig();
    const ackExpires = { askAfterSeconds: 4 * HOUR, pageOwnerAfterSeconds: HOUR, nextLevelAfterSeconds: HOUR };
    const P2 = { ...config.severities.P2, ackExpires };
    // Monday 16:00 in São Paulo
    const startAt = Date.UTC(2026, 10, 23, 19, 0, 0);
    const world = await openAckWorld({ startAt, config: { ...config, severities: { ...config.severities, P2 } } });
    const id = await world.open({ alertname: 'DiskSlow', severity: 'warning' });
    await world.say('ack', id, ANA);

    await world.pass(3 * 24 * HOUR);

    const asked = (await world.pages(id, 1))
      .filter(({ why }) => why !== 'level')
      .map(({ at, why }) => {
        return `${new Date(startAt + at * 1000).toISOString().slice(5, 16)} ${why}`;
      });
    expect([...new Set(asked)].slice(0, 3)).toEqual(['11-24T14:00 ask', '11-24T15:00 owner', '11-24T20:00 ask']);
    await world.close();
  });
});
