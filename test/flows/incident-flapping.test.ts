import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type IncidentWorld, openIncidentWorld } from '../support/incident-world.ts';
import type { PayloadAlert } from '../support/payloads.ts';

const MINUTE = 60_000;
const LABELS = { alertname: 'DatabaseConnectionIssue', severity: 'critical', component: 'database' };

describe('an incident that comes and goes pings once, and pages again only when it stays', () => {
  let world: IncidentWorld;
  beforeEach(async () => {
    world = await openIncidentWorld();
  });
  afterEach(() => world.close());

  async function fires(rest: PayloadAlert = {}): Promise<void> {
    await world.deliver([{ labels: LABELS, startsAt: world.clock.now(), ...rest }]);
  }
  async function ends(rest: PayloadAlert = {}): Promise<void> {
    await world.deliver([
      { labels: LABELS, status: 'resolved', startsAt: world.clock.now() - MINUTE, endsAt: world.clock.now(), ...rest },
    ]);
  }
  /** So many times: a minute over, a minute firing. It fires in the end. */
  async function comesAndGoes(times: number): Promise<void> {
    for (let time = 0; time < times; time += 1) {
      await world.pass(MINUTE);
      await ends();
      await world.pass(MINUTE);
      await fires();
    }
  }

  it('begins at the sixth turn within half an hour: one page, then none at the next refires', async () => {
    await fires();
    await comesAndGoes(2);
    await world.sendAll();
    const before = await world.incident('GI-1');
    await comesAndGoes(1);
    const began = await world.incident('GI-1');
    const ping = await world.wanted('GI-1');
    await world.sendAll();
    await comesAndGoes(4);

    expect(before.flapping).toBeNull();
    expect(began).toMatchObject({ flags: ['flapping'], status: 'firing', flapping: { count: 6 } });
    expect(began.flapping?.changes).toHaveLength(6);
    expect(ping).toEqual(['1/0:dm', '1/0:thread']);
    expect(await world.wanted('GI-1')).toEqual([]);
    expect((await world.incident('GI-1')).flapping).toMatchObject({ count: 14 });
    expect(await world.texts('GI-1')).toContain('flapping: it has turned 6 times; no page until it stays');
  });

  it('is one thread, not one an episode', async () => {
    await fires();
    await comesAndGoes(8);

    expect(await world.journal.nextNumber('incident')).toBe(2);
  });

  it('pages again when it stays firing for ten minutes, and says so', async () => {
    await fires();
    await comesAndGoes(4);
    await world.sendAll();
    await world.pass(10 * MINUTE - 1);
    const before = await world.wanted('GI-1');
    await world.pass(1);

    expect(before).toEqual([]);
    expect(await world.wanted('GI-1')).toEqual(['1/0:dm', '1/0:thread']);
    expect(await world.incident('GI-1')).toMatchObject({ flags: [], flapping: null });
    expect(await world.texts('GI-1')).toContain('it stays firing: pages go on');
  });

  it('ends when it has been over for the window, without a page', async () => {
    await fires();
    await comesAndGoes(3);
    await world.sendAll();
    await world.pass(MINUTE);
    await ends();
    await world.pass(30 * MINUTE - 1);
    const before = await world.incident('GI-1');
    await world.pass(1);

    expect(before.flapping).not.toBeNull();
    expect(await world.incident('GI-1')).toMatchObject({ flags: [], flapping: null });
    expect(await world.wanted('GI-1')).toEqual([]);
    expect(await world.texts('GI-1')).toContain('flapping is over: it stayed quiet');
    expect(await world.timersOf('GI-1')).not.toContain('flapping');
  });

  it('does not count alerts that come and go within an incident that fires all the time', async () => {
    const group = { groupLabels: { job: 'gianna' } };
    await world.deliver([{ fingerprint: 'steady', labels: LABELS }], group);
    for (let time = 0; time < 10; time += 1) {
      const startsAt = world.clock.now();
      await world.deliver([{ fingerprint: `f${time}`, labels: LABELS, startsAt }], group);
      await world.pass(MINUTE);
      const endsAt = world.clock.now();
      await world.deliver([{ fingerprint: `f${time}`, labels: LABELS, status: 'resolved', startsAt, endsAt }], group);
    }

    expect(await world.incident('GI-1')).toMatchObject({ status: 'firing', flapping: null });
  });

  it('does not count turns that lie further apart than the window', async () => {
    await fires();
    for (let time = 0; time < 6; time += 1) {
      await world.pass(11 * MINUTE);
      await ends();
      await world.pass(4 * MINUTE);
      await fires();
    }

    expect((await world.incident('GI-1')).flapping).toBeNull();
  });

  it('pings nobody when somebody has it, and pages nobody after an ack of the ping', async () => {
    await fires();
    await world.ask('ack', 'GI-1');
    await world.sendAll();
    await comesAndGoes(3);
    const owned = await world.incident('GI-1');

    expect(owned).toMatchObject({ status: 'acknowledged', flags: ['flapping'] });
    expect(await world.wanted('GI-1')).toEqual([]);
  });

  it('drops the ping that is not sent yet when somebody takes it', async () => {
    await fires();
    await comesAndGoes(3);
    const before = await world.wanted('GI-1');
    await world.ask('ack', 'GI-1');

    expect(before).not.toEqual([]);
    expect(await world.wanted('GI-1')).toEqual([]);
  });

  it('is paged for in full when it becomes more urgent while it flaps', async () => {
    const group = { groupLabels: { alertname: LABELS.alertname } };
    await fires();
    await comesAndGoes(3);
    await world.sendAll();
    const urgent = { alertname: 'GiannaServiceDown', severity: 'critical' };
    await world.deliver([{ fingerprint: 'f2', labels: urgent, startsAt: world.clock.now() }], group);

    expect((await world.incident('GI-1')).severity).toBe('P0');
    expect((await world.wanted('GI-1')).length).toBeGreaterThan(0);
    expect(await world.nextPageAt('GI-1')).not.toBeNull();
  });

  it('keeps effects folded beneath a flapping cause while that is over for a moment', async () => {
    const redis = { fingerprint: 'redis', labels: { alertname: 'RedisDown', severity: 'critical', service: 'redis' } };
    const turn = async () => {
      await world.pass(MINUTE);
      const now = world.clock.now();
      await world.deliver([{ ...redis, status: 'resolved', startsAt: now - MINUTE, endsAt: now }]);
      const between = await world.incident('GI-2').catch(() => null);
      await world.pass(MINUTE);
      await world.deliver([{ ...redis, startsAt: world.clock.now() }]);
      return between;
    };
    const base = world.config.current();
    world.config.swap({ ...base, defaultService: null });
    await world.deliver([redis]);
    for (let time = 0; time < 3; time += 1) await turn();
    await fires();
    await world.sendAll();

    const between = await turn();

    expect(between).toMatchObject({ status: 'firing', foldedUnder: 'GI-1' });
    expect(await world.wanted('GI-2')).toEqual([]);
  });
});
