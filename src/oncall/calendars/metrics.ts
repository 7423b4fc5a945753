import { Gauge } from 'prom-client';
import type { Registry } from '../../core/metrics.ts';

/** How old a calendar of a schedule is. */
export interface CalendarAge {
  readonly schedule: string;
  readonly ageSeconds: number;
}

/** The age of each schedule's oldest calendar, asked for when it is scraped. */
export function observeCalendars(registry: Registry, ages: () => readonly CalendarAge[]): void {
  new Gauge({
    name: 'gianna_ops_oncall_calendar_age_seconds',
    help: 'Time since the calendar of a schedule was last read well, the oldest of several; +Inf when it never was.',
    labelNames: ['schedule'],
    registers: [registry],
    collect() {
      this.reset();
      const oldest = new Map<string, number>();
      for (const { schedule, ageSeconds } of ages()) {
        oldest.set(schedule, Math.max(ageSeconds, oldest.get(schedule) ?? 0));
      }
      for (const [schedule, seconds] of oldest) this.set({ schedule }, seconds);
    },
  });
}
