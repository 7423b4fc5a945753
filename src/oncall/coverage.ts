import type { LayerConfig, OverrideConfig } from '../core/config/config.ts';
import { DAY_MS, dayOf, instantOf, labelAt, readMoment, timeOfDay, weekdayOf } from './wall-time.ts';

type Only = NonNullable<LayerConfig['only']>;

/** Moments, `to` exclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Whether a layer's `only` holds at `at`. A window over midnight (`22:00` to `06:00`) belongs to the day it begins on. */
export function isCovered(only: LayerConfig['only'], zone: string, at: number): boolean {
  if (only === null) return true;
  const label = labelAt(zone, at);
  const today = dayOf(label);
  return [today - DAY_MS, today].some((day) => {
    if (!isDay(only, day)) return false;
    const { begin, end } = windowOf(only);
    return day + begin <= label && label < day + end;
  });
}

/** The next moment after `at` at which a window of `only` begins or ends; null when it has none. */
export function nextEdge(only: LayerConfig['only'], zone: string, at: number): number | null {
  if (only === null) return null;
  const today = dayOf(labelAt(zone, at));
  const { begin, end } = windowOf(only);
  const edges: number[] = [];
  for (let day = today - DAY_MS; day <= today + 8 * DAY_MS; day += DAY_MS) {
    if (isDay(only, day)) edges.push(instantOf(zone, day + begin), instantOf(zone, day + end));
  }
  return earliestAfter(edges, at);
}

// Asked for at every look at a schedule, and an override never changes.
const spans = new WeakMap<OverrideConfig, Map<string, Span>>();

/** The moments between which an override holds, `[from, to)`. */
export function overrideSpan(override: OverrideConfig, zone: string): Span {
  const known = spans.get(override) ?? new Map<string, Span>();
  spans.set(override, known);
  const span = known.get(zone) ?? { from: readMoment(zone, override.from), to: readMoment(zone, override.to) };
  known.set(zone, span);
  return span;
}

/** The smallest moment after `at`; null when there is none. */
export function earliestAfter(moments: readonly number[], at: number): number | null {
  let found: number | null = null;
  for (const moment of moments) {
    if (moment > at && (found === null || moment < found)) found = moment;
  }
  return found;
}

function isDay(only: Only, day: number): boolean {
  return only.days === null || only.days.includes(weekdayOf(day));
}

function windowOf(only: Only): { begin: number; end: number } {
  const begin = only.from === null ? 0 : timeOfDay(only.from);
  const end = only.to === null ? DAY_MS : timeOfDay(only.to);
  return { begin, end: end > begin ? end : end + DAY_MS };
}
