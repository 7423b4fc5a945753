import type { BusinessTime } from '../core/config/config.ts';
import { loadHolidays } from '../core/holidays.ts';
import { DAY_MS, dayOf, instantOf, labelAt, timeOfDay, weekdayOf } from '../core/wall-time.ts';

// Ten years: a calendar without one business day in them has none.
const MOST_DAYS = 3660;

/** Working time of the team (CONFIG.md, `business_time`). Moments are epoch milliseconds. */
export interface BusinessClock {
  isBusinessTime(at: number): boolean;
  /** Whether the calendar day on which `at` lies, by the zone of the rules, is one on which people work. */
  isBusinessDay(at: number): boolean;
  /**
   * The first moment after `at` that is `time` (`HH:MM`) of a business day; on a day whose work has not begun yet but
   * whose `time` has passed, its opening. `at` itself when the calendar has no business day.
   */
  nextBusinessOpening(at: number, time: string): number;
  /** The moment by which `seconds` of business time have passed since `from`. */
  addBusinessSeconds(from: number, seconds: number): number;
}

/** Names the days that nobody works; `day` is midnight as a label (wall-time.ts). */
export type IsHoliday = (day: number) => boolean;

/** Business time by the given calendar, pure. */
export function createBusinessClock(rules: BusinessTime, isHoliday: IsHoliday): BusinessClock {
  const open = timeOfDay(rules.from);
  const until = timeOfDay(rules.to);
  const close = until > open ? until : until + DAY_MS;
  const isWorked = (day: number) => rules.days.includes(weekdayOf(day)) && !isHoliday(day);
  const moment = (label: number) => instantOf(rules.timezone, label);

  function* windowsFrom(at: number): Generator<{ day: number; from: number; to: number }> {
    const first = dayOf(labelAt(rules.timezone, at)) - DAY_MS;
    for (let day = first, days = 0; days < MOST_DAYS; day += DAY_MS, days += 1) {
      if (!isWorked(day)) continue;
      const to = moment(day + close);
      if (to > at) yield { day, from: moment(day + open), to };
    }
  }

  return {
    isBusinessTime: (at) => {
      for (const { from } of windowsFrom(at)) return from <= at;
      return false;
    },
    isBusinessDay: (at) => isWorked(dayOf(labelAt(rules.timezone, at))),
    nextBusinessOpening: (at, time) => {
      for (const { day, from } of windowsFrom(at)) {
        const asked = moment(day + timeOfDay(time));
        if (asked > at) return asked;
        if (from > at) return from;
      }
      return at;
    },
    addBusinessSeconds: (start, seconds) => {
      let rest = seconds * 1000;
      if (rest <= 0) return start;
      for (const { from, to } of windowsFrom(start)) {
        const begin = Math.max(from, start);
        if (to - begin >= rest) return begin + rest;
        rest -= to - begin;
      }
      return start + seconds * 1000;
    },
  };
}

/** Business time with the public and bank holidays of `rules.holidays` (`BR`, `BR-SP`); the calendar is loaded here. */
export async function loadBusinessClock(rules: BusinessTime): Promise<BusinessClock> {
  if (rules.holidays === null) return createBusinessClock(rules, () => false);
  const { isHoliday } = await loadHolidays(rules.holidays);
  return createBusinessClock(rules, isHoliday);
}

/** Loads the calendar once for each configuration in force. */
export function createBusinessClockCache(): (rules: BusinessTime) => Promise<BusinessClock> {
  const known = new WeakMap<BusinessTime, Promise<BusinessClock>>();
  return (rules) => {
    const clock = known.get(rules) ?? loadBusinessClock(rules);
    known.set(rules, clock);
    return clock;
  };
}
