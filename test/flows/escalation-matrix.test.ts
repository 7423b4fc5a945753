import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PageRequest } from '../../src/oncall/page.ts';
import { type EscalationRoom, MONDAY_TEN, openEscalationRoom } from '../oncall/escalation-room.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function lines(pages: readonly PageRequest[]): string[] {
  const line = (page: PageRequest) =>
    `${(page.dueAt - MONDAY_TEN) / MINUTE}m ${page.means} ${[...page.people, ...page.targets].join('+')}`;
  return pages.map(line).sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10) || (a < b ? -1 : 1));
}

describe('the matrix of severities.yml', () => {
  let room: EscalationRoom;
  beforeEach(async () => {
    room = await openEscalationRoom();
  });
  afterEach(() => room.close());

  it('pages the on-call person and the manager about a P0 at once, again at 5 and 10 minutes, the backup at 15', async () => {
    await room.move({ severity: 'P0' });
    await room.pass(16 * 60);

    expect(lines(await room.pages())).toEqual([
      '0m dm ana',
      '0m dm marco',
      '0m thread ana+marco',
      '5m dm ana',
      '5m thread ana',
      '10m dm ana',
      '10m thread ana',
      '15m dm ben',
      '15m dm marco',
      '15m thread ben+marco+channel:ops',
    ]);
  });

  it('repeats the last level of a P0 eight times, then says exhausted, tells channel ops and stops', async () => {
    await room.move({ severity: 'P0' });
    await room.pass(24 * 3600);

    const threads = (await room.pages()).filter(({ means }) => means === 'thread');
    const repeats = threads.filter(({ round }) => round > 0).map(({ dueAt }) => (dueAt - MONDAY_TEN) / MINUTE);
    expect(repeats).toEqual([30, 45, 60, 75, 90, 105, 120, 135, 150]);
    expect(threads.at(-1)).toMatchObject({ people: [], targets: ['channel:ops'], next: null });
    expect((await room.types()).filter((type) => type === 'escalation.exhausted')).toHaveLength(1);
    expect(await room.journal().nextTimerAt()).toBeNull();
    expect(await room.metrics.metrics()).toContain('gianna_ops_oncall_policies_exhausted_total 1');
  });

  it('pages the on-call person about a P1 at once and at 30 minutes, the manager after an hour, and no more', async () => {
    await room.move({ severity: 'P1' });
    await room.pass(24 * 3600);

    expect(lines(await room.pages())).toEqual([
      '0m dm ana',
      '0m thread ana',
      '30m dm ana',
      '30m thread ana',
      '60m dm marco',
      '60m thread marco',
    ]);
    expect(await room.journal().nextTimerAt()).toBeNull();
  });

  it('names the on-call person in the thread about a P2 in working hours, without a DM', async () => {
    await room.move({ severity: 'P2' });
    await room.pass(24 * 3600);

    expect(lines(await room.pages())).toEqual(['0m thread ana']);
  });

  it('pages nobody about a P3', async () => {
    await room.move({ severity: 'P3', digest: true });
    await room.pass(24 * 3600);

    expect(await room.pages()).toEqual([]);
    expect(await room.escalation.viewOf('GI-1')).toBeNull();
  });

  it('records the means of a level that are not built, and those without an address', async () => {
    await room.move({ severity: 'P0' });

    const skipped = (await room.events()).filter(({ type }) => type === 'page.skipped');
    const about = (reason: string) => skipped.find(({ data }) => data.reason === reason)?.data.pages;
    expect(about('not-configured')).toEqual([
      { target: 'schedule:primary', person: 'ana', means: 'sms' },
      { target: 'schedule:primary', person: 'ana', means: 'voice' },
    ]);
    expect(about('not-applicable')).toEqual([
      { target: 'contact:manager', person: 'marco', means: 'sms' },
      { target: 'contact:manager', person: 'marco', means: 'voice' },
    ]);
  });

  it('says by when somebody has to own it, and who is paged next', async () => {
    await room.move({ severity: 'P0' });
    const first = await room.escalation.viewOf('GI-1');
    await room.pass(10 * 60);
    const third = await room.escalation.viewOf('GI-1');

    expect(first).toEqual({
      level: 1,
      nextAt: MONDAY_TEN + 5 * MINUTE,
      paged: { people: ['ana', 'marco'], targets: [] },
      next: { people: ['ana'], targets: [] },
      respondBy: MONDAY_TEN + 15 * MINUTE,
      ack: null,
    });
    expect(third).toMatchObject({ level: 3, next: { people: ['ben', 'marco'], targets: ['channel:ops'] } });
  });

  it('counts the four hours of a P2 in business time', async () => {
    room.clock.advance(6 * HOUR);
    await room.move({ severity: 'P2' });

    const view = await room.escalation.viewOf('GI-1');

    // Monday 16:00 in São Paulo: two hours until 18:00, two more from Tuesday 09:00.
    expect(new Date(view?.respondBy ?? 0).toISOString()).toBe('2026-11-24T14:00:00.000Z');
  });
});
