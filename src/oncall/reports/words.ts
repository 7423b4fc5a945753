import { SEVERITIES } from '../../core/config/config.ts';
import { labelAt } from '../../core/wall-time.ts';
import type { BySeverity } from './numbers.ts';

const DAY = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' });
const TIME = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
  timeZone: 'UTC',
});

/** `Mon 23 Nov` of a moment, by the wall clock of `zone`. */
export function dayText(zone: string, at: number): string {
  return DAY.format(new Date(labelAt(zone, at))).replace(',', '');
}

/** `Mon 23 Nov 09:00` of a moment, by the wall clock of `zone`. */
export function timeText(zone: string, at: number): string {
  return `${dayText(zone, at)} ${TIME.format(new Date(labelAt(zone, at)))}`;
}

/** `1 P0, 2 P2`; `none`. */
export function severitiesText(counts: BySeverity<number>): string {
  const parts = SEVERITIES.filter((severity) => counts[severity] > 0).map((each) => `${counts[each]} ${each}`);
  return parts.length === 0 ? 'none' : parts.join(', ');
}

/** `1 incident`, `2 incidents`. */
export function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Of all severities together. */
export function totalOf(counts: BySeverity<number>): number {
  return SEVERITIES.reduce((sum, severity) => sum + counts[severity], 0);
}
