import type { FreezeWindow } from '../../core/config/config.ts';
import { DAY_MS, dayOf, instantOf, labelAt, readMoment, timeOfDay, weekdayOf } from '../../core/wall-time.ts';

/** Epoch ms, `to` exclusive. */
interface Span {
  readonly from: number;
  readonly to: number;
  readonly timezone: string;
}

/** How far ahead windows that meet are joined. */
const DAYS_AHEAD = 8;

/**
 * Until when the windows hold together, when one of them holds at `now`; null: none does. Windows that meet are one, so
 * that a week-end of two days ends on Monday. `timezone`: the zone of the window that ends it.
 */
export function windowHolds(
  windows: readonly FreezeWindow[],
  now: number,
): { readonly until: number; readonly timezone: string } | null {
  const spans = windows.flatMap((window) => spansOf(window, now)).sort((one, other) => one.from - other.from);
  let held: Span | null = null;
  for (const span of spans) {
    const isMet: boolean = held === null ? span.from <= now && now < span.to : span.from <= held.to;
    if (isMet && span.to > (held?.to ?? now)) held = span;
  }
  return held === null ? null : { until: held.to, timezone: held.timezone };
}

function spansOf(window: FreezeWindow, now: number): Span[] {
  switch (window.kind) {
    case 'weekly':
      return weeklySpans(window, now);
    case 'dates': {
      const { timezone } = window;
      return [{ from: readMoment(timezone, window.from), to: endOfDates(timezone, window.to), timezone }];
    }
    default:
      return window satisfies never;
  }
}

/** A window belongs to the day that it begins on; one whose end is not later than its begin ends on the next day. */
function weeklySpans(window: Extract<FreezeWindow, { kind: 'weekly' }>, now: number): Span[] {
  const { timezone, days } = window;
  const open = timeOfDay(window.from);
  const until = timeOfDay(window.to);
  const close = until > open ? until : until + DAY_MS;
  const today = dayOf(labelAt(timezone, now));
  const spans: Span[] = [];
  for (let day = today - DAY_MS; day <= today + DAYS_AHEAD * DAY_MS; day += DAY_MS) {
    if (!days.includes(weekdayOf(day))) continue;
    spans.push({ from: instantOf(timezone, day + open), to: instantOf(timezone, day + close), timezone });
  }
  return spans;
}

/** A date without a time is a whole day: it is frozen to its end. */
function endOfDates(timezone: string, to: string): number {
  if (!/^\d{4}-\d\d-\d\d$/.test(to)) return readMoment(timezone, to);
  return instantOf(timezone, Date.parse(`${to}T00:00Z`) + DAY_MS);
}
