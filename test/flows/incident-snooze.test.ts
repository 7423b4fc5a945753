import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type IncidentWorld, openIncidentWorld } from '../support/incident-world.ts';
import { T0 } from '../support/payloads.ts';

const MINUTE = 60_000;
const CRITICAL = { alertname: 'DatabaseConnectionIssue', severity: 'critical', component: 'database' };
const DOWN = { alertname: 'GiannaServiceDown', severity: 'critical', component: 'database' };
const HOUR = { seconds: 3600, reason: 'vendor works on it' };

describe('a snoozed incident pages nobody and wakes by itself', () => {
  let world: IncidentWorld;
  beforeEach(async () => {
    world = await openIncidentWorld();
    await world.deliver([{ labels: CRITICAL }]);
  });
  afterEach(() => world.close());

  it('stays visible and firing while its pages pause', async () => {
    const answer = await world.ask('snooze', 'GI-1', HOUR);
    const snoozed = await world.incident('GI-1');
    await world.pass(59 * MINUTE);

    expect(answer.text).toBe('GI-1 snoozed for 1h: no pages until then, if it stays P1.');
    expect(snoozed).toMatchObject({
      status: 'firing',
      quiet: { kind: 'snoozed', until: T0 + 60 * MINUTE, by: 'slack:U01ONCALL' },
    });
    expect(await world.wanted('GI-1')).toEqual([]);
    expect(await world.texts('GI-1')).toContain('snoozed for 1h: pages pause: vendor works on it');
  });

  it('wakes at its end and pages the level that it had reached', async () => {
    await world.sendAll();
    await world.pass(31 * MINUTE);
    await world.sendAll();
    await world.ask('snooze', 'GI-1', HOUR);
    await world.pass(60 * MINUTE - 1);
    const asleep = await world.wanted('GI-1');
    await world.pass(1);

    expect(asleep).toEqual([]);
    expect(await world.wanted('GI-1')).toEqual(['2/1:dm', '2/1:thread']);
    expect(await world.nextPageAt('GI-1')).toBe(world.clock.now() + 30 * MINUTE);
    expect(await world.incident('GI-1')).toMatchObject({ quiet: null, status: 'firing' });
    expect(await world.timersOf('GI-1')).toEqual([]);
  });

  it('may be woken by hand, once', async () => {
    await world.ask('snooze', 'GI-1', HOUR);
    const awake = await world.ask('unsnooze', 'GI-1');
    const again = await world.ask('unsnooze', 'GI-1');

    expect(awake.text).toBe('GI-1 is awake. Pages go on.');
    expect(again).toMatchObject({ code: 'NOT_SNOOZED' });
    expect(await world.wanted('GI-1')).toEqual(['1/1:dm', '1/1:thread']);
  });

  it.each(['ack', 'resolve'])('ends by %s, and nothing wakes later', async (verb) => {
    await world.ask('snooze', 'GI-1', HOUR);
    await world.ask(verb, 'GI-1');
    const ended = await world.incident('GI-1');
    await world.pass(61 * MINUTE);

    expect(ended.quiet).toBeNull();
    expect(await world.wanted('GI-1')).toEqual([]);
  });

  it('lasts through a recovery: firing again within it pages nobody until its end', async () => {
    await world.ask('snooze', 'GI-1', HOUR);
    await world.deliver([{ labels: CRITICAL, status: 'resolved', endsAt: T0 + MINUTE }]);
    await world.pass(5 * MINUTE);
    await world.deliver([{ labels: CRITICAL, startsAt: world.clock.now() }]);
    const refired = await world.incident('GI-1');
    const asleep = await world.wanted('GI-1');
    await world.pass(55 * MINUTE);

    expect(refired).toMatchObject({ status: 'firing', quiet: { kind: 'snoozed' } });
    expect(asleep).toEqual([]);
    expect((await world.wanted('GI-1')).length).toBeGreaterThan(0);
  });

  it('wakes at once when it becomes more urgent', async () => {
    await world.ask('snooze', 'GI-1', HOUR);
    const group = { groupLabels: { alertname: CRITICAL.alertname } };
    await world.deliver([{ labels: CRITICAL }, { fingerprint: 'f2', labels: DOWN, startsAt: T0 + MINUTE }], group);

    expect(await world.incident('GI-1')).toMatchObject({ severity: 'P0', quiet: null });
    expect((await world.wanted('GI-1')).length).toBeGreaterThan(0);
    expect(await world.texts('GI-1')).toContain('the quiet time ends, it is more urgent now');
  });

  it('refuses more than its severity allows, and what needs no snooze, saying what is wrong', async () => {
    const long = await world.ask('snooze', 'GI-1', { seconds: 5 * 3600, reason: 'later' });
    const short = await world.ask('snooze', 'GI-1', { seconds: 5, reason: 'later' });
    const silent = await world.ask('snooze', 'GI-1', { seconds: 600 });
    await world.ask('ack', 'GI-1');
    const owned = await world.ask('snooze', 'GI-1', HOUR);

    expect(long).toMatchObject({
      code: 'SNOOZE_TOO_LONG',
      text: 'GI-1 is P1: 4h is the most, 5h was asked for. Nothing was changed.',
    });
    expect(short.code).toBe('DURATION_WRONG');
    expect(silent.code).toBe('REASON_MISSING');
    expect(owned.code).toBe('ALREADY_ACKNOWLEDGED');
    expect((await world.incident('GI-1')).quiet).toBeNull();
  });

  it('is silenced through the same quiet, but never as a P0', async () => {
    const quiet = { kind: 'silenced', until: T0 + 30 * MINUTE, by: 'slack:U02MGR', silence: 's-1' } as const;
    const silence = async (id: string) => {
      const batch = await world.desk.change(id, { verb: 'quiet', quiet, reason: null }, 'auto');
      if (batch !== null) await world.journal.append(batch);
      return batch !== null;
    };
    await world.deliver([{ fingerprint: 'down', labels: { ...DOWN, component: 'health' } }]);

    expect([await silence('GI-1'), await silence('GI-2')]).toEqual([true, false]);
    expect(await world.incident('GI-1')).toMatchObject({ flags: ['silenced'], quiet });
    expect(await world.wanted('GI-1')).toEqual([]);
    expect((await world.ask('snooze', 'GI-1', HOUR)).code).toBe('ALREADY_SILENCED');
    await world.pass(30 * MINUTE);
    expect(await world.incident('GI-1')).toMatchObject({ flags: [], quiet: null });
    expect((await world.wanted('GI-1')).length).toBeGreaterThan(0);
  });
});
