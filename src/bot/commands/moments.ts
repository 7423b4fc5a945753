import { DAY_MS, dayOf, instantOf, labelAt, MINUTE_MS } from '../../core/wall-time.ts';

/** A time of a person's own clock, as that person says it. */
export interface Moment {
  readonly day: MomentDay;
  /** Since midnight. */
  readonly minute: number;
}

/** `next`: the next time the clock shows it; a number: the next such weekday, Monday is 1; else a date. */
export type MomentDay = 'next' | 'tomorrow' | 1 | 2 | 3 | 4 | 5 | 6 | 7 | `${number}-${number}-${number}`;

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const MORNING = 9 * 60;

/** Reads a time at the beginning of some words: `18:00`, `tomorrow 9am`, `fri 18:00`, `2026-12-24T18:00`; null: there is none. */
export function readMoment(words: readonly string[]): { readonly moment: Moment; readonly taken: number } | null {
  const [first = '', second = ''] = words.flatMap(splitDate).map((word) => word.toLowerCase());
  const minute = readTime(first);
  if (minute !== null) return { moment: { day: 'next', minute }, taken: 1 };
  const day = readDay(first);
  if (day === null) return null;
  const then = readTime(second);
  const isOneWord = words[0]?.length !== first.length;
  if (then === null) return isOneWord ? null : { moment: { day, minute: MORNING }, taken: 1 };
  return { moment: { day, minute: then }, taken: isOneWord ? 1 : 2 };
}

/** `2026-12-24T18:00` as the two words that it is. */
function splitDate(word: string): string[] {
  return /^\d{4}-\d\d-\d\dT./i.test(word) ? [word.slice(0, 10), word.slice(11)] : [word];
}

function readDay(word: string): MomentDay | null {
  if (word === 'tomorrow') return 'tomorrow';
  if (isDate(word)) return word;
  if (!/^(mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun)(day|nesday|sday|rsday|urday)?$/.test(word)) return null;
  const index = DAYS.findIndex((name) => word.startsWith(name));
  return index < 0 ? null : ((index + 1) as MomentDay);
}

function isDate(word: string): word is `${number}-${number}-${number}` {
  if (!/^\d{4}-\d\d-\d\d$/.test(word)) return false;
  const at = Date.parse(word);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(word);
}

/** Minutes since midnight: `18:00`, `9am`, `9:30pm`, `18h`. */
function readTime(word: string): number | null {
  const [, hours, minutes, half] = /^(\d{1,2})(?::(\d{2}))?(am|pm|h)?$/.exec(word) ?? [];
  if (hours === undefined || (minutes === undefined && half === undefined)) return null;
  const hour = Number(hours);
  const isTwelve = half === 'am' || half === 'pm';
  if (hour > (isTwelve ? 12 : 23) || (isTwelve && hour === 0) || Number(minutes ?? 0) > 59) return null;
  const dayHour = isTwelve ? (hour % 12) + (half === 'pm' ? 12 : 0) : hour;
  return dayHour * 60 + Number(minutes ?? 0);
}

/** The moment that is meant, by the clock of `zone`: the first one after `after`. A date is that date, also when it is past. */
export function instantOfMoment(
  { day, minute }: Moment,
  { now, after }: { readonly now: number; readonly after: number },
  zone: string,
): number {
  const at = (midnight: number, days: number) => instantOf(zone, midnight + days * DAY_MS + minute * MINUTE_MS);
  if (day === 'tomorrow') return at(dayOf(labelAt(zone, now)), 1);
  if (typeof day === 'string' && day !== 'next') return at(Date.parse(day), 0);
  const midnight = dayOf(labelAt(zone, after));
  const wanted = day === 'next' ? 0 : (day - weekdayOf(midnight) + 7) % 7;
  const first = at(midnight, wanted);
  return first > after ? first : at(midnight, wanted + (day === 'next' ? 1 : 7));
}

/** 1 January 1970 was a Thursday. */
function weekdayOf(midnight: number): number {
  return ((Math.floor(midnight / DAY_MS) + 3) % 7) + 1;
}
