import type { OncallConfig, ScheduleConfig } from '../../core/config/config.ts';
import { DAY_MS, HOUR_MS, labelAt } from '../../core/wall-time.ts';
import { offsetChangesIn } from '../../core/zone-offset.ts';
import type { Span } from '../coverage.ts';
import { type Duty, dutiesIn } from '../duties.ts';

/** A shift that a change of clocks makes longer or shorter. */
export type ChangedShift = {
  readonly schedule: string;
  readonly people: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly hours: number;
  /** As long as it would be without the change. */
  readonly usualHours: number;
};

/** A change of the clocks of a zone that schedules go by. Times are ISO 8601 UTC, `from` and `to` what the clocks show. */
export type ClockSwitch = {
  readonly at: string;
  readonly zone: string;
  readonly kind: 'forward' | 'back';
  readonly day: string;
  readonly from: string;
  readonly to: string;
  readonly shifts: readonly ChangedShift[];
};

/** The longest shift that is looked for: one that is longer hardly notices an hour. */
const REACH_MS = 40 * DAY_MS;

/** Every change of clocks in a span, in the zones of the schedules, with what it does to shifts. */
export function switchesIn({ schedules }: Pick<OncallConfig, 'schedules'>, span: Span): ClockSwitch[] {
  const zones = [...new Set(Object.values(schedules).map(({ timezone }) => timezone))];
  const found = zones.flatMap((zone) => {
    const own = Object.entries(schedules).filter(([, { timezone }]) => timezone === zone);
    return offsetChangesIn(zone, span).map(({ at, before, after }): ClockSwitch => {
      const shifts = own.flatMap(([name, rules]) => changedShift(name, rules, at, after - before));
      const day = new Date(at + before).toISOString().slice(0, 10);
      const kind = after > before ? 'forward' : 'back';
      return { at: iso(at), zone, kind, day, from: clockText(at + before), to: clockText(at + after), shifts };
    });
  });
  return found.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/** The shift in which the change lies; one that begins or ends with it keeps its length. */
function changedShift(schedule: string, rules: ScheduleConfig, at: number, movedMs: number): ChangedShift[] {
  const around = { from: at - REACH_MS, to: at + REACH_MS };
  const duty = dutyWith(rules, around, at);
  if (duty === null || duty.people.length === 0) return [];
  const isWhole = duty.from > around.from && duty.to < around.to;
  if (!isWhole) return [];
  const { people, from, to } = duty;
  const hours = inHours(to - from);
  const usualHours = inHours(labelAt(rules.timezone, to) - labelAt(rules.timezone, from));
  if (hours === usualHours || movedMs === 0) return [];
  return [{ schedule, people, from: iso(from), to: iso(to), hours, usualHours }];
}

function dutyWith(rules: ScheduleConfig, around: Span, at: number): Duty | null {
  for (const duty of dutiesIn(rules, around)) if (duty.from < at && at <= duty.to) return duty;
  return null;
}

function inHours(ms: number): number {
  return Math.round((ms / HOUR_MS) * 100) / 100;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

function clockText(label: number): string {
  return new Date(label).toISOString().slice(11, 16);
}
