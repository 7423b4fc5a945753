import type { ScheduleConfig } from '../core/config/config.ts';
import type { Span } from './coverage.ts';
import { onCallAt, peopleOnCall } from './schedule.ts';

/** A time in which the same people are on call by the same shift; nobody when `people` is empty. */
export interface Duty extends Span {
  readonly people: readonly string[];
}

/** Who is on call through a span, in order and without a hole: a piece ends at each handoff. */
export function* dutiesIn(schedule: ScheduleConfig, { from, to }: Span): Generator<Duty> {
  let at = from;
  while (at < to) {
    const { now, until } = onCallAt(schedule, at);
    const end = Math.min(until ?? to, to);
    yield { from: at, to: end, people: now };
    at = end;
  }
}

/** Everybody who is on call at some time of a span, in order of appearance. */
export function peopleIn(schedule: ScheduleConfig, span: Span): readonly string[] {
  const people = new Set(peopleOnCall(schedule, span.from));
  for (const duty of dutiesIn(schedule, span)) for (const person of duty.people) people.add(person);
  return [...people];
}
