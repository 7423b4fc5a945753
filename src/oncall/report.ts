import type { OncallConfig } from '../core/config/config.ts';
import { onCallAt } from './schedule.ts';

/** One row of `oncall --json` (DESIGN.md, Shapes): keys of oncall.yml, `until` the next handoff in ISO 8601 UTC. */
export type OncallRow = {
  readonly schedule: string;
  readonly now: readonly string[];
  readonly until: string | null;
  readonly next: readonly string[];
};

/** Who is on call in every schedule at `at` (epoch ms), in the order of oncall.yml. */
export function oncallReport(config: OncallConfig, at: number): OncallRow[] {
  return Object.entries(config.schedules).map(([schedule, rules]) => {
    const { now, until, next } = onCallAt(rules, at);
    return { schedule, now, until: until === null ? null : new Date(until).toISOString(), next };
  });
}
