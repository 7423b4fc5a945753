import * as z from 'zod';
import { SEVERITIES, WEEKDAYS } from '../config.ts';
import { httpUrl, positiveDuration, reference, secret, timeOfDay, timezone } from './common.ts';

const labelName = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'must be the name of a label');
const scalar = z.union([z.string(), z.number(), z.boolean()]);
const labelValue = z.union([scalar, z.array(scalar).min(1, 'must not be an empty list')], {
  error: 'must be a value, a list of values, or /a regular expression/',
});

/** Label → what it must be; `label-match.ts` reads it. */
export const labelMatches = z.record(labelName, labelValue);

const Route = z.strictObject({
  match: labelMatches.describe(
    'Label → value, list of values, or /an anchored regular expression/ (RE2). All must match; {} is all.',
  ),
  severity: z.enum(SEVERITIES).describe('Severity of alerts that match.'),
  channel: reference('Channel of slack.yml; "ops" when absent.').optional(),
  service: reference('Service of hosts.yml.').optional(),
  runbooks: z.array(reference('Runbook by its name.')).optional().describe('Runbooks that are offered.'),
  policy_contact: reference('Contact of oncall.yml that is added to every level.').optional(),
});

const Upstream = z.strictObject({
  url: z.union([httpUrl, z.array(httpUrl).min(1)], { error: 'must be a URL, or a list of URLs' }).describe('Base URL.'),
  auth: z
    .union(
      [
        z.strictObject({ bearer: secret('Bearer token.') }),
        z.strictObject({
          basic: z
            .strictObject({ username: secret('User name.'), password: secret('Password.') })
            .describe('Basic authentication.'),
        }),
      ],
      { error: 'must be { bearer: … } or { basic: { username: …, password: … } }' },
    )
    .optional()
    .describe('How to authenticate.'),
  ca_file: z.string().min(1).optional().describe('File with the certificate authority that is trusted (PEM).'),
});

const reportTime = {
  at: timeOfDay.default('09:00').describe('Time of day at which it is told.'),
  timezone: timezone.optional().describe('Zone of that time; that of business_time when absent.'),
  channel: reference('Channel of slack.yml.').default('ops').describe('Channel of slack.yml that it is told in.'),
};
const reportError = (example: string) => `must be ${example}, or false to switch it off`;

const Digest = z.union(
  [
    z.literal(false),
    z.strictObject({
      ...reportTime,
      days: z
        .enum(['business', 'daily'])
        .default('business')
        .describe('business: not on weekends and holidays of business_time.'),
    }),
  ],
  { error: reportError('{ at: "09:00", channel: ops }') },
);

const Weekly = z.union(
  [
    z.literal(false),
    z.strictObject({ ...reportTime, on: z.enum(WEEKDAYS).default('Mon').describe('Day of the week.') }),
  ],
  { error: reportError('{ on: Mon, at: "09:00", channel: ops }') },
);

/** `routes.yml` (CONFIG.md): which alert has which severity and goes where. */
export const RoutesFile = z
  .strictObject({
    routes: z.array(Route).min(1, 'must have at least one route').describe('First match wins, top to bottom.'),
    group_by: z
      .union([z.literal('alertmanager'), z.array(labelName).min(1, 'must name at least one label')], {
        error: 'must be alertmanager, or a list of label names',
      })
      .default('alertmanager')
      .describe("What makes alerts one incident: Alertmanager's groups, or these labels."),
    reopen_within: positiveDuration.default('30m').describe('Firing again within this reopens a resolved incident.'),
    flapping: z
      .strictObject({
        changes: z.int().min(3).max(60).default(6).describe('So many turns: recovered, or firing again.'),
        within: positiveDuration.default('30m').describe('Time in which they happen; so long quiet ends it.'),
        stays: positiveDuration.default('10m').describe('Firing for so long ends it: it is paged for again.'),
      })
      .optional()
      .describe('When an incident that comes and goes is flapping: one ping, then no page until it stays.'),
    alertmanager: Upstream.optional().describe('Alertmanager; without it nothing is reconciled.'),
    prometheus: Upstream.optional().describe('Prometheus.'),
    watchdog: z
      .strictObject({
        alertname: z.string().min(1).default('Watchdog').describe('Alert that always fires.'),
        expect_every: positiveDuration.default('5m').describe('How often it must be seen.'),
        required: z.boolean().default(false).describe('true: missed from the start; false: from the first one seen.'),
      })
      .optional()
      .describe('Alert that proves that alerts arrive; it opens no incident itself.'),
    silences: z
      .strictObject({
        longest: z
          .strictObject({
            P1: positiveDuration.default('4h').describe('Longest silence of P1 alerts.'),
            P2: positiveDuration.default('24h').describe('Longest silence of P2 alerts.'),
            P3: positiveDuration.default('7d').describe('Longest silence of P3 alerts.'),
          })
          .optional()
          .describe('Longest silence by severity; a P0 is never silenced.'),
      })
      .optional()
      .describe('Limits of silences made from Slack or the command line.'),
    digest: Digest.optional().describe('Daily digest of what opens no thread; on business days at 09:00 when absent.'),
    weekly: Weekly.optional().describe('Weekly report of the numbers; on Mondays at 09:00 when absent.'),
  })
  .describe('Which alert has which severity and goes where.');
export type RoutesFile = z.infer<typeof RoutesFile>;
