import type { Written } from '../files.ts';
import type { Report } from '../problem.ts';
import { checkEscalation } from './escalation.ts';
import { checkHolidays } from './holidays.ts';
import { checkHosts } from './hosts.ts';
import { checkJobs } from './jobs.ts';
import { checkPeople } from './people.ts';
import { checkPolicy } from './policy.ts';
import { checkProbes } from './probes.ts';
import { checkReports } from './reports.ts';
import { checkRoles } from './roles.ts';
import { checkRouting } from './routing.ts';
import { checkRunbooks } from './runbooks.ts';
import { checkSchedules } from './schedules.ts';
import { checkServices } from './services.ts';

/** Rules across the files: names that must exist, and what must hold between them. */
const RULES = [
  checkRoles,
  checkPeople,
  checkSchedules,
  checkEscalation,
  checkRouting,
  checkReports,
  checkHosts,
  checkServices,
  checkProbes,
  checkRunbooks,
  checkJobs,
  checkPolicy,
] as const;

/** Runs every rule over what was written; a part that could not be read is left out of the rules that need it. */
export async function checkReferencesAcross(written: Written, report: Report): Promise<void> {
  for (const rule of RULES) rule(written, report);
  await checkHolidays(written, report);
}
