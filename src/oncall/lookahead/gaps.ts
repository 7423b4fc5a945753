import type { ScheduleConfig } from '../../core/config/config.ts';
import type { Span } from '../coverage.ts';
import { dutyAt, nextBoundary } from '../schedule.ts';

/** Times of a span in which nobody is on call although nothing says `nobody`. */
export function gapsIn(schedule: ScheduleConfig, { from, to }: Span): Span[] {
  const gaps: Span[] = [];
  let at = from;
  while (at < to) {
    const end = Math.min(nextBoundary(schedule, at) ?? to, to);
    if (dutyAt(schedule, at).source === 'nobody') {
      const before = gaps.at(-1);
      if (before?.to === at) gaps.splice(-1, 1, { from: before.from, to: end });
      else gaps.push({ from: at, to: end });
    }
    at = end;
  }
  return gaps;
}
