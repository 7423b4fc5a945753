import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { UndoAnswer } from '../../src/runbooks/lease/executor.ts';
import { createLeaseWorld, HOUR, type LeaseWorld } from '../support/lease-world.ts';

const PROVED = { kind: 'reverted', proved: true, summary: 'well' } as const;
const never = () => new Promise<UndoAnswer>(() => {});

describe('a process that dies forgets no lease and reverts none twice', () => {
  let world: LeaseWorld;
  beforeEach(async () => {
    world = await createLeaseWorld();
    await world.take(HOUR);
  });
  afterEach(() => world.close());

  const keys = () => new Set(world.asked.map(({ key }) => key));

  it('right after the step that holds', async () => {
    await world.crash();

    await world.pass(HOUR);

    expect(world.asked).toHaveLength(1);
  });

  it('after the end was recorded, before the engine was asked', async () => {
    world.answer = never;
    await world.strike(HOUR);
    await world.crash();
    world.answer = async () => ({ kind: 'accepted' });

    await world.pass(1);

    expect(await world.types()).toEqual(['lease.taken', 'lease.ending', 'lease.reverting']);
    expect(keys().size).toBe(1);
  });

  it('after the engine took it, before that was recorded: it is asked by the same key', async () => {
    world.answer = never;
    await world.strike(HOUR);
    await vi.waitFor(() => expect(world.asked).toHaveLength(1));
    await world.crash();
    world.answer = async () => ({ kind: 'accepted' });

    await world.pass(1);

    expect(world.asked).toHaveLength(2);
    expect(keys().size).toBe(1);
    expect(await world.lease('LEASE-1')).toMatchObject({ phase: 'reverting' });
  });

  it('after it was reverted, before the engine was heard: the engine says so', async () => {
    world.answer = never;
    await world.strike(HOUR);
    await vi.waitFor(() => expect(world.asked).toHaveLength(1));
    await world.crash();
    world.answer = async () => ({ ...PROVED, kind: 'undone' });

    await world.pass(1);

    expect(await world.lease('LEASE-1')).toMatchObject({ status: 'ended', how: 'expired', proved: true });
  });

  it('when the undo ended before the answer was recorded, the answer changes nothing any more', async () => {
    let say = (_answer: UndoAnswer) => {};
    world.answer = () => new Promise((resolve) => (say = resolve));
    await world.strike(HOUR);
    await vi.waitFor(() => expect(world.asked).toHaveLength(1));
    await world.ended(PROVED);
    say({ kind: 'accepted' });

    await world.pass(HOUR);

    expect(await world.types()).toEqual(['lease.taken', 'lease.ending', 'lease.ended']);
  });

  it('while it is reverted: the interrupted undo is a try that failed, and it is tried again', async () => {
    await world.pass(HOUR);
    await world.crash();
    await world.ended({ kind: 'not-reverted', mayRetry: true, summary: 'interrupted' });

    await world.pass(60);

    expect(world.asked).toHaveLength(2);
    expect(await world.lease('LEASE-1')).toMatchObject({ status: 'ending', phase: 'reverting', tries: 1 });
  });

  it('while people are told of a failure: they are told once', async () => {
    world.answer = async () => ({ kind: 'refused', reason: 'waits for a person' });
    await world.pass(HOUR);
    await world.crash();

    await world.pass(HOUR);

    expect((await world.notices()).filter(({ title }) => title.includes('NOT reverted'))).toHaveLength(2);
    expect(await world.leases().list()).toMatchObject([{ state: 'failed' }]);
  });
});
