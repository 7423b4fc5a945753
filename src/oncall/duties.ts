import type { ScheduleConfig } from '../core/config/config.ts';
import type { Span } from './coverage.ts';
import { dutyAt, isHandoff, nextBoundary, peopleOnCall } from './schedule.ts';

/** A time in which the same people are on call by the same shift; nobody when `people` is empty. */
export interface Duty extends Span {
  readonly people: readonly string[];
}

/** Who is on call through a span, in order and without a hole: a piece ends at each handoff. */
export function* dutiesIn(schedule: ScheduleConfig, { from, to }: Span): Generator<Duty> {
  if (from >= to) return;
  let begun = from;
  let duty = dutyAt(schedule, from);
  for (let at = nextBoundary(schedule, from); at !== null && at < to; at = nextBoundary(schedule, at)) {
    const then = dutyAt(schedule, at);
    if (!isHandoff(duty, then)) continue;
    yield { from: begun, to: at, people: duty.people };
    begun = at;
    duty = then;
  }
  yield { from: begun, to, people: duty.people };
}

/** Everybody who is on call at some time of a span, in order of appearance. */
export function peopleIn(schedule: ScheduleConfig, span: Span): readonly string[] {
  const people = new Set(peopleOnCall(schedule, span.from));
  for (const duty of dutiesIn(schedule, span)) for (const person of duty.people) people.add(person);
  return [...people];
}
