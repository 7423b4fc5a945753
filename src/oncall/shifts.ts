import type { OncallConfig, ScheduleConfig } from '../core/config/config.ts';
import type { Span } from './coverage.ts';
import { turnsIn } from './stand-in.ts';

/** One time in which a person is on call, or would be if nobody stood in. */
export interface Shift extends Span {
  /** On call beside the person. */
  readonly together: readonly string[];
  /** In whose place the person is. */
  readonly insteadOf: readonly string[];
  /** Who is in the person's place, perhaps nobody; null: the person is on call. */
  readonly standIns: readonly string[] | null;
}

/** The shifts of a person in one schedule. */
export interface ScheduleShifts {
  readonly schedule: string;
  /** In order of time. */
  readonly shifts: readonly Shift[];
  /** Of those in which the person is on call. */
  readonly seconds: number;
}

/** The shifts of a person that begin in a span or run at its begin, in every schedule in which there is one; the hours are those of the span. */
export function shiftsOf({ schedules }: OncallConfig, person: string, span: Span): ScheduleShifts[] {
  return Object.entries(schedules).flatMap(([schedule, rules]) => {
    const shifts = shiftsIn(rules, person, span);
    if (shifts.length === 0) return [];
    const seconds = shifts.filter(isOwn).reduce((sum, { from, to }) => sum + (Math.min(to, span.to) - from) / 1000, 0);
    return [{ schedule, shifts, seconds }];
  });
}

/** A moment at which a person takes over or hands over. */
export interface NextHandoff {
  readonly schedule: string;
  readonly at: number;
  readonly kind: 'takes' | 'hands';
}

/** The first handoff within a span that the person of these shifts has a part in; null: there is none. */
export function nextHandoffOf(all: readonly ScheduleShifts[], { from, to }: Span): NextHandoff | null {
  const handoffs = all.flatMap(({ schedule, shifts }) => {
    const own = shifts.filter(isOwn);
    const begins = own.map((shift) => shift.from);
    const ends = own.map((shift) => shift.to);
    // who goes on in the next shift hands nothing over
    const takes = begins.filter((at) => !ends.includes(at)).map((at) => ({ schedule, at, kind: 'takes' as const }));
    const hands = ends.filter((at) => !begins.includes(at)).map((at) => ({ schedule, at, kind: 'hands' as const }));
    return [...takes, ...hands];
  });
  const ahead = handoffs.filter(({ at }) => from < at && at < to);
  return ahead.sort((one, other) => one.at - other.at)[0] ?? null;
}

function isOwn({ standIns }: Shift): boolean {
  return standIns === null;
}

function shiftsIn(rules: ScheduleConfig, person: string, span: Span): Shift[] {
  const shifts: Shift[] = [];
  // the last one is told with its own end, not with that of the span
  for (const { from, to, people, insteadOf } of turnsIn(rules, { ...span, to: 2 * span.to - span.from })) {
    const isOn = people.includes(person);
    if (!isOn && !insteadOf.includes(person)) continue;
    const together = isOn ? people.filter((other) => other !== person) : [];
    const shift = { from, to, together, insteadOf: isOn ? insteadOf : [], standIns: isOn ? null : people };
    const before = shifts.at(-1);
    if (before !== undefined && isGoingOn(before, shift)) shifts.splice(-1, 1, { ...before, to });
    else shifts.push(shift);
  }
  return shifts.filter(({ from }) => from < span.to);
}

function isGoingOn(before: Shift, shift: Shift): boolean {
  const peopleOf = ({ together, insteadOf, standIns }: Shift) => JSON.stringify([together, insteadOf, standIns]);
  return before.to === shift.from && peopleOf(before) === peopleOf(shift);
}
