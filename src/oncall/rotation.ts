import type { LayerConfig } from '../core/config/config.ts';
import { WEEKDAYS } from '../core/config/config.ts';
import { DAY_MS, dayOf, HOUR_MS, instantOf, labelAt, MINUTE_MS, readLabel, timeOfDay, weekdayOf } from './wall-time.ts';

/** One turn of a rotation. `index` counts handoffs from 0; `until` is the next handoff (epoch ms). */
export interface Shift {
  readonly index: number;
  readonly person: string;
  readonly until: number;
}

/** The turn at `at`, or who starts when while nobody has started yet. A layer without people has neither. */
export type Turn = { kind: 'on'; shift: Shift } | { kind: 'before'; startsAt: number } | { kind: 'empty' };

/** Whose turn it is in one layer, its `only` aside. People change at each handoff in order, counted by wall time. */
export function turnAt(layer: LayerConfig, zone: string, at: number): Turn {
  if (layer.people.length === 0) return { kind: 'empty' };
  const first = firstHandoff(layer, zone);
  const step = stepMs(layer);
  const handoff = (index: number) => instantOf(zone, first + index * step);
  let index = Math.max(-1, Math.floor((labelAt(zone, at) - first) / step));
  while (index >= 0 && handoff(index) > at) index -= 1;
  while (handoff(index + 1) <= at) index += 1;
  if (index < 0) return { kind: 'before', startsAt: handoff(0) };
  const person = layer.people[index % layer.people.length] ?? '';
  return { kind: 'on', shift: { index, person, until: handoff(index + 1) } };
}

function stepMs({ rotation }: LayerConfig): number {
  if (rotation === 'hourly') return HOUR_MS;
  if (rotation === 'daily') return DAY_MS;
  if (rotation === 'weekly') return 7 * DAY_MS;
  return Math.max(MINUTE_MS, rotation.everySeconds * 1000);
}

/** Label of the first handoff on or after `from`. */
function firstHandoff(layer: LayerConfig, zone: string): number {
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
  const wanted = WEEKDAYS.findIndex((each) => each === day);
  for (let label = dayOf(from) + time; ; label += DAY_MS) {
    if (label >= from && (wanted < 0 || WEEKDAYS.indexOf(weekdayOf(label)) === wanted)) return label;
    if (Number.isNaN(label)) return label;
  }
}
