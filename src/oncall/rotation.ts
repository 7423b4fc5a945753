import type { RotationLayer } from '../core/config/config.ts';
import {
  DAY_MS,
  dayOf,
  HOUR_MS,
  instantOf,
  labelAt,
  MINUTE_MS,
  readLabel,
  timeOfDay,
  weekdayOf,
} from '../core/wall-time.ts';

// Today's handoff may be over already: the same day of next week is the farthest.
const DAYS_SEARCHED = 8;

/** One turn of a rotation. `index` counts handoffs from 0; `people` may be empty (nobody's turn); `until` is the next handoff. */
export interface Shift {
  readonly index: number;
  readonly people: readonly string[];
  readonly until: number;
}

/** The shift at `at`, or when the first one starts while none has yet. */
export type Turn = { kind: 'on'; shift: Shift } | { kind: 'before'; startsAt: number };

/** Whose turn it is in a rotation, its `only` aside. People change at each handoff in order, counted by wall time. */
export function turnAt(layer: RotationLayer, zone: string, at: number): Turn {
  const first = firstHandoff(layer, zone);
  const step = stepMs(layer);
  const handoff = (index: number) => instantOf(zone, first + index * step);
  let index = Math.max(-1, Math.floor((labelAt(zone, at) - first) / step));
  while (index >= 0 && handoff(index) > at) index -= 1;
  while (handoff(index + 1) <= at) index += 1;
  if (index < 0) return { kind: 'before', startsAt: handoff(0) };
  const people = layer.turns[index % layer.turns.length] ?? [];
  return { kind: 'on', shift: { index, people, until: handoff(index + 1) } };
}

function stepMs({ rotation }: RotationLayer): number {
  if (rotation === 'hourly') return HOUR_MS;
  if (rotation === 'daily') return DAY_MS;
  if (rotation === 'weekly') return 7 * DAY_MS;
  return Math.max(MINUTE_MS, rotation.everySeconds * 1000);
}

/** Label of the first handoff on or after `from`. */
function firstHandoff(layer: RotationLayer, zone: string): number {
  const from = readLabel(zone, layer.from);
  const [first = '', second] = layer.handoff.trim().split(/\s+/);
  if (second !== undefined) return onWeekday(from, first, timeOfDay(second));
  const time = timeOfDay(first);
  if (first.startsWith(':')) return nextOfEvery(HOUR_MS, from, time);
  if (layer.rotation === 'hourly') return nextOfEvery(HOUR_MS, from, time % HOUR_MS);
  return nextOfEvery(DAY_MS, from, time);
}

function nextOfEvery(period: number, from: number, offset: number): number {
  return Math.ceil((from - offset) / period) * period + offset;
}

function onWeekday(from: number, day: string, time: number): number {
  let label = dayOf(from) + time;
  for (let tries = 0; tries < DAYS_SEARCHED && (label < from || weekdayOf(label) !== day); tries += 1) label += DAY_MS;
  return label;
}
