import * as z from 'zod';
import { name, reference, timezone } from './common.ts';

const Job = z
  .strictObject({
    cron: z.string().min(1).describe('Cron expression of five fields.'),
    timezone: timezone.default('UTC').describe('Zone in which it is read.'),
    runbook: reference('Runbook that is run.').optional(),
    checklist: name.optional().describe('Checklist that is opened.'),
    parameters: z
      .record(z.string(), z.union([z.string(), z.number()]))
      .optional()
      .describe('Parameters of the runbook.'),
    missed: z.enum(['run-once', 'skip']).default('skip').describe('What happens to slots missed while it was down.'),
    skip_holidays: z.boolean().default(false).describe('Not on public holidays of business_time.'),
  })
  .refine((job) => (job.runbook === undefined) !== (job.checklist === undefined), 'a job has a runbook or a checklist');

/** `jobs.yml` (CONFIG.md): what is to run at which times. */
export const JobsFile = z
  .strictObject({ jobs: z.record(name, Job).default({}).describe('A word of your own → a job.') })
  .describe('What is to run at which times.');
export type JobsFile = z.infer<typeof JobsFile>;
