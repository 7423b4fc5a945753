import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refuse, transient } from '../../src/core/errors.ts';
import { ANA, createLeaseWorld, HOUR, type LeaseWorld } from '../support/lease-world.ts';

const FAILED = { kind: 'not-reverted', mayRetry: true, summary: 'web-1 does not answer' } as const;

describe('what could not be reverted is never forgotten', () => {
  let world: LeaseWorld;
  beforeEach(async () => {
    world = await createLeaseWorld();
    await world.take(HOUR);
  });
  afterEach(() => world.close());

  it('it is tried three times, with longer rests, then people are told loudly and it stays listed', async () => {
    await world.pass(HOUR);
    await world.ended(FAILED);
    await world.pass(59);
    expect(world.asked).toHaveLength(1);
    await world.pass(1);
    expect(world.asked).toHaveLength(2);
    await world.ended(FAILED);
    await world.pass(299);
    expect(world.asked).toHaveLength(2);
    await world.pass(1);
    await world.ended(FAILED);
    await world.pass(24 * HOUR);

    expect(world.asked).toHaveLength(3);
    expect(await world.leases().list()).toMatchObject([
      { id: 'LEASE-1', state: 'failed', secondsLeft: 0, summary: 'web-1 does not answer' },
    ]);
    const told = (await world.notices()).filter(({ title }) => title.includes('NOT'));
    expect(told.map(({ to }) => to)).toEqual([{ channel: 'ops' }, { actor: ANA }]);
    expect(told[0]).toMatchObject({
      title: 'LEASE-1 is NOT reverted after 3 tries',
      lines: [
        '203.0.113.7 is blocked on web-1 (block-ip of RUN-3)',
        'web-1 does not answer',
        'Still in force on gianna, web-1. Nothing more is tried of itself.',
        expect.stringContaining('gianna-ops leases abandon LEASE-1'),
      ],
    });
  });

  it('a failed try that a later one makes good is a success', async () => {
    await world.pass(HOUR);
    await world.ended(FAILED);
    await world.pass(60);

    await world.ended({ kind: 'reverted', proved: true, summary: 'well' });

    expect(await world.lease('LEASE-1')).toMatchObject({ status: 'ended', how: 'expired', proved: true, tries: 1 });
  });

  it('the rest between two tries outlives a restart', async () => {
    await world.pass(HOUR);
    await world.ended(FAILED);

    await world.away(30);
    await world.pass(29);
    expect(world.asked).toHaveLength(1);
    await world.pass(1);

    expect(world.asked).toHaveLength(2);
  });

  it.each([
    ['a refusal', async () => ({ kind: 'refused', reason: 'RUN-3 waits for a person' }) as const, 1],
    [
      'a refusal that is thrown',
      async () => {
        throw refuse('RUN_UNKNOWN', 'There is no RUN-3.', 'Look at the list.');
      },
      1,
    ],
    [
      'an engine that cannot say',
      async () => {
        throw transient('HOST_SILENT', 'web-1 is silent.', 'Wait.');
      },
      3,
    ],
    [
      'a bug',
      async () => {
        throw new Error('boom');
      },
      3,
    ],
  ])('%s ends in failure too', async (_what, answer, tries) => {
    world.answer = answer;

    await world.pass(HOUR + 600);

    expect(world.asked).toHaveLength(tries);
    expect(await world.lease('LEASE-1')).toMatchObject({ status: 'failed', tries });
    expect((await world.notices()).filter(({ to }) => 'channel' in to)).toHaveLength(1);
  });

  it('when somebody undoes it afterwards it is over', async () => {
    world.answer = async () => ({ kind: 'refused', reason: 'waits for a person' });
    await world.pass(HOUR);

    await world.begun({ how: 'undone' });
    await world.ended({ kind: 'reverted', proved: true, summary: 'well' }, { how: 'undone' });

    expect(await world.lease('LEASE-1')).toMatchObject({ status: 'ended', how: 'undone', proved: true });
    expect(await world.leases().list()).toEqual([]);
  });

  it('a person may say that nothing is left to revert, and why', async () => {
    world.answer = async () => ({ kind: 'refused', reason: 'waits for a person' });
    const early = await world.command('lease-abandon', { lease: 'LEASE-1', reason: 'web-1 was replaced' });
    await world.pass(HOUR);

    const outcome = await world.command('lease-abandon', { lease: 'LEASE-1', reason: 'web-1 was replaced' });

    expect(early).toMatchObject({ kind: 'refused', code: 'LEASE_NOT_FAILED' });
    expect(outcome).toMatchObject({ kind: 'done' });
    expect(await world.lease('LEASE-1')).toMatchObject({ status: 'ended', how: 'abandoned', proved: false });
    expect((await world.timeline()).at(-1)).toBe('LEASE-1 was given up, NOT reverted by the bot: web-1 was replaced');
  });
});

describe('a target that another run holds is waited for', () => {
  let world: LeaseWorld;
  beforeEach(async () => {
    world = await createLeaseWorld();
    await world.take(HOUR);
    world.answer = async () => ({ kind: 'busy', holder: 'RUN-7 by ana' });
  });
  afterEach(() => world.close());

  it('every 30 s, and that is said once', async () => {
    await world.pass(HOUR);
    await world.pass(95);

    expect(world.asked).toHaveLength(4);
    expect(new Set(world.asked.map(({ key }) => key)).size).toBe(4);
    expect(await world.types()).toEqual(['lease.taken', 'lease.announced', 'lease.ending', 'lease.busy']);
    expect((await world.notices()).at(-1)).toMatchObject({
      title: 'LEASE-1 is over and waits to be reverted',
      lines: [expect.any(String), expect.stringContaining('RUN-7 by ana holds')],
    });
  });

  it('until it is free, across a restart', async () => {
    await world.pass(HOUR);
    await world.away(3 * HOUR);
    world.answer = async () => ({ kind: 'accepted' });

    await world.pass(30);

    expect(world.asked).toHaveLength(2);
    expect(await world.lease('LEASE-1')).toMatchObject({ status: 'ending', phase: 'reverting' });
  });

  it('and cannot be renewed then: what is over is over', async () => {
    await world.pass(HOUR);

    const outcome = await world.command('renew', { lease: 'LEASE-1', seconds: HOUR });

    expect(outcome).toMatchObject({ kind: 'refused', code: 'LEASE_ENDING' });
  });
});
