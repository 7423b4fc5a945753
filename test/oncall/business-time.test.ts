import { describe, expect, it } from 'vitest';
import { loadBusinessClock } from '../../src/oncall/business-time.ts';
import { testConfig } from '../support/config.ts';

const RULES = testConfig().oncall.businessTime;

function at(iso: string): number {
  return Date.parse(iso);
}
function iso(moment: number): string {
  return new Date(moment).toISOString().slice(0, 16);
}

describe('business time in São Paulo with the holidays of Brazil', () => {
  it.each([
    ['Monday 09:00', '2026-11-23T12:00Z', true],
    ['Monday 08:59', '2026-11-23T11:59Z', false],
    ['Monday 17:59', '2026-11-23T20:59Z', true],
    ['Monday 18:00', '2026-11-23T21:00Z', false],
    ['Saturday noon', '2026-11-21T15:00Z', false],
    ['Christmas Day, a Friday', '2026-12-25T15:00Z', false],
    ['Tiradentes, a Tuesday', '2026-04-21T15:00Z', false],
  ])('%s', async (_name, moment, expected) => {
    const clock = await loadBusinessClock(RULES);

    expect(clock.isBusinessTime(at(moment))).toBe(expected);
  });

  it.each([
    ['Friday night', '2026-12-05T01:00Z', '2026-12-07T12:00'],
    ['early on a business day', '2026-11-23T10:00Z', '2026-11-23T12:00'],
    ['the eve of Christmas at night', '2026-12-24T23:00Z', '2026-12-28T12:00'],
    ['in business time, the next one', '2026-11-23T15:00Z', '2026-11-24T12:00'],
  ])('opens next after %s', async (_name, moment, expected) => {
    const clock = await loadBusinessClock(RULES);

    expect(iso(clock.nextBusinessOpening(at(moment), '09:00'))).toBe(expected);
  });

  it('opens at the opening when the asked time of that day has passed before work began', async () => {
    const clock = await loadBusinessClock(RULES);

    expect(iso(clock.nextBusinessOpening(at('2026-11-23T11:30Z'), '08:00'))).toBe('2026-11-23T12:00');
  });

  it.each([
    ['within a day', '2026-11-23T12:00Z', 4 * 3600, '2026-11-23T16:00'],
    ['over a night', '2026-11-23T19:00Z', 4 * 3600, '2026-11-24T14:00'],
    ['over a weekend', '2026-11-27T20:00Z', 2 * 3600, '2026-11-30T13:00'],
    ['to the last second of a day', '2026-11-23T12:00Z', 9 * 3600, '2026-11-23T21:00'],
    ['from a night', '2026-11-23T03:00Z', 3600, '2026-11-23T13:00'],
    ['of nothing', '2026-11-22T03:00Z', 0, '2026-11-22T03:00'],
  ])('adds seconds %s', async (_name, from, seconds, expected) => {
    const clock = await loadBusinessClock(RULES);

    expect(iso(clock.addBusinessSeconds(at(from), seconds))).toBe(expected);
  });

  it('has no end when it is every day until 24:00', async () => {
    const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
    const clock = await loadBusinessClock({ timezone: 'UTC', days, from: '00:00', to: '24:00', holidays: null });

    const minutes = Array.from({ length: 8 * 1440 }, (_each, index) => at('2026-11-28T00:00Z') + index * 60_000);
    expect(minutes.filter((minute) => !clock.isBusinessTime(minute))).toEqual([]);
    expect(iso(clock.addBusinessSeconds(at('2026-11-28T20:00Z'), 8 * 3600))).toBe('2026-11-29T04:00');
  });

  it('keeps the state of a country apart: the ninth of July is a holiday in São Paulo alone', async () => {
    const country = await loadBusinessClock(RULES);
    const state = await loadBusinessClock({ ...RULES, holidays: 'BR-SP' });

    expect(country.isBusinessTime(at('2026-07-09T15:00Z'))).toBe(true);
    expect(state.isBusinessTime(at('2026-07-09T15:00Z'))).toBe(false);
  });

  it('without one business day pages at once rather than never', async () => {
    const never = await loadBusinessClock({ ...RULES, days: [], holidays: null });

    expect(never.nextBusinessOpening(at('2026-11-23T12:00Z'), '09:00')).toBe(at('2026-11-23T12:00Z'));
  });
});
