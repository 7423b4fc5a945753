import type { ReportsConfig } from '../config.ts';
import type { RoutesFile } from '../schema/routes.ts';

const AT = { at: '09:00', timezone: undefined, channel: 'ops' } as const;

/** `digest` and `weekly` of routes.yml as rooms read them; `timezone` is where one names none. */
export function resolveReports(file: RoutesFile, timezone: string): ReportsConfig {
  const digest = file.digest ?? { ...AT, days: 'business' };
  const weekly = file.weekly ?? { ...AT, on: 'Mon' };
  return {
    digest: digest === false ? null : { ...digest, timezone: digest.timezone ?? timezone },
    weekly: weekly === false ? null : { ...weekly, timezone: weekly.timezone ?? timezone },
  };
}
