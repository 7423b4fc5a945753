import type { OncallConfig } from '../../core/config/config.ts';
import type { JsonObject } from '../../core/json.ts';
import { writeMoment } from '../../core/wall-time.ts';
import { peopleIn } from '../duties.ts';
import type { OverrideMade } from './override-state.ts';
import { isRefusal, type Refusal, readPerson, readReason, readSchedule, readSpan } from './read-asked.ts';
import { listOf, spanText } from './words.ts';

/** What is to be laid over the schedule, and what it changes in words; the reason is still text. */
export interface Planned {
  readonly made: Omit<OverrideMade, 'reason'>;
  readonly reason: string | null;
  readonly text: string;
}

/** `override { person, schedule?, from?, to | seconds, reason? }`: one stands in for whoever would be on call then. */
export function decideOverride(oncall: OncallConfig, args: JsonObject, now: number): Planned | Refusal {
  const schedule = readSchedule(oncall, args);
  if (isRefusal(schedule)) return schedule;
  const person = readPerson(oncall, args.person);
  if (isRefusal(person)) return person;
  const { timezone } = schedule.rules;
  const span = readSpan(args, timezone, now);
  if (isRefusal(span)) return span;
  const reason = readReason(args);
  if (isRefusal(reason)) return reason;
  const turn = { people: [person.key], from: writeMoment(timezone, span.from), to: writeMoment(timezone, span.to) };
  const when = spanText(timezone, span);
  const text = `${person.key} is on call in ${schedule.name} ${when}, ${inPlaceOf(person.key, peopleIn(schedule.rules, span))}.`;
  return { made: { schedule: schedule.name, timezone, turns: [turn], swap: null }, reason: reason.text, text };
}

function inPlaceOf(person: string, before: readonly string[]): string {
  const others = before.filter((other) => other !== person);
  if (others.length > 0) return `in place of ${listOf(others)}`;
  return before.length === 0 ? 'when nobody would be' : 'as the schedule says too';
}
