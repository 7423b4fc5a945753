import type {
  BusinessTime,
  ContactConfig,
  HandoffConfig,
  LayerConfig,
  OncallConfig,
  PagingCap,
  PersonConfig,
  ScheduleConfig,
} from '../config.ts';
import { slackIdsOf } from '../references/reach.ts';
import type { OncallFile, WrittenRotation } from '../schema/oncall.ts';
import { mapRecord, seconds } from './records.ts';

const OFFICE_HOURS: BusinessTime = {
  timezone: 'UTC',
  days: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri'],
  from: '09:00',
  to: '18:00',
  holidays: null,
};

/** oncall.yml as rooms read it. */
export function resolveOncall(file: OncallFile): OncallConfig {
  const business = file.business_time;
  return {
    people: mapRecord(file.people, resolvePerson),
    schedules: mapRecord(file.schedules, resolveSchedule),
    contacts: mapRecord(file.contacts, resolveContact),
    businessTime: business === undefined ? OFFICE_HOURS : { ...business, holidays: business.holidays ?? null },
    paging: { caps: resolveCaps(file.paging?.caps ?? {}) },
  };
}

const COSTLY: PagingCap = { perHour: 20, perDay: 60 };
type WrittenCaps = NonNullable<OncallFile['paging']>['caps'];

function resolveCaps(written: WrittenCaps): OncallConfig['paging']['caps'] {
  const cap = (means: keyof WrittenCaps, otherwise: PagingCap): PagingCap => {
    const found = written[means];
    return found === undefined ? otherwise : { perHour: found.per_hour, perDay: found.per_day };
  };
  return {
    sms: cap('sms', COSTLY),
    voice: cap('voice', COSTLY),
    email: cap('email', null),
    webhook: cap('webhook', null),
    pagerduty: cap('pagerduty', null),
  };
}

function resolvePerson(person: OncallFile['people'][string]): PersonConfig {
  return {
    slack: slackIdsOf(person),
    email: person.email ?? null,
    phone: person.phone ?? null,
    timezone: person.timezone ?? null,
    webhook: resolveWebhook(person.webhook),
  };
}

function resolveContact(contact: OncallFile['contacts'][string]): ContactConfig {
  return {
    person: contact.person ?? null,
    email: contact.email ?? null,
    phone: contact.phone ?? null,
    webhook: resolveWebhook(contact.webhook),
  };
}

function resolveWebhook(written: { url: string; secret?: string | undefined } | undefined): PersonConfig['webhook'] {
  return written === undefined ? null : { url: written.url, secret: written.secret ?? null };
}

function resolveSchedule(schedule: OncallFile['schedules'][string]): ScheduleConfig {
  const standIns = schedule.layers.flatMap((layer) => layer.override ?? []);
  return {
    timezone: schedule.timezone,
    ...(schedule.on_handoff === undefined ? {} : { onHandoff: resolveHandoff(schedule.on_handoff) }),
    layers: schedule.layers.flatMap((layer) => ('rotation' in layer ? [resolveLayer(layer)] : [])),
    overrides: [...standIns, ...(schedule.override ?? [])].map(({ from, to, person }) => ({
      from,
      to,
      people: [person],
    })),
  };
}

function resolveHandoff(written: NonNullable<OncallFile['schedules'][string]['on_handoff']>): HandoffConfig {
  return {
    briefBeforeSeconds: seconds(written.brief_before),
    accept: written.accept,
    usergroup: written.usergroup?.replace(/^@/, '') ?? null,
    topic: written.topic ?? null,
  };
}

function resolveLayer({ rotation, handoff, from, people, only }: WrittenRotation): LayerConfig {
  return {
    rotation: typeof rotation === 'string' ? rotation : { everySeconds: seconds(rotation.every) },
    handoff,
    from,
    people,
    only: only === undefined ? null : { days: only.days ?? null, from: only.from ?? null, to: only.to ?? null },
  };
}
