import { DateTime } from 'luxon';
import * as z from 'zod';
import { parseDuration } from '../../duration.ts';
import {
  day,
  email,
  endOfDay,
  name,
  positiveDuration,
  reference,
  secretHttpUrl,
  timeOfDay,
  timezone,
  webhook,
  weekdays,
} from './common.ts';

const PREFERABLE = ['dm', 'email', 'sms', 'voice', 'webhook'] as const;
const slackId = z.string().regex(/^[UW][A-Z0-9]{2,}$/, 'must be a Slack member id such as U01ABCDEF');
const phone = z.string().regex(/^\+?[0-9][0-9 ()./-]{3,30}$/, 'must be a phone number such as "+1-555-0123", quoted');
const instant = z
  .string()
  .refine(
    (text) => DateTime.fromISO(text).isValid,
    'must be an ISO date or time such as 2026-01-05 or 2026-01-05T09:00',
  );

const Person = z.strictObject({
  slack: z
    .union([slackId, z.array(slackId).min(1)], {
      error: 'must be a Slack member id such as U01ABCDEF, or a list of them',
    })
    .optional()
    .describe('Slack member id, or several of one human: the first is written to.'),
  email: email.optional().describe('E-mail address.'),
  phone: phone.optional().describe('Phone number for SMS and voice.'),
  timezone: timezone.optional().describe('Zone in which this person is shown times.'),
  webhook: webhook.optional(),
  prefer: z
    .array(z.enum(PREFERABLE))
    .min(1, 'must name at least one means')
    .optional()
    .describe('Means by which they are paged about P1 to P3, the first first; a P0 comes by all that its level names.'),
  quiet_hours: z
    .strictObject({
      from: timeOfDay.describe('Begin, in the zone of the person.'),
      to: endOfDay.describe('End; before "from" it is on the next day.'),
      days: weekdays.optional().describe('Days on which they begin; every day when absent.'),
    })
    .optional()
    .describe('When pages about P2 and P3 wait until the end.'),
});

const turn = z.union(
  [reference('Person of this file, or nobody.'), z.array(reference('Person of this file.')).min(1)],
  {
    error: 'must be a person, a list of people who are on call together, or nobody',
  },
);
const country = z
  .string()
  .regex(/^[A-Z]{2}(-[A-Z0-9]{1,3}){0,2}$/, 'must be a country such as BR, or a part of it such as BR-SP');

const Override = z.strictObject({
  from: instant.describe('Begin; in the zone of the schedule when it has no offset.'),
  to: instant.describe('End, exclusive.'),
  person: turn.describe('Person of this file who stands in, several, or nobody.'),
});

const cover = {
  only: z
    .strictObject({
      days: weekdays.optional().describe('Days on which the layer applies.'),
      from: timeOfDay.optional().describe('Begin on each day.'),
      to: endOfDay.optional().describe('End on each day; the next day when it is not later than the begin.'),
      holidays: country.optional().describe('Country: the layer applies on its public holidays alone.'),
    })
    .optional()
    .describe('Where the layer applies; everywhere when absent.'),
  except_holidays: country.optional().describe('Country on whose public holidays the layer does not apply.'),
  override: z.array(Override).optional().describe('Times at which somebody stands in.'),
};

const Rotation = z.strictObject({
  rotation: z
    .union([z.enum(['hourly', 'daily', 'weekly']), z.strictObject({ every: positiveDuration.describe('How long.') })], {
      error: 'must be hourly, daily, weekly or { every: 3d }',
    })
    .describe('How long a shift is.'),
  handoff: z
    .string({ error: 'must be "Mon 09:00" (weekly), "09:00" (daily) or ":00" (hourly)' })
    .describe('Wall time in the zone of the schedule at which the person changes.'),
  from: day.describe('The first shift starts at the first handoff on or after this day.'),
  people: z
    .array(turn)
    .min(1, 'must name at least one person')
    .describe('In order of turn; a list in the list is on call together, nobody is a turn without anybody.'),
  ...cover,
});

const Fixed = z.strictObject({
  always: turn.describe('Who is on call all the time; nobody covers the layers beneath.'),
  ...cover,
});

const every = (usual: string) =>
  positiveDuration
    .refine((text) => {
      const seconds = parseDuration(text) ?? 0;
      return seconds >= 60 && seconds <= 43_200;
    }, 'must be from 1m to 12h')
    .default(usual)
    .describe('How often it is read.');

