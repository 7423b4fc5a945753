import { SEVERITIES, type Severity } from '../core/config/config.ts';

/** Whether `one` is more urgent than `other` (P0 is the highest). */
export function isHigher(one: Severity, other: Severity): boolean {
  return SEVERITIES.indexOf(one) < SEVERITIES.indexOf(other);
}

/** The more urgent of the two; null counts as none. */
export function highest(one: Severity | null, other: Severity): Severity {
  return one === null || isHigher(other, one) ? other : one;
}
