import * as z from 'zod';
import { RISKS, SEVERITIES } from '../config.ts';
import { readParameterValue } from '../parameter-values.ts';
import { day, endOfDay, name, positiveDuration, reference, timeOfDay, timezone, weekdays } from './common.ts';
import { labelMatches } from './routes.ts';

const RunMatch = z.strictObject({
  runbooks: z.array(reference('Runbook of runbooks/.')).optional().describe('One of these runbooks.'),
  risks: z.array(z.enum(RISKS)).optional().describe('One of these risks.'),
  services: z.array(reference('Service of hosts.yml.')).optional().describe('One of these services.'),
  environments: z.array(name).optional().describe('A service of one of these environments.'),
});
export type WrittenRunMatch = z.infer<typeof RunMatch>;

const zone = timezone.optional().describe('Zone of these times; that of business_time when absent.');
const Window = z
  .union(
    [
      z.strictObject({
        days: weekdays.describe('Days on which it begins.'),
        from: timeOfDay.describe('Begin, wall time.'),
        to: endOfDay.describe('End; not later than the begin: on the day after.'),
        timezone: zone,
      }),
      z.strictObject({
        from: day.describe('First day.'),
        to: day.describe('Last day, included.'),
        timezone: zone,
      }),
    ],
    { error: 'must be { days: [Fri], from: "18:00", to: "24:00" } or { from: 2026-12-20, to: 2027-01-02 }' },
  )
  .describe('A time of the week, or days of the calendar.');
export type WrittenWindow = z.infer<typeof Window>;

const Freeze = z.strictObject({
  name: name.describe('Its name, for the refusal.'),
  runs: RunMatch.describe('Runs that are refused meanwhile; all when it is empty.'),
  while: z
    .strictObject({
      incidents: z
        .array(z.enum(SEVERITIES))
        .optional()
        .describe('An incident of one of these severities is open on the service.'),
      silenced: z.boolean().optional().describe('A silence covers the service.'),
      leases: z
        .array(reference('Runbook whose lease it is.'))
        .optional()
        .describe('A lease of one of these runbooks holds on the service.'),
      windows: z.array(Window).optional().describe('It is one of these times.'),
    })
    .refine(
      (when) => when.silenced === true || [when.incidents, when.leases, when.windows].some((list) => list?.length),
      {
        error: 'must name at least one of incidents, silenced, leases, windows',
      },
    )
    .describe('What holds the freeze; any of these does.'),
});
export type WrittenFreeze = z.infer<typeof Freeze>;

const Remediation = z.strictObject({
  name: name.describe('Its name.'),
  on: z.boolean().default(false).describe('Whether it runs anything.'),
  match: labelMatches
    .refine((match) => Object.keys(match).length > 0, 'must name at least one label: a rule is never for every alert')
    .describe('Alerts that it is for: label → value, list, or /an anchored regular expression/.'),
  runbook: reference('Runbook that is run; of risk R1 or R2.'),
  parameters: z
    .record(z.string(), z.union([z.string(), z.number()]))
    .default({})
    .describe('Parameters of the runbook.'),
  precheck: z
    .strictObject({
      probe: reference('Probe of probes.yml.'),
      results: z
        .array(z.enum(['warn', 'fail', 'unknown']))
        .min(1, 'must name at least one result')
        .default(['fail'])
        .describe('What it must say.'),
    })
    .describe('A probe that must agree before anything is run.'),
  after: positiveDuration.default('2m').describe('How long the alert must fire before.'),
  most_per_hour: z.int().min(1).max(60).default(1).describe('Most runs in an hour.'),
  cooldown: positiveDuration.default('15m').describe('Time after a run until the next.'),
  most_misses: z.int().min(1).max(20).default(3).describe('Runs in a row without effect that switch the rule off.'),
});
export type WrittenRemediation = z.infer<typeof Remediation>;

function isCanonical(text: string): boolean {
  const rules = { type: 'address', list: false, options: [], min: null, max: null, pattern: null } as const;
  return readParameterValue(rules, text, { services: [], hosts: [] }).kind === 'value';
}

/** `policy.yml`: which runs need a second person, which are refused when, and what runs of itself. */
export const PolicyFile = z
  .strictObject({
    approvals: z
      .strictObject({
        expire: positiveDuration.default('20m').describe('How long an approval is waited for.'),
        break_glass: z
          .boolean()
          .default(true)
          .describe('Whether the owner of an acknowledged P0 or P1 may stand in for the second person.'),
        required: z.array(RunMatch).default([]).describe('Runs that need a second person besides those of R3.'),
      })
      .prefault({})
      .describe('Second persons.'),
    freeze: z.array(Freeze).default([]).describe('Runs that are refused while something holds.'),
    remediation: z
      .array(Remediation)
      .default([])
      .describe('Runbooks that run of themselves; each is off until it says on: true.'),
    protected: z
      .array(z.string().refine(isCanonical, 'must be an address or a network in its canonical form'))
      .default([])
      .describe('Addresses and networks that are never blocked: the office, a bastion, an uptime check.'),
  })
  .describe('Which runs need a second person, which are refused when, and what runs of itself.');
export type PolicyFile = z.infer<typeof PolicyFile>;
