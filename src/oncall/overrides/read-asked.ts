import type { OncallConfig, ScheduleConfig } from '../../core/config/config.ts';
import { formatDuration } from '../../core/duration.ts';
import type { JsonObject } from '../../core/json.ts';
import { closest } from '../../core/suggest.ts';
import { readMoment } from '../../core/wall-time.ts';
import type { Span } from '../coverage.ts';

/** Why something about the roster is not done. Holds what the asker wrote: escape before showing. */
export interface Refusal {
  readonly code: string;
  readonly text: string;
  readonly remedy: string;
}

/** A schedule by its name in oncall.yml. */
export interface AskedSchedule {
  readonly name: string;
  readonly rules: ScheduleConfig;
}

const LONGEST_MS = 60 * 86_400_000;
/** A form that was filled in a minute ago still means now. */
const JUST_NOW_MS = 60_000;
const LONGEST_REASON = 500;

export function isRefusal(value: object): value is Refusal {
  return 'code' in value;
}

export function refusal(code: string, text: string, remedy: string): Refusal {
  return { code, text: `${text} Nothing was changed.`, remedy };
}

/** The schedule that `schedule` names; the only one when it names none. */
export function readSchedule({ schedules }: OncallConfig, { schedule }: JsonObject): AskedSchedule | Refusal {
  const names = Object.keys(schedules);
  const [only] = names;
  const name = schedule === undefined && names.length === 1 ? only : schedule;
  const rules = typeof name === 'string' && Object.hasOwn(schedules, name) ? schedules[name] : undefined;
  if (typeof name === 'string' && rules !== undefined) return { name, rules };
  const what = schedule === undefined ? 'For which schedule?' : `There is no schedule ${JSON.stringify(schedule)}.`;
  return refusal('SCHEDULE_UNKNOWN', what, suggest(String(schedule ?? ''), names));
}

/** A key of oncall.people. */
export function readPerson({ people }: OncallConfig, name: unknown): { readonly key: string } | Refusal {
  const key = typeof name === 'string' ? name.trim() : '';
  if (Object.hasOwn(people, key)) return { key };
  const what = key === '' ? 'Who?' : `There is nobody called ${JSON.stringify(key)} in oncall.yml.`;
  return refusal('PERSON_UNKNOWN', what, suggest(key, Object.keys(people)));
}

/**
 * `from` (now when absent) to `to`, or `seconds` from then on; ISO 8601, wall time in the schedule's zone without an offset.
 * Neither in the past nor longer than 60 days.
 */
export function readSpan({ from, to, seconds }: JsonObject, zone: string, now: number): Span | Refusal {
  const begin = from === undefined ? now : readTime(zone, from);
  const end = typeof seconds === 'number' && to === undefined ? begin + seconds * 1000 : readTime(zone, to);
  if (Number.isNaN(begin) || Number.isNaN(end)) {
    const remedy = 'Times look like 2026-12-24T18:00 (in the zone of the schedule) or 2026-12-24T18:00Z.';
    return refusal('TIME_WRONG', 'From when to when?', remedy);
  }
  if (begin < now - JUST_NOW_MS) {
    return refusal('TIME_PAST', 'It would begin in the past.', 'Leave the begin out: it begins now.');
  }
  const span = { from: Math.max(begin, now), to: end };
  if (span.to <= span.from) return refusal('SPAN_EMPTY', 'It would end before it begins.', 'Give a later end.');
  if (span.to - span.from <= LONGEST_MS) return span;
  const length = formatDuration((span.to - span.from) / 1000);
  const remedy = 'Make it shorter, or change the schedule in oncall.yml.';
  return refusal('SPAN_TOO_LONG', `${length} is too long: 60 days are the most.`, remedy);
}

/** Why, when something was said. */
export function readReason({ reason }: JsonObject): { readonly text: string | null } | Refusal {
  const text = typeof reason === 'string' ? reason.trim() : '';
  if (text.length <= LONGEST_REASON) return { text: text === '' ? null : text };
  const what = `The reason has ${text.length} characters; ${LONGEST_REASON} is the most.`;
  return refusal('REASON_TOO_LONG', what, 'Shorten it.');
}

function readTime(zone: string, iso: unknown): number {
  const isIso =
    typeof iso === 'string' && /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/.test(iso);
  return isIso ? readMoment(zone, iso.replace(' ', 'T')) : Number.NaN;
}

function suggest(word: string, known: readonly string[]): string {
  const near = closest(word, known);
  if (near.length > 0) return `Did you mean ${near.join(' or ')}?`;
  return known.length === 0 ? 'There are none.' : `There are: ${known.join(', ')}.`;
}
