import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLeaseWorld, HOUR, type LeaseWorld } from '../support/lease-world.ts';

describe('a lease goes on when somebody renews it', () => {
  let world: LeaseWorld;
  beforeEach(async () => {
    world = await createLeaseWorld();
    await world.take(HOUR);
  });
  afterEach(() => world.close());

  const renew = (args: Record<string, string | number>) => world.command('renew', { lease: 'LEASE-1', ...args });

  it('from now on, and ends at the new time', async () => {
    await world.pass(1800);

    const outcome = await renew({ seconds: 2 * HOUR });
    await world.pass(2 * HOUR - 1);
    expect(world.asked).toEqual([]);
    await world.pass(1);

    expect(outcome).toMatchObject({
      kind: 'done',
      text: 'LEASE-1 is held until 2026-11-22 16:30 UTC.',
      incident: 'GI-1',
    });
    expect(world.asked).toHaveLength(1);
  });

  it('until a moment that is named, in any zone', async () => {
    const outcome = await renew({ until: '2026-11-22T17:00:00-03:00' });

    expect(outcome).toMatchObject({ kind: 'done' });
    expect(await world.lease('LEASE-1')).toMatchObject({ until: Date.UTC(2026, 10, 22, 20) });
  });

  it('and is announced again before the new end', async () => {
    await world.pass(55 * 60);
    await renew({ seconds: HOUR });
    await world.pass(55 * 60);

    expect((await world.notices()).map(({ title }) => title)).toEqual([
      'LEASE-1 ends 2026-11-22 15:00 UTC',
      'LEASE-1 ends 2026-11-22 15:55 UTC',
    ]);
  });

  it('across a restart', async () => {
    await renew({ seconds: 3 * HOUR });

    await world.away(2 * HOUR);
    await world.pass(1);

    expect(world.asked).toEqual([]);
    expect(await world.leases().list()).toMatchObject([{ state: 'active', secondsLeft: HOUR - 1 }]);
  });

  it.each([
    ['a time that is shorter than what is left', { seconds: 60 }, 'ENDS_LATER'],
    ['more than it may last in all', { seconds: 25 * HOUR }, 'LEASE_TOO_LONG'],
    ['no time', {}, 'LEASE_MALFORMED'],
    ['a time without a zone', { until: '2026-11-22T17:00:00' }, 'LEASE_MALFORMED'],
    ['a negative time', { seconds: -5 }, 'LEASE_MALFORMED'],
    ['another lease', { lease: 'LEASE-9', seconds: HOUR }, 'LEASE_UNKNOWN'],
    ['what is no lease', { lease: "LEASE-1'; --", seconds: HOUR }, 'LEASE_MALFORMED'],
  ])('is refused for %s', async (_what, args, code) => {
    const outcome = await renew(args);

    expect(outcome).toMatchObject({ kind: 'refused', code });
    expect(await world.types()).toEqual(['lease.taken']);
  });

  it('is refused past a limit that counts from when it was taken, renewals included', async () => {
    for (let hours = 0; hours < 23; hours += 1) {
      await renew({ seconds: 2 * HOUR });
      await world.pass(HOUR);
    }

    const outcome = await renew({ seconds: HOUR + 1 });

    expect(outcome).toMatchObject({ kind: 'refused', code: 'LEASE_TOO_LONG' });
    expect(await renew({ seconds: HOUR })).toMatchObject({ kind: 'refused', code: 'ENDS_LATER' });
  });

  it('is refused to somebody who might not run it', async () => {
    world.rights = { allowed: false, reason: 'You are a viewer.' };

    const outcome = await renew({ seconds: 2 * HOUR });

    expect(outcome).toMatchObject({ kind: 'refused', code: 'NOT_ALLOWED', text: 'You are a viewer.' });
  });

  it('is refused once it is over', async () => {
    await world.pass(HOUR);
    const ending = await renew({ seconds: 2 * HOUR });
    await world.ended({ kind: 'reverted', proved: true, summary: 'well' });

    const ended = await renew({ seconds: 2 * HOUR });

    expect([ending, ended]).toMatchObject([{ code: 'LEASE_ENDING' }, { code: 'LEASE_OVER' }]);
  });
});
