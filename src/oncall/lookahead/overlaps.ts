import type { ScheduleConfig } from '../../core/config/config.ts';
import { overrideSpan, type Span } from '../coverage.ts';

/** Two overrides that want different people at the same time: `shown` is on call then, `hidden` is not. */
export interface Overlap extends Span {
  readonly hidden: readonly string[];
  readonly shown: readonly string[];
}

/** Overrides of a schedule that cover each other within a span. */
export function overlapsIn({ overrides, timezone }: ScheduleConfig, within: Span): Overlap[] {
  const spans = overrides.map((override) => ({ people: override.people, ...overrideSpan(override, timezone) }));
  const found: Overlap[] = [];
  for (const [index, one] of spans.entries()) {
    for (const other of spans.slice(index + 1)) {
      const from = Math.max(one.from, other.from, within.from);
      const to = Math.min(one.to, other.to, within.to);
      const isSame = [...one.people].sort().join() === [...other.people].sort().join();
      if (from < to && !isSame) found.push({ from, to, hidden: one.people, shown: other.people });
    }
  }
  return found;
}
