import type { ScheduleConfig } from '../core/config/config.ts';
import { earliestAfter, overrideSpan } from './coverage.ts';
import { changesOf, layerAt } from './layer.ts';

// A year of hourly handoffs under a layer that hides them.
const MOST_STEPS = 9000;

/**
 * Who is on call: keys of `oncall.people`. `until` is the next handoff (epoch ms), `next` who takes over then; null: there
 * is none, or none within about a year.
 */
export interface OnCall {
  readonly now: readonly string[];
  readonly until: number | null;
  readonly next: readonly string[];
}

/** What decides at a moment: an override, or a layer and its turn. */
export interface Duty {
  readonly source: string;
  readonly shift: number;
  readonly people: readonly string[];
}

/**
 * Who a schedule names at `at` (CONFIG.md, oncall.yml: later layers cover earlier ones where they apply, overrides cover
 * all). Nobody before the first handoff on or after `from`.
 */
export function onCallAt(schedule: ScheduleConfig, at: number): OnCall {
  const duty = dutyAt(schedule, at);
  const now = duty.people;
  let moment: number | null = at;
  for (let step = 0; step < MOST_STEPS; step += 1) {
    moment = nextBoundary(schedule, moment);
    if (moment === null) break;
    const then = dutyAt(schedule, moment);
    if (isHandoff(duty, then)) return { now, until: moment, next: then.people };
  }
  return { now, until: null, next: [] };
}

/** Who is on call at `at`, without looking for the next handoff. */
export function peopleOnCall(schedule: ScheduleConfig, at: number): readonly string[] {
  return dutyAt(schedule, at).people;
}

/** Whether others take over, or the same ones by another turn of the same layer. */
export function isHandoff(duty: Duty, then: Duty): boolean {
  if (!isSame(then.people, duty.people)) return true;
  return then.people.length > 0 && then.source === duty.source && then.shift !== duty.shift;
}

/** What decides at `at`: the last override that holds, else the last layer that applies. */
export function dutyAt(schedule: ScheduleConfig, at: number): Duty {
  for (let index = schedule.overrides.length - 1; index >= 0; index -= 1) {
    const override = schedule.overrides[index];
    if (override === undefined) continue;
    const { from, to } = overrideSpan(override, schedule.timezone);
    if (from <= at && at < to) return { source: `override ${index}`, shift: 0, people: override.people };
  }
  for (let index = schedule.layers.length - 1; index >= 0; index -= 1) {
    const layer = schedule.layers[index];
    const said = layer === undefined ? null : layerAt(layer, schedule.timezone, at);
    if (said !== null) return { source: `layer ${index}`, ...said };
  }
  return { source: 'nobody', shift: 0, people: [] };
}

/** The next moment after `at` at which anything in the schedule may change; null: nothing does. */
export function nextBoundary(schedule: ScheduleConfig, at: number): number | null {
  const moments: number[] = [];
  for (const override of schedule.overrides) {
    const { from, to } = overrideSpan(override, schedule.timezone);
    moments.push(from, to);
  }
  for (const layer of schedule.layers) moments.push(...changesOf(layer, schedule.timezone, at));
  return earliestAfter(moments, at);
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((person) => others.includes(person));
}
