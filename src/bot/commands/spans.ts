import { parseDuration } from '../../core/duration.ts';
import { HOUR_MS, labelAt } from '../../core/wall-time.ts';
import { instantOfMoment, type Moment, readMoment } from './moments.ts';

/** How long something is to last, as a person says it: for a while, or until a time of the person's own clock. */
export type Span = { readonly kind: 'for'; readonly seconds: number } | ({ readonly kind: 'until' } & Moment);

const UNITS: ReadonlyArray<readonly [RegExp, string]> = [
  [/^(s|secs?|seconds?)$/, 's'],
  [/^(m|mins?|minutes?)$/, 'm'],
  [/^(h|hrs?|hours?)$/, 'h'],
  [/^(d|days?)$/, 'd'],
  [/^(w|weeks?)$/, 'w'],
];

/** Reads a span at the beginning of some words: `2h`, `for 2 hours`, `until 18:00`, `until tomorrow 9am`; null: there is none. */
export function readSpan(words: readonly string[]): { readonly span: Span; readonly taken: number } | null {
  const [first = '', ...rest] = words.map((word) => word.toLowerCase());
  if (first === 'for') return shifted(readLength(rest));
  if (first === 'until' || first === 'till') return shifted(readEnd(rest));
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

function readEnd(words: readonly string[]): Read {
  const read = readMoment(words);
  return read === null ? null : { span: { kind: 'until', ...read.moment }, taken: read.taken };
}

/** Seconds from `now` until the span is over, by the clock of `zone`. */
export function secondsOf(span: Span, now: number, zone: string): number {
  if (span.kind === 'for') return span.seconds;
  // up: what is echoed must not read a minute early
  return Math.ceil((instantOfMoment(span, { now, after: now }, zone) - now) / 1000);
}

/** `18:00 (America/Sao_Paulo)`: what a span was read as, for the person who said it. */
export function wallTimeOf(at: number, zone: string): string {
  const label = new Date(labelAt(zone, at)).toISOString();
  return `${label.slice(0, 10)} ${label.slice(11, 16)} (${zone})`;
}

/** Longest time that is worth choosing from a list, by hours. */
export const CHOICES: readonly number[] = [0.25, 0.5, 1, 2, 4, 8, 24].map((hours) => (hours * HOUR_MS) / 1000);
