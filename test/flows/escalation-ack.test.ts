import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EscalationRoom, openEscalationRoom } from '../oncall/escalation-room.ts';
import { withoutAckClock } from '../support/config.ts';

describe('an acknowledgement', () => {
  let room: EscalationRoom;
  beforeEach(async () => {
    room = await openEscalationRoom();
    await room.move({ severity: 'P0' });
  });
  afterEach(() => room.close());

  it('stops every timer and drops every wanted page in the same transaction', async () => {
    await room.sendAll();
    await room.pass(5 * 60);
    let timersAtCommit = -1;
    room.journal().onChange(async () => {
      timersAtCommit = (await room.journal().timersOf('escalation', 'GI-1')).length;
    });

    await room.move({ status: 'acknowledged', owner: 'slack:U01ONCALL', acknowledgedAt: room.clock.now() });

    expect((await room.journal().timersOf('escalation', 'GI-1')).map(({ purpose }) => purpose)).toEqual(['ack']);
    expect(await room.effects(['wanted'])).toEqual([]);
    expect(await room.effects(['dropped'])).toHaveLength(2);
    await expect.poll(() => timersAtCommit).toBe(1);
    expect(await room.escalation.viewOf('GI-1')).toEqual({
      level: 2,
      nextAt: null,
      paged: { people: ['ana'], targets: [] },
      next: null,
      respondBy: null,
      ack: { next: { step: 'ask', at: room.clock.now() + 30 * 60_000 }, askedAt: null, answeredUpTo: 0 },
    });
  });

  it('leads to no page a hundred days later where acknowledgements do not expire', async () => {
    room.config.swap(withoutAckClock());
    await room.sendAll();
    await room.move({ status: 'acknowledged', owner: 'slack:U01ONCALL', acknowledgedAt: room.clock.now() });
    const before = (await room.pages()).length;

    await room.pass(100 * 86_400);

    expect(await room.pages()).toHaveLength(before);
  });

  it('survives recovery and firing again: the owner is not paged anew', async () => {
    room.config.swap(withoutAckClock());
    await room.sendAll();
    await room.move({ status: 'acknowledged', owner: 'slack:U01ONCALL', acknowledgedAt: room.clock.now() });
    const before = (await room.pages()).length;
    await room.move({ status: 'recovered', recoveredAt: room.clock.now() });
    await room.move({ status: 'acknowledged', recoveredAt: null });

    await room.pass(24 * 3600);

    expect(await room.pages()).toHaveLength(before);
  });

  it('makes a timer that was read before it lose: nothing is paged', async () => {
    await room.sendAll();
    room.clock.advance(5 * 60_000);
    const [timer] = await room.journal().dueTimers(room.clock.now(), 10);
    if (timer === undefined) throw new Error('no timer is due');
    const late = await room.escalation.timers['escalation.escalate'](timer, room.clock.now());
    await room.move({ status: 'acknowledged', owner: 'slack:U01ONCALL', acknowledgedAt: room.clock.now() });

    const result = late === null ? null : await room.journal().append(late);

    expect(result).toMatchObject({ kind: 'conflict' });
    expect(await room.effects(['wanted'])).toEqual([]);
    expect(await room.escalation.timers['escalation.escalate'](timer, room.clock.now())).toBeNull();
  });
});
