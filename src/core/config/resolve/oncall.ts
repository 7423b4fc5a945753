import type { HolidayCalendar } from '../../holidays.ts';
import type {
  BusinessTime,
  ContactConfig,
  HandoffConfig,
  LayerConfig,
  LayerCover,
  OncallConfig,
  PagingCap,
  PersonConfig,
  ScheduleConfig,
} from '../config.ts';
import { slackIdsOf, zoneOfPerson } from '../references/reach.ts';
import { peopleOfTurn } from '../references/turns.ts';
import type { OncallFile, WrittenLayer, WrittenRotation } from '../schema/oncall.ts';
import { mapRecord, seconds } from './records.ts';

/** Calendars of the places that oncall.yml names. */
export type Holidays = ReadonlyMap<string, HolidayCalendar>;
type Cover = Pick<WrittenRotation, 'only' | 'except_holidays'>;

const OFFICE_HOURS: BusinessTime = {
  timezone: 'UTC',
  days: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri'],
  from: '09:00',
  to: '18:00',
  holidays: null,
};

/** oncall.yml as rooms read it. */
export function resolveOncall(file: OncallFile, holidays: Holidays): OncallConfig {
  const business = file.business_time;
  return {
    people: resolvePeople(file),
    schedules: mapRecord(file.schedules, (schedule) => resolveSchedule(schedule, holidays)),
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

function resolveSchedule(schedule: OncallFile['schedules'][string], holidays: Holidays): ScheduleConfig {
  const standIns = schedule.layers.flatMap((layer) => layer.override ?? []);
  return {
    timezone: schedule.timezone,
    ...(schedule.on_handoff === undefined ? {} : { onHandoff: resolveHandoff(schedule.on_handoff) }),
    layers: schedule.layers.flatMap((layer) => resolveLayer(layer, holidays)),
    overrides: [...standIns, ...(schedule.override ?? [])].map(({ from, to, person }) => {
      return { from, to, people: peopleOfTurn(person) };
    }),
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

function resolveLayer(layer: WrittenLayer, holidays: Holidays): LayerConfig[] {
  if ('rotation' in layer) {
    const { rotation, handoff, from } = layer;
    const how = typeof rotation === 'string' ? rotation : { everySeconds: seconds(rotation.every) };
    const turns = layer.people.map(peopleOfTurn);
    return [{ kind: 'rotation', rotation: how, handoff, from, turns, ...resolveCover(layer, holidays) }];
  }
  if (!('always' in layer)) return [];
  return [{ kind: 'always', people: peopleOfTurn(layer.always), ...resolveCover(layer, holidays) }];
}

function resolveCover({ only, except_holidays }: Cover, holidays: Holidays): LayerCover {
  const calendar = (place: string | undefined) => (place === undefined ? null : (holidays.get(place) ?? null));
  const where = only && {
    days: only.days ?? null,
    from: only.from ?? null,
    to: only.to ?? null,
    holidays: calendar(only.holidays),
  };
  return { only: where ?? null, exceptHolidays: calendar(except_holidays) };
}
