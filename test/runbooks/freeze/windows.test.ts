import { describe, expect, it } from 'vitest';
import type { FreezeWindow, Weekday } from '../../../src/core/config/config.ts';
import { windowHolds } from '../../../src/runbooks/freeze/windows.ts';

const SAO_PAULO = 'America/Sao_Paulo';
const NEW_YORK = 'America/New_York';

function weekly(days: Weekday[], from: string, to: string, timezone = SAO_PAULO): FreezeWindow {
  return { kind: 'weekly', days, from, to, timezone };
}
function until(windows: readonly FreezeWindow[], iso: string): string | null {
  const held = windowHolds(windows, Date.parse(iso));
  return held === null ? null : new Date(held.until).toISOString();
}

describe('a weekly window', () => {
  it.each([
    ['before it', '2026-11-27T20:59:59Z', null],
    ['at its begin', '2026-11-27T21:00:00Z', '2026-11-28T01:00:00.000Z'],
    ['just before its end', '2026-11-28T00:59:59Z', '2026-11-28T01:00:00.000Z'],
    ['at its end', '2026-11-28T01:00:00Z', null],
  ])('%s', (_when, now, expected) => {
    const windows = [weekly(['Fri'], '18:00', '22:00')];

    const held = until(windows, now);

    expect(held).toBe(expected);
  });

  it('goes past midnight and belongs to the day that it begins on', () => {
    const windows = [weekly(['Fri'], '22:00', '06:00')];

    const held = ['2026-11-28T08:59:00Z', '2026-11-29T03:00:00Z'].map((now) => until(windows, now));

    expect(held).toEqual(['2026-11-28T09:00:00.000Z', null]);
  });

  it('is one with those that it meets: a week-end ends on Monday', () => {
    const windows = [
      weekly(['Fri'], '18:00', '24:00'),
      weekly(['Sat', 'Sun'], '00:00', '24:00'),
      weekly(['Mon'], '00:00', '06:00'),
    ];

    const held = until(windows, '2026-11-28T15:00:00Z');

    expect(held).toBe('2026-11-30T09:00:00.000Z');
  });

  it('begins at the jump when its begin is skipped', () => {
    const windows = [weekly(['Sun'], '02:30', '05:00', NEW_YORK)];

    const held = ['2027-03-14T06:59:59Z', '2027-03-14T07:00:00Z'].map((now) => until(windows, now));

    expect(held).toEqual([null, '2027-03-14T09:00:00.000Z']);
  });

  it('ends at the jump when its end is skipped', () => {
    const windows = [weekly(['Sat'], '22:00', '02:30', NEW_YORK)];

    const held = ['2027-03-14T06:59:59Z', '2027-03-14T07:00:00Z'].map((now) => until(windows, now));

    expect(held).toEqual(['2027-03-14T07:00:00.000Z', null]);
  });

  it('begins and ends in the first of two hours when clocks go back', () => {
    const begins = [weekly(['Sun'], '01:30', '03:00', NEW_YORK)];
    const ends = [weekly(['Sat'], '22:00', '01:30', NEW_YORK)];

    expect(until(begins, '2026-11-01T05:29:59Z')).toBeNull();
    expect(until(begins, '2026-11-01T05:30:00Z')).toBe('2026-11-01T08:00:00.000Z');
    expect(until(ends, '2026-11-01T05:29:59Z')).toBe('2026-11-01T05:30:00.000Z');
    expect(until(ends, '2026-11-01T05:30:00Z')).toBeNull();
  });

  it('keeps its wall time over the summer', () => {
    const windows = [weekly(['Mon'], '09:00', '10:00', 'Europe/Lisbon')];

    const held = ['2026-07-06T08:30:00Z', '2026-12-07T09:30:00Z'].map((now) => until(windows, now));

    expect(held).toEqual(['2026-07-06T09:00:00.000Z', '2026-12-07T10:00:00.000Z']);
  });
});

describe('a window of dates', () => {
  it('takes a date without a time as the whole day, the last one too', () => {
    const windows: FreezeWindow[] = [{ kind: 'dates', from: '2026-12-23', to: '2027-01-02', timezone: SAO_PAULO }];

    const held = ['2026-12-23T02:59:59Z', '2026-12-23T03:00:00Z', '2027-01-03T02:59:59Z', '2027-01-03T03:00:00Z'].map(
      (now) => until(windows, now),
    );

    const end = '2027-01-03T03:00:00.000Z';
    expect(held).toEqual([null, end, end, null]);
  });

  it('ends at the moment named', () => {
    const windows: FreezeWindow[] = [
      { kind: 'dates', from: '2026-12-23T12:00', to: '2026-12-23T18:00', timezone: SAO_PAULO },
    ];

    const held = until(windows, '2026-12-23T15:00:00Z');

    expect(held).toBe('2026-12-23T21:00:00.000Z');
  });
});
