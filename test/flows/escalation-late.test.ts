import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EscalationRoom, MONDAY_TEN, openEscalationRoom } from '../oncall/escalation-room.ts';

const MINUTE = 60_000;

describe('a timer that is late', () => {
  let room: EscalationRoom;
  beforeEach(async () => {
    room = await openEscalationRoom();
    await room.move({ severity: 'P0' });
    await room.sendAll();
  });
  afterEach(() => room.close());

  it('fires once after a restart and says by how much it is late', async () => {
    await room.restart();

    await room.away(9 * 60);

    const wanted = await room.pages(['wanted']);
    expect(wanted.map(({ level, dueAt }) => [level, dueAt])).toEqual([
      [2, MONDAY_TEN + 5 * MINUTE],
      [2, MONDAY_TEN + 5 * MINUTE],
    ]);
    const paged = (await room.events()).filter(({ type }) => type === 'escalation.paged').at(-1);
    expect(paged?.data.lateSeconds).toBe(240);
    expect(paged === undefined ? null : room.escalation.describe(paged, new Map())).toBe(
      'paged ana (level 2, late by 4m)',
    );
    expect(await room.journal().nextTimerAt()).toBe(MONDAY_TEN + 10 * MINUTE);
  });

  it('fires the highest of several due levels alone and records the others as superseded', async () => {
    await room.away(14 * 60);

    expect([...new Set((await room.pages(['wanted'])).map(({ level }) => level))]).toEqual([3]);
    const superseded = (await room.events()).find(({ type }) => type === 'escalation.superseded');
    expect(superseded?.data).toEqual({ cycle: 1, steps: [{ level: 2, round: 0 }], by: { level: 3, round: 0 } });
  });

  it('asks for one repeat after a long absence, and leaves time to answer before it is exhausted', async () => {
    await room.away(12 * 3600);
    const wanted = await room.pages(['wanted']);
    const nextAt = await room.journal().nextTimerAt();
    await room.pass(15 * 60);

    expect(wanted.map(({ level, round }) => [level, round])).toEqual([
      [4, 8],
      [4, 8],
      [4, 8],
    ]);
    expect(nextAt).toBe(MONDAY_TEN + 12 * 3600_000 + 15 * MINUTE);
    expect((await room.types()).at(-1)).toBe('escalation.exhausted');
  });
});
