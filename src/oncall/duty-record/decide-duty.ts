import type { ScheduleConfig } from '../../core/config/config.ts';
import { dutyAt, onCallAt, peopleOnCall } from '../schedule.ts';
import type { DutyState, DutyWhy } from './duty-state.ts';

/** What made somebody look: time went by, or people or files changed who is on call from now on. */
export type DutyCause = 'time' | 'override' | 'configuration';

export interface DutyLook {
  readonly now: number;
  readonly cause: DutyCause;
  readonly version: string;
  /** When the look before said to look again: by then nothing had changed. null: nothing was to change. */
  readonly lookAt: number | null;
}

/** What a look at one schedule comes to. */
export interface DutyDecision {
  /** Changes since the record, oldest first. */
  readonly changes: readonly DutyState[];
  /** When to look again; null: nothing will change by itself. */
  readonly lookAt: number | null;
}

// A year of hourly handoffs.
const MOST_CHANGES = 9000;

/**
 * Compares the record of a schedule with what holds now (no `schedule`: it is no longer configured). Handoffs that passed
 * while nobody looked are told each at its own moment, as long as the same configuration held.
 */
export function decideDuty(
  before: DutyState | null,
  schedule: ScheduleConfig | undefined,
  { now, cause, version, lookAt: due }: DutyLook,
): DutyDecision {
  const people = schedule === undefined ? [] : peopleOnCall(schedule, now);
  const lookAt = schedule === undefined ? null : onCallAt(schedule, now).until;
  if (before === null) {
    return { changes: schedule === undefined ? [] : [{ people, since: now, why: 'started', version }], lookAt };
  }
  const isSameRules = cause === 'time' && before.version === version && schedule !== undefined;
  const changes = isSameRules && due !== null ? walk(before, schedule, due, now) : [];
  const last = changes.at(-1) ?? before;
  if (isSame(last.people, people)) return { changes, lookAt };
  const why: DutyWhy = cause === 'override' ? 'override' : 'configuration';
  return { changes: [...changes, { people, since: Math.max(now, last.since), why, version }], lookAt };
}

/** Changes from `due` until now by the rules of the schedule, which held all the time. */
function walk(before: DutyState, schedule: ScheduleConfig, due: number, now: number): DutyState[] {
  const changes: DutyState[] = [];
  let last = before;
  let at = due - 1;
  for (let step = 0; step < MOST_CHANGES; step += 1) {
    const { until, next } = onCallAt(schedule, at);
    if (until === null || until > now) break;
    if (!isSame(next, last.people)) {
      last = { people: next, since: until, why: whyAt(schedule, until), version: before.version };
      changes.push(last);
    }
    at = until;
  }
  return changes;
}

/** An override begins or ends there, or a rotation turns. */
function whyAt(schedule: ScheduleConfig, at: number): DutyWhy {
  const isOverride = (moment: number) => dutyAt(schedule, moment).source.startsWith('override');
  return isOverride(at) || isOverride(at - 1) ? 'override' : 'rotation';
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((person, index) => person === others[index]);
}
