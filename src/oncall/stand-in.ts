import type { OverrideConfig, ScheduleConfig } from '../core/config/config.ts';
import { overrideSpan, type Span } from './coverage.ts';
import { type Duty, dutiesIn, peopleIn } from './duties.ts';
import { peopleOnCall } from './schedule.ts';

/** A time on call, with whom the schedule would name if nobody stood in. */
export interface Turn extends Duty {
  /** Nobody when it is empty: the people are on call by their own right. */
  readonly insteadOf: readonly string[];
}

/** In whose place people are on call at `at`. */
export function insteadOfAt(schedule: ScheduleConfig, at: number): readonly string[] {
  const override = overrideAt(schedule, at);
  return override === null ? [] : othersThan(override.people, peopleOnCall(without(schedule, override), at));
}

/** Who is on call through a span and in whose place; a piece ends at each handoff, also at one that an override covers. */
export function* turnsIn(schedule: ScheduleConfig, span: Span): Generator<Turn> {
  for (const duty of dutiesIn(schedule, span)) {
    const override = overrideAt(schedule, duty.from);
    if (override === null) yield { ...duty, insteadOf: [] };
    else {
      for (const { from, to, people } of dutiesIn(without(schedule, override), duty)) {
        yield { from, to, people: duty.people, insteadOf: othersThan(duty.people, people) };
      }
    }
  }
}

/** In whose place people are, or would be if they were laid over the schedule for a span. */
export function insteadOf(schedule: ScheduleConfig, { people, from, to }: Duty): readonly string[] {
  const laid = schedule.overrides.findLast((each) => {
    const span = overrideSpan(each, schedule.timezone);
    return span.from === from && span.to === to && each.people.join() === people.join();
  });
  return othersThan(people, peopleIn(laid === undefined ? schedule : without(schedule, laid), { from, to }));
}

function overrideAt({ overrides, timezone }: ScheduleConfig, at: number): OverrideConfig | null {
  const found = overrides.findLast((each) => {
    const { from, to } = overrideSpan(each, timezone);
    return from <= at && at < to;
  });
  return found ?? null;
}

function without(schedule: ScheduleConfig, override: OverrideConfig): ScheduleConfig {
  return { ...schedule, overrides: schedule.overrides.filter((each) => each !== override) };
}

function othersThan(people: readonly string[], before: readonly string[]): string[] {
  return before.filter((person) => !people.includes(person));
}
