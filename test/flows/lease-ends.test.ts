import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ANA, createLeaseWorld, HOUR, type LeaseWorld } from '../support/lease-world.ts';

const PROVED = { kind: 'reverted', proved: true, summary: '203.0.113.7 gets an answer again' } as const;

describe('what is held for a time is reverted by itself at its end', () => {
  let world: LeaseWorld;
  beforeEach(async () => {
    world = await createLeaseWorld();
  });
  afterEach(() => world.close());

  it('not a second before, and proved', async () => {
    await world.take(2 * HOUR);

    await world.pass(2 * HOUR - 1);
    const before = [...world.asked];
    await world.pass(1);
    await world.ended(PROVED);
    await world.pass(24 * HOUR);

    expect(before).toEqual([]);
    expect(world.asked).toEqual([
      { key: expect.any(String), run: 'RUN-3', steps: ['block'], by: 'auto', reason: 'the time of LEASE-1 is over' },
    ]);
    expect(await world.lease('LEASE-1')).toMatchObject({ status: 'ended', how: 'expired', proved: true, tries: 0 });
    expect(await world.leases().list()).toEqual([]);
  });

  it('is announced before, and its taker is told of both', async () => {
    await world.take(2 * HOUR);

    await world.pass(108 * 60 - 1);
    expect(await world.notices()).toEqual([]);
    await world.pass(1);
    const announced = await world.notices();
    await world.pass(12 * 60);
    await world.ended(PROVED);

    expect(announced).toEqual([
      {
        to: { actor: ANA },
        title: 'LEASE-1 ends 2026-11-22 16:00 UTC',
        lines: [
          '203.0.113.7 is blocked on web-1 (block-ip of RUN-3)',
          'Held for 2h. To hold it longer: /gianna lease renew LEASE-1 1h, or gianna-ops leases renew LEASE-1 --for 1h',
          'To let it end: do nothing. It is reverted then, and proved.',
        ],
        buttons: [
          { action: 'renew', about: 'LEASE-1', label: 'Renew…' },
          { action: 'lease-end', about: 'LEASE-1', label: 'Undo now…' },
        ],
        incident: 'GI-1',
      },
    ]);
    expect((await world.notices()).map(({ title }) => title)).toEqual([
      'LEASE-1 ends 2026-11-22 16:00 UTC',
      'LEASE-1 has ended: reverted and proved',
    ]);
  });

  it('is told in the timeline of its incident', async () => {
    await world.take(HOUR);
    await world.pass(HOUR);
    await world.ended(PROVED);

    expect(await world.timeline()).toEqual([
      'LEASE-1 holds until 2026-11-22 15:00 UTC: 203.0.113.7 is blocked on web-1',
      'LEASE-1 ends 2026-11-22 15:00 UTC',
      'the time of LEASE-1 is over',
      'LEASE-1 is over: reverted and proved (203.0.113.7 gets an answer again)',
    ]);
    const about = await world.journal().eventsAbout('GI-1');
    expect(about).toHaveLength(5);
  });

  it('late when the bot was away, once, and it says how late', async () => {
    await world.take(HOUR);

    await world.away(3 * HOUR);
    await world.pass(60);

    expect(world.asked).toHaveLength(1);
    expect(await world.timeline()).toContain('the time of LEASE-1 is over, 2h late');
    expect(await world.types()).toEqual(['lease.taken', 'lease.ending', 'lease.reverting']);
    await world.ended(PROVED);
  });

  it('in the reverse order when several of one run are over', async () => {
    await world.take(HOUR, { step: 'drain' });
    await world.take(HOUR, { step: 'block' });

    await world.away(2 * HOUR);
    await world.pass(60);
    const first = world.asked.map(({ steps }) => steps);
    await world.ended(PROVED);
    await world.pass(60);
    await world.ended(PROVED, { steps: ['drain'] });

    expect(first).toEqual([['block']]);
    expect(world.asked.map(({ steps }) => steps)).toEqual([['block'], ['drain']]);
    expect(await world.leases().list()).toEqual([]);
  });

  it('is not asked for when somebody undid it before', async () => {
    await world.take(HOUR);
    await world.pass(600);

    await world.begun();
    const listed = await world.leases().list();
    await world.ended(PROVED);
    await world.pass(2 * HOUR);

    expect(listed).toMatchObject([{ id: 'LEASE-1', state: 'ending' }]);
    expect(world.asked).toEqual([]);
    expect(await world.lease('LEASE-1')).toMatchObject({ status: 'ended', how: 'lifted' });
    expect(await world.notices()).toEqual([]);
  });

  it('says loudly to its taker that nothing proved it', async () => {
    await world.take(HOUR);
    await world.pass(HOUR);

    await world.ended({ kind: 'reverted', proved: false, summary: 'gianna-health fail' });

    expect((await world.notices()).at(-1)).toMatchObject({
      title: 'LEASE-1 has ended: reverted, but NOT proved',
      lines: [expect.any(String), 'gianna-health fail'],
    });
  });

  it('is asked what became of it when nothing is heard of its reversal', async () => {
    await world.take(HOUR);
    await world.pass(HOUR);
    world.answer = async () => ({ kind: 'undone', proved: true, summary: 'was undone at 15:00' });

    await world.pass(11 * 60);

    expect(world.asked).toHaveLength(2);
    expect(await world.lease('LEASE-1')).toMatchObject({ status: 'ended', proved: true });
  });
});

describe('what is held is listed', () => {
  let world: LeaseWorld;
  beforeEach(async () => {
    world = await createLeaseWorld();
  });
  afterEach(() => world.close());

  it('the first to end first, with the seconds left', async () => {
    await world.take(2 * HOUR);
    await world.take(HOUR, { run: 'RUN-4', step: 'enter', runbook: 'maintenance', what: 'gianna is in maintenance' });
    await world.pass(600);

    const listed = await world.leases().list();

    expect(listed.map(({ id, secondsLeft }) => [id, secondsLeft])).toEqual([
      ['LEASE-2', 3000],
      ['LEASE-1', 6600],
    ]);
    expect(listed[0]).toEqual({
      id: 'LEASE-2',
      run: 'RUN-4',
      runbook: 'maintenance',
      step: 'enter',
      service: 'gianna',
      hosts: ['web-1'],
      incident: 'GI-1',
      what: 'gianna is in maintenance',
      by: ANA,
      until: '2026-11-22T15:00:00.000Z',
      secondsLeft: 3000,
      state: 'active',
      summary: null,
    });
  });

  it('by service, for what is frozen meanwhile', async () => {
    await world.take(HOUR);
    await world.take(HOUR, { run: 'RUN-4', service: 'redis' });

    const held = await world.leases().leasesOn('redis');

    expect(held).toEqual([
      { id: 'LEASE-2', runbook: 'block-ip', until: world.clock.now() + HOUR * 1000, incident: 'GI-1' },
    ]);
  });

  it('once for a step that is carried out again: it holds on', async () => {
    await world.take(HOUR);
    await world.pass(600);

    const id = await world.take(HOUR);

    expect(id).toBe('LEASE-1');
    expect(await world.leases().list()).toMatchObject([{ id: 'LEASE-1', secondsLeft: HOUR }]);
  });
});
