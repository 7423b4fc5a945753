import type {
  BusinessTime,
  ContactConfig,
  LayerConfig,
  OncallConfig,
  PersonConfig,
  ScheduleConfig,
} from '../config.ts';
import { slackIdsOf, zoneOfPerson } from '../references/reach.ts';
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
    people: resolvePeople(file),
    schedules: mapRecord(file.schedules, resolveSchedule),
    contacts: mapRecord(file.contacts, resolveContact),
    businessTime: business === undefined ? OFFICE_HOURS : { ...business, holidays: business.holidays ?? null },
  };
}

function resolvePeople(file: OncallFile): OncallConfig['people'] {
  const people = Object.entries(file.people).map(([name, person]) => {
    return [name, resolvePerson(person, zoneOfPerson(name, file).timezone)] as const;
  });
  return Object.fromEntries(people);
}

function resolvePerson(person: OncallFile['people'][string], timezone: string): PersonConfig {
  const { prefer, quiet_hours: quiet } = person;
  return {
    ...(prefer === undefined ? {} : { prefer }),
    ...(quiet === undefined ? {} : { quietHours: { ...quiet, days: quiet.days ?? null, timezone } }),
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
    layers: schedule.layers.flatMap((layer) => ('rotation' in layer ? [resolveLayer(layer)] : [])),
    overrides: [...standIns, ...(schedule.override ?? [])].map(({ from, to, person }) => ({
      from,
      to,
      people: [person],
    })),
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
