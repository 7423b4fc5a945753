import { DAY_MS, dayOf, labelAt, weekdayOf } from '../../core/wall-time.ts';

const WEEK_MS = 7 * DAY_MS;

/** A moment to come in words of a zone: `18:00` today, `Mon 06:00` within a week, else `2027-01-03 00:00`. */
export function untilWords(until: number, now: number, zone: string): string {
  const label = labelAt(zone, until);
  const iso = new Date(label).toISOString();
  const time = iso.slice(11, 16);
  const today = dayOf(labelAt(zone, now));
  if (dayOf(label) === today) return time;
  return dayOf(label) - today < WEEK_MS ? `${weekdayOf(label)} ${time}` : `${iso.slice(0, 10)} ${time}`;
}
