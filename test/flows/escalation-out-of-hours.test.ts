import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EscalationRoom, openEscalationRoom } from '../oncall/escalation-room.ts';

describe('a P2 out of hours', () => {
  let room: EscalationRoom;
  beforeEach(async () => {
    // Friday 2026-12-04 22:00 in São Paulo.
    room = await openEscalationRoom({ startAt: Date.UTC(2026, 11, 5, 1, 0, 0) });
    await room.move({ severity: 'P2' });
  });
  afterEach(() => room.close());

  it('waits for the next business day at nine, and says so', async () => {
    const before = await room.pages();
    const [, scheduled] = await room.events();

    expect(before).toEqual([]);
    expect(scheduled?.type).toBe('escalation.scheduled');
    expect(scheduled === undefined ? null : room.escalation.describe(scheduled, new Map())).toBe(
      'out of hours: the first page waits until 2026-12-07 12:00 UTC',
    );
    expect((await room.escalation.viewOf('GI-1'))?.nextAt).toBe(Date.UTC(2026, 11, 7, 12, 0, 0));
  });

  it('pages the person who is on call then, on time', async () => {
    await room.pass(4 * 86_400);

    const pages = await room.pages();
    expect(pages.map(({ means, people, dueAt }) => [means, people, dueAt])).toEqual([
      ['thread', ['ana'], Date.UTC(2026, 11, 7, 12, 0, 0)],
    ]);
    expect((await room.events()).find(({ type }) => type === 'escalation.paged')?.data.lateSeconds).toBe(0);
  });

  it('pages at once when it is raised to P0 meanwhile', async () => {
    await room.pass(3600);

    await room.move({ severity: 'P0' });

    expect((await room.pages(['wanted'])).map(({ cycle, level, means }) => [cycle, level, means])).toEqual([
      [2, 1, 'thread'],
      [2, 1, 'dm'],
      [2, 1, 'dm'],
    ]);
  });

  it('pages nobody when it has recovered before', async () => {
    await room.move({ status: 'recovered', recoveredAt: room.clock.now() });

    await room.pass(4 * 86_400);

    expect(await room.pages()).toEqual([]);
  });
});
