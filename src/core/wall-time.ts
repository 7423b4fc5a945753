import { WEEKDAYS, type Weekday } from './config/config.ts';
import { offsetMs } from './zone-offset.ts';

/**
 * Wall time as numbers. A *label* is what a clock on the wall reads, as the epoch milliseconds it would be in UTC, so
 * that days and weeks are added by calendar and never by elapsed hours. `instantOf` turns a label into a moment.
 */
export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
// Offsets lie between -12 h and +14 h: outside this reach no change of offset can touch the label.
const BEFORE_MS = 15 * HOUR_MS;
const AFTER_MS = 13 * HOUR_MS;

/** What the wall clock of `zone` reads at `at`. */
export function labelAt(zone: string, at: number): number {
  return at + offsetMs(zone, at);
}

/**
 * The first moment at which the wall clock of `zone` has reached `label`: in a doubled hour the first of the two, in a
 * skipped hour the jump itself (DESIGN.md, Details, `oncall --at`).
 */
export function instantOf(zone: string, label: number): number {
  const before = offsetMs(zone, label - BEFORE_MS);
  const after = offsetMs(zone, label + AFTER_MS);
  const early = label - Math.max(before, after);
  const late = label - Math.min(before, after);
  if (labelAt(zone, early) === label) return early;
  if (labelAt(zone, late) === label) return late;
  return firstReached(zone, label, early, late);
}

function firstReached(zone: string, label: number, from: number, to: number): number {
  let low = from;
  let high = to;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (labelAt(zone, middle) >= label) high = middle;
    else low = middle;
  }
  return high;
}

/** Midnight of the label's day, as a label. */
export function dayOf(label: number): number {
  return Math.floor(label / DAY_MS) * DAY_MS;
}

/** Day of the week that a label lies on. */
export function weekdayOf(label: number): Weekday {
  const sundayFirst = new Date(label).getUTCDay();
  return WEEKDAYS[(sundayFirst + 6) % 7] ?? 'Mon';
}

/** Milliseconds since midnight of `HH:MM` (`24:00` is the end of the day). */
export function timeOfDay(text: string): number {
  const [hours = '0', minutes = '0'] = text.split(':');
  return Number(hours || '0') * HOUR_MS + Number(minutes) * MINUTE_MS;
}

/**
 * The moment that an ISO date or date-time means: one with an offset is that moment, another is wall time in `zone`
 * (`instantOf`). NaN when it is none.
 */
export function readMoment(zone: string, iso: string): number {
  if (hasOffset(iso)) return Date.parse(iso);
  const label = readLabel(zone, iso);
  return Number.isNaN(label) ? label : instantOf(zone, label);
}

/** A moment as it is stored: wall time without its zone; where that would mean another moment (the second copy of a doubled hour), UTC. */
export function writeMoment(zone: string, at: number): string {
  const wall = new Date(labelAt(zone, at)).toISOString().replace(/(:00)?\.000Z$|Z$/, '');
  return readMoment(zone, wall) === at ? wall : new Date(at).toISOString();
}

/** Reads an ISO date or date-time as a label of `zone`; one with an offset is that moment's label. NaN when it is none. */
export function readLabel(zone: string, iso: string): number {
  if (hasOffset(iso)) return labelAt(zone, Date.parse(iso));
  return Date.parse(iso.includes('T') || iso.includes(' ') ? `${iso.replace(' ', 'T')}Z` : `${iso}T00:00Z`);
}

function hasOffset(iso: string): boolean {
  return /(Z|[+-]\d\d:?\d\d)$/.test(iso) && iso.includes('T');
}