const Calendar = z.strictObject({
  calendar: z
    .union(
      [
        z.strictObject({
          file: z.string().min(1, 'must not be empty').describe('Path of an ICS file, seen from this folder.'),
          every: every('5m'),
        }),
        z.strictObject({ url: secretHttpUrl('Address of an ICS file.'), every: every('1h') }),
      ],
      { error: 'must be { file: team.ics } or { url: "https://…/team.ics", every: 1h }, every from 1m to 12h' },
    )
    .describe('Who is on call stands in the events of a calendar; between them the layers beneath count.'),
  ...cover,
});

const Layer = z.union([
  Rotation,
  Fixed,
  Calendar,
  z.strictObject({ override: z.array(Override).min(1).describe('Times at which somebody stands in.') }),
]);

const OnHandoff = z
  .strictObject({
    brief_before: positiveDuration.default('30m').describe('How long before a shift the next person gets the brief.'),
    accept: z
      .boolean()
      .default(true)
      .describe('Whether the next person has to accept; until then the previous one stays first in line.'),
    usergroup: z
      .string()
      .regex(/^@?[a-z0-9._-]{1,60}$/, 'must be the handle of a user group such as "@gianna-oncall"')
      .optional()
      .describe('Slack user group that always holds who is on call.'),
    topic: reference('Channel of slack.yml whose topic says who is on call.').optional(),
  })
  .describe('What goes with a change of people.');

const Schedule = z.strictObject({
  timezone: timezone.describe('Zone of handoffs, of "only" and of overrides.'),
  layers: z.array(Layer).min(1, 'must have at least one layer').describe('Later layers cover earlier ones.'),
  override: z.array(Override).optional().describe('Times at which somebody stands in.'),
  on_handoff: OnHandoff.optional(),
});

const Contact = z.strictObject({
  person: reference('Person of this file.').optional(),
  email: email.optional().describe('E-mail address.'),
  phone: phone.optional().describe('Phone number for SMS and voice.'),
  webhook: webhook.optional(),
});

const pages = z.number({ error: 'must be a whole number from 0 to 10000' }).int().min(0).max(10_000);
const Cap = z.strictObject({
  per_hour: pages.describe('Most pages in any hour.'),
  per_day: pages.describe('Most pages in any 24 hours.'),
});
const Paging = z.strictObject({
  caps: z
    .strictObject({
      sms: Cap.optional().describe('Text messages; 20 an hour and 60 a day unless set.'),
      voice: Cap.optional().describe('Calls; 20 an hour and 60 a day unless set.'),
      email: Cap.optional().describe('Mails; no cap unless set.'),
      webhook: Cap.optional().describe('Webhook posts; no cap unless set.'),
      pagerduty: Cap.optional().describe('PagerDuty events; no cap unless set.'),
    })
    .default({})
    .describe(
      'Most pages by means: beyond it the next means takes over, but for the first page to a person about a P0.',
    ),
});

/** `oncall.yml` (CONFIG.md): people, schedules, contacts and business time. */
export const OncallFile = z
  .strictObject({
    people: z.record(name, Person).describe('A word of your own → one human.'),
    schedules: z.record(name, Schedule).default({}).describe('Who is on call when.'),
    contacts: z.record(name, Contact).default({}).describe('Roles and teams that policies name.'),
    business_time: z
      .strictObject({
        timezone: timezone.describe('Zone of the working hours.'),
        days: weekdays.default(['Mon', 'Tue', 'Wed', 'Thu', 'Fri']).describe('Working days.'),
        from: timeOfDay.default('09:00').describe('Begin of a working day.'),
        to: endOfDay.default('18:00').describe('End of a working day; "24:00" is midnight.'),
        holidays: country.optional().describe('Country whose public holidays are no working days.'),
      })
      .optional()
      .describe('Working hours, for severities with clock: business.'),
    paging: Paging.optional().describe('What pages may cost.'),
  })
  .describe('People, schedules, contacts and business time.');
export type OncallFile = z.infer<typeof OncallFile>;
export type WrittenLayer = z.infer<typeof Layer>;
export type WrittenRotation = z.infer<typeof Rotation>;
export type WrittenTurn = z.infer<typeof turn>;
