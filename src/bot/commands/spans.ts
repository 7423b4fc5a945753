import { parseDuration } from '../../core/duration.ts';
import { DAY_MS, HOUR_MS, instantOf, labelAt, MINUTE_MS } from '../../oncall/wall-time.ts';

/** How long something is to last, as a person says it: for a while, or until a time of the person's own clock. */
export type Span =
  | { readonly kind: 'for'; readonly seconds: number }
  | { readonly kind: 'until'; readonly day: SpanDay; readonly minute: number };

/** `next`: the next time the clock shows it; a number: the next such weekday, Monday is 1. */
export type SpanDay = 'next' | 'tomorrow' | 1 | 2 | 3 | 4 | 5 | 6 | 7;

const UNITS: ReadonlyArray<readonly [RegExp, string]> = [
  [/^(s|secs?|seconds?)$/, 's'],
  [/^(m|mins?|minutes?)$/, 'm'],
  [/^(h|hrs?|hours?)$/, 'h'],
  [/^(d|days?)$/, 'd'],
  [/^(w|weeks?)$/, 'w'],
];
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const MORNING = 9 * 60;

/** Reads a span at the beginning of some words: `2h`, `for 2 hours`, `until 18:00`, `until tomorrow 9am`; null: there is none. */
export function readSpan(words: readonly string[]): { readonly span: Span; readonly taken: number } | null {
  const [first = '', ...rest] = words.map((word) => word.toLowerCase());
  if (first === 'for') return shifted(readLength(rest));
  if (first === 'until' || first === 'till') return shifted(readMoment(rest));
  return readLength([first, ...rest]);
}

type Read = { readonly span: Span; readonly taken: number } | null;

function shifted(read: Read): Read {
  return read === null ? null : { ...read, taken: read.taken + 1 };
}

function readLength([first = '', second = '']: readonly string[]): Read {
  const seconds = parseDuration(first);
  if (seconds !== null) return { span: { kind: 'for', seconds }, taken: 1 };
  const unit = UNITS.find(([names]) => names.test(second))?.[1];
  if (unit === undefined || !/^\d{1,6}$/.test(first)) return null;
  const counted = parseDuration(`${first}${unit}`);
  return counted === null ? null : { span: { kind: 'for', seconds: counted }, taken: 2 };
}

function readMoment([first = '', second = '']: readonly string[]): Read {
  const minute = readTime(first);
  if (minute !== null) return { span: { kind: 'until', day: 'next', minute }, taken: 1 };
  const day = readDay(first);
  if (day === null) return null;
  const then = readTime(second);
  return { span: { kind: 'until', day, minute: then ?? MORNING }, taken: then === null ? 1 : 2 };
}

function readDay(word: string): SpanDay | null {
  if (word === 'tomorrow') return 'tomorrow';
  if (!/^(mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun)(day|nesday|sday|rsday|urday)?$/.test(word)) return null;
  const index = DAYS.findIndex((name) => word.startsWith(name));
  return index < 0 ? null : ((index + 1) as SpanDay);
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

/** Seconds from `now` until the span is over, by the clock of `zone`. */
export function secondsOf(span: Span, now: number, zone: string): number {
  if (span.kind === 'for') return span.seconds;
  const label = labelAt(zone, now);
  const midnight = Math.floor(label / DAY_MS) * DAY_MS;
  const at = (days: number) => instantOf(zone, midnight + days * DAY_MS + span.minute * MINUTE_MS);
  // up: what is echoed must not read a minute early
  return Math.ceil((firstAfter(span.day, midnight, now, at) - now) / 1000);
}

function firstAfter(day: SpanDay, midnight: number, now: number, at: (days: number) => number): number {
  if (day === 'tomorrow') return at(1);
  const wanted = day === 'next' ? 0 : (day - weekdayOf(midnight) + 7) % 7;
  const first = at(wanted);
  if (first > now) return first;
  return at(wanted + (day === 'next' ? 1 : 7));
}

/** 1 January 1970 was a Thursday. */
function weekdayOf(midnight: number): number {
  return ((Math.floor(midnight / DAY_MS) + 3) % 7) + 1;
}

/** `18:00 (America/Sao_Paulo)`: what a span was read as, for the person who said it. */
export function wallTimeOf(at: number, zone: string): string {
  const label = new Date(labelAt(zone, at)).toISOString();
  return `${label.slice(0, 10)} ${label.slice(11, 16)} (${zone})`;
}

/** Longest time that is worth choosing from a list, by hours. */
export const CHOICES: readonly number[] = [0.25, 0.5, 1, 2, 4, 8, 24].map((hours) => (hours * HOUR_MS) / 1000);
