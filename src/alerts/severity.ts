import { SEVERITIES, type Severity } from '../core/config/config.ts';

/** Whether `one` is more urgent than `other` (P0 is the highest). */
export function isHigher(one: Severity, other: Severity): boolean {
  return SEVERITIES.indexOf(one) < SEVERITIES.indexOf(other);
}
