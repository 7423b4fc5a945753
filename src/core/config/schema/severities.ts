import * as z from 'zod';
import { MEANS, SEVERITIES, TARGET_KINDS } from '../config.ts';
import { duration, positiveDuration, timeOfDay } from './common.ts';

const target = z
  .string()
  .regex(
    new RegExp(`^(${TARGET_KINDS.join('|')}):\\S.*$`),
    `must be ${TARGET_KINDS.map((kind) => `${kind}:NAME`).join(', ')}`,
  );

const Level = z.strictObject({
  after: duration.describe('Time since the incident opened, or since the severity was raised.'),
  notify: z.array(target).min(1, 'must name at least one target').describe('Who is pinged.'),
  by: z.array(z.enum(MEANS)).min(1, 'must name at least one means').describe('How. "thread" is once per level.'),
});

const Policy = z.strictObject({
  name: z.string().min(1, 'must not be empty').describe('Name that people read: Critical.'),
  respond_within: positiveDuration.describe('Time in which somebody is to acknowledge.'),
  clock: z.enum(['wall', 'business']).default('wall').describe('business: time counts in business_time only.'),
  out_of_hours: z
    .strictObject({ next_business_day: timeOfDay.describe('Time of day at which the page goes out.') })
    .optional()
    .describe('What happens to pages asked for outside business time.'),
  levels: z.array(Level).default([]).describe('Escalation, in order of time.'),
  repeat: z
    .strictObject({
      every: positiveDuration.describe('Time between two repetitions.'),
      times: z.int().min(1).max(1000).describe('How many; then the policy is exhausted.'),
    })
    .optional()
    .describe('Repetition of the last level.'),
  ack_expires: z
    .strictObject({
      ask_after: positiveDuration.describe('Time without an update until the owner is asked "still on it?".'),
      page_owner_after: positiveDuration.describe('Time without an answer until the owner is paged.'),
      next_level_after: positiveDuration.describe('Time after that until the next level is paged.'),
    })
    .optional()
    .describe('When an acknowledgement is questioned: asked, owner paged, next level, and again; absent: never.'),
  resolve: z.enum(['human', 'auto']).default('human').describe('Who resolves a recovered incident.'),
  digest: z.boolean().default(false).describe('true: no thread of its own.'),
  snooze_at_most: positiveDuration
    .optional()
    .describe('The longest that its pages may be snoozed: 30m for P0, 4h for P1, 24h for P2 and P3 when absent.'),
});

const shape = Object.fromEntries(
  SEVERITIES.map((severity) => [severity, Policy.describe(`What ${severity} demands.`)]),
) as Record<(typeof SEVERITIES)[number], typeof Policy>;

/** `severities.yml` (CONFIG.md): what each severity demands. */
export const SeveritiesFile = z.strictObject(shape).describe('The severity matrix: P0 is the highest.');
export type SeveritiesFile = z.infer<typeof SeveritiesFile>;
