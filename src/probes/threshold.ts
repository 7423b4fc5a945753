import type { Threshold } from '../core/config/config.ts';

export interface Limits {
  readonly fail: Threshold | null;
  readonly warn: Threshold | null;
}

export interface Judgement {
  readonly result: 'ok' | 'warn' | 'fail' | 'unknown';
  /** The limit that was passed; null when none was. */
  readonly limit: Threshold | null;
}

/** Compares `value operator threshold`: fail first, then warn. A value that is no number is unknown. */
export function judgeValue(value: number, limits: Limits): Judgement {
  if (Number.isNaN(value)) return { result: 'unknown', limit: null };
  for (const result of ['fail', 'warn'] as const) {
    const threshold = limits[result];
    if (threshold !== null && holds(value, threshold)) return { result, limit: threshold };
  }
  return { result: 'ok', limit: null };
}

function holds(value: number, { operator, value: limit }: Threshold): boolean {
  switch (operator) {
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '==':
      return value === limit;
    case '!=':
      return value !== limit;
    default:
      return operator satisfies never;
  }
}

/** ` (> 80%)` behind a value that passed its limit; nothing when it passed none. */
export function sayLimit(limit: Threshold | null, unit = ''): string {
  return limit === null ? '' : ` (${limit.operator} ${sayNumber(limit.value)}${unit})`;
}

/** A number for people: at most four significant digits below a million, else in millions or billions. */
export function sayNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size >= 1e9) return `${rounded(value / 1e9)} G`;
  if (size >= 1e6) return `${rounded(value / 1e6)} M`;
  return Number.isInteger(value) ? String(value) : rounded(value);
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(4)));
}
