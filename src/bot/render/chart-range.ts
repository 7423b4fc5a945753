import type { ChartPart, ChartUnit } from '../../alerts/context/context.ts';

/** The part of the value axis that is shown, and the distance between its labels. */
export interface ChartRange {
  readonly min: number;
  readonly max: number;
  readonly interval: number;
}

const LABELS = 5;
const TIMES = [1, 2, 2.5, 5, 10] as const;

/** Room for every value and every threshold, between round numbers; not below zero without need. */
export function rangeOf({ series, limits, unit }: Pick<ChartPart, 'series' | 'limits' | 'unit'>): ChartRange {
  const values = series.flatMap((each) => each.values).filter((value) => value !== null);
  const all = [...values, ...limits.map(({ value }) => value)];
  const least = all.reduce((low, value) => Math.min(low, value), all[0] ?? 0);
  const most = all.reduce((high, value) => Math.max(high, value), all[0] ?? 1);
  const room = most === least ? Math.abs(most) || 1 : (most - least) * 0.08;
  const low = least >= 0 ? Math.max(0, least - room) : least - room;
  const isShare = unit === 'percent' && most <= 100 && most + room > 80;
  const interval = roundStep((most + room - low) / LABELS, unit);
  return {
    min: exact(Math.floor(low / interval) * interval),
    max: exact(isShare ? 100 : Math.ceil((most + room) / interval) * interval),
    interval: exact(interval),
  };
}

/** 1, 2, 2.5 or 5 times a power of ten; for bytes, times a power of 1024. */
function roundStep(least: number, unit: ChartUnit): number {
  const base =
    unit === 'bytes' || unit === 'bytes/s' ? 1024 ** Math.max(0, Math.floor(Math.log(least) / Math.log(1024))) : 1;
  const power = base * 10 ** Math.floor(Math.log10(least / base));
  return power * (TIMES.find((times) => times * power >= least * 0.999) ?? 10);
}

/** Without the dust of binary fractions. */
function exact(value: number): number {
  return Number(value.toPrecision(12));
}
