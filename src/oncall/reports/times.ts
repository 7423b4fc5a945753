import type { DigestConfig, WeeklyConfig } from '../../core/config/config.ts';
import { DAY_MS, dayOf, instantOf, labelAt, timeOfDay, weekdayOf } from '../../core/wall-time.ts';
import type { Slot } from '../../journal/slots.ts';
import type { BusinessClock } from '../business-time.ts';

// A year of holidays: a calendar without a business day in it has none.
const MOST_DAYS = 366;

/** The first digest after `after`; null when the calendar has no business day. Once a date, whatever clocks do. */
export function nextDigest(config: DigestConfig, business: BusinessClock, after: number): Slot | null {
  return nextOn(config, after, (at) => config.days === 'daily' || business.isBusinessDay(at));
}

/** The first weekly report after `after`. */
export function nextWeekly(config: WeeklyConfig, after: number): Slot | null {
  return nextOn(config, after, (_at, day) => weekdayOf(day) === config.on);
}

function nextOn(
  { at: time, timezone }: DigestConfig | WeeklyConfig,
  after: number,
  isWanted: (at: number, day: number) => boolean,
): Slot | null {
  const first = dayOf(labelAt(timezone, after));
  for (let day = first; day <= first + MOST_DAYS * DAY_MS; day += DAY_MS) {
    const at = instantOf(timezone, day + timeOfDay(time));
    if (at > after && isWanted(at, day)) return { name: new Date(day).toISOString().slice(0, 10), at };
  }
  return null;
}
