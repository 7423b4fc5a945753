import type { LayerCover, OverrideConfig } from '../core/config/config.ts';
import { DAY_MS, dayOf, instantOf, labelAt, readMoment, timeOfDay, weekdayOf } from '../core/wall-time.ts';

/** How far ahead an edge is looked for: holidays that fall on a given weekday are rare. */
const FARTHEST_MS = 731 * DAY_MS;

/** Moments, `to` exclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Whether a layer applies at `at`. A window over midnight (`22:00` to `06:00`) belongs to the day it begins on; it begins
 * and ends as handoffs come: in a skipped hour at the jump, in a doubled hour at the first.
 */
export function isCovered(cover: LayerCover, zone: string, at: number): boolean {
  if (isEverywhere(cover)) return true;
  const today = dayOf(labelAt(zone, at));
  return [today - DAY_MS, today, today + DAY_MS].some((day) => {
    const { from, to } = windowOn(cover, zone, day);
    return from <= at && at < to;
  });
}

/** The next moment after `at` at which a layer begins or ceases to apply; null when it has none for two years. */
export function nextEdge(cover: LayerCover, zone: string, at: number): number | null {
  if (isEverywhere(cover)) return null;
  const today = dayOf(labelAt(zone, at));
  let found: number | null = null;
  for (let day = today - DAY_MS; day <= today + FARTHEST_MS; day += DAY_MS) {
    const { from, to } = windowOn(cover, zone, day);
    if (from < to) found = earliestAfter(found === null ? [from, to] : [found, from, to], at);
    // Labels and moments are less than a day apart: no later window begins before it.
    if (found !== null && day - 2 * DAY_MS > found) break;
  }
  return found;
}

// Asked for at every look at a schedule, and an override never changes.
const spans = new WeakMap<OverrideConfig, Map<string, Span>>();

/** The moments between which an override holds, `[from, to)`. */
export function overrideSpan(override: OverrideConfig, zone: string): Span {
  const known = spans.get(override) ?? new Map<string, Span>();
  spans.set(override, known);
  const span = known.get(zone) ?? { from: readMoment(zone, override.from), to: readMoment(zone, override.to) };
  known.set(zone, span);
  return span;
}

/** The smallest moment after `at`; null when there is none. */
export function earliestAfter(moments: readonly number[], at: number): number | null {
  let found: number | null = null;
  for (const moment of moments) {
    if (moment > at && (found === null || moment < found)) found = moment;
  }
  return found;
}

function isEverywhere({ only, exceptHolidays }: LayerCover): boolean {
  return only === null && exceptHolidays === null;
}

/** The window that belongs to a day, empty when it has none. `day` is midnight as a label. */
function windowOn({ only, exceptHolidays }: LayerCover, zone: string, day: number): Span {
  const isDay = only === null || only.days === null || only.days.includes(weekdayOf(day));
  const isAllowed = isDay && only?.holidays?.isHoliday(day) !== false && exceptHolidays?.isHoliday(day) !== true;
  if (!isAllowed) return { from: day, to: day };
  const begin = only?.from == null ? 0 : timeOfDay(only.from);
  const end = only?.to == null ? DAY_MS : timeOfDay(only.to);
  return { from: instantOf(zone, day + begin), to: instantOf(zone, day + (end > begin ? end : end + DAY_MS)) };
}
