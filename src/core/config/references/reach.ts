import type { Means } from '../config.ts';
import type { Written } from '../files.ts';
import { MEANS_VARIABLES } from '../means-settings.ts';
import type { OncallFile } from '../schema/oncall.ts';
import { entryOf } from './names.ts';
import { peopleOfTurn } from './turns.ts';

type Person = OncallFile['people'][string];
type Contact = OncallFile['contacts'][string];

/** Which variables set up means that are not. */
export function howToSetUp(means: readonly Means[]): string {
  const variables = [...new Set(means.flatMap((each) => MEANS_VARIABLES[each] ?? []))];
  return `set ${variables.join(', and ')} in the environment of the bot`;
}

/** Slack ids of a person as a list, the one written to first. */
export function slackIdsOf(person: Person): readonly string[] {
  if (person.slack === undefined) return [];
  return typeof person.slack === 'string' ? [person.slack] : person.slack;
}

/** Means by which a person has an address. */
export function meansOfPerson(person: Person): Set<Means> {
  const means = new Set<Means>(addresses(person));
  if (slackIdsOf(person).length > 0) means.add('dm').add('thread');
  return means.add('pagerduty');
}

/** Means by which a contact has an address: its own, and those of its person. */
export function meansOfContact(contact: Contact, people: OncallFile['people'] | undefined): Set<Means> {
  const means = new Set<Means>([...addresses(contact), 'pagerduty']);
  const person = contact.person === undefined ? undefined : entryOf(people, contact.person);
  if (person !== undefined) for (const each of meansOfPerson(person)) means.add(each);
  return means;
}

function addresses(holder: Pick<Person, 'email' | 'phone' | 'webhook'>): Means[] {
  const means: Means[] = [];
  if (holder.email !== undefined) means.push('email');
  if (holder.phone !== undefined) means.push('sms', 'voice');
  if (holder.webhook !== undefined) means.push('webhook');
  return means;
}

/** People who may be on call by a schedule. */
export function peopleOfSchedule(schedule: OncallFile['schedules'][string]): string[] {
  const turns = schedule.layers.flatMap((layer) => [
    ...('people' in layer ? layer.people : []),
    ...('always' in layer ? [layer.always] : []),
    ...(layer.override ?? []).map((override) => override.person),
  ]);
  const standIns = (schedule.override ?? []).map((override) => override.person);
  return [...new Set([...turns, ...standIns].flatMap(peopleOfTurn))];
}

/** The zone in which a person's hours are read: their own, else that of the first schedule that names them, else of business time. */
export function zoneOfPerson(name: string, file: Partial<OncallFile>): { timezone: string; from: string } {
  const own = entryOf(file.people, name)?.timezone;
  if (own !== undefined) return { timezone: own, from: 'the person' };
  for (const [key, schedule] of Object.entries(file.schedules ?? {})) {
    if (peopleOfSchedule(schedule).includes(name)) return { timezone: schedule.timezone, from: `schedule ${key}` };
  }
  return { timezone: file.business_time?.timezone ?? 'UTC', from: 'business_time' };
}

/**
 * Means by which a target of severities.yml can be reached at all; null when that cannot be told, because the target
 * (or what it leads to) is itself reported as faulty.
 */
export function meansOfTarget(written: Written, target: string): Set<Means> | null {
  const [kind, name] = splitTarget(target);
  const { oncall } = written;
  if (kind === 'usergroup') return new Set(['thread']);
  if (kind === 'channel') return new Set(['thread', 'dm']);
  if (kind === 'email') return new Set(['email']);
  if (oncall === null) return null;
  if (kind === 'person') {
    const person = entryOf(oncall.people, name);
    return person === undefined ? null : meansOfPerson(person);
  }
  if (kind === 'contact') {
    const contact = entryOf(oncall.contacts, name);
    if (contact === undefined) return null;
    const isDangling = contact.person !== undefined && entryOf(oncall.people, contact.person) === undefined;
    return isDangling ? null : meansOfContact(contact, oncall.people);
  }
  const schedule = entryOf(oncall.schedules, name);
  if (schedule === undefined) return null;
  const people = peopleOfSchedule(schedule).map((person) => entryOf(oncall.people, person));
  if (people.some((person) => person === undefined)) return null;
  return new Set(people.flatMap((person) => (person === undefined ? [] : [...meansOfPerson(person)])));
}

/** `schedule:primary` → kind and name; the name may hold colons. */
export function splitTarget(target: string): [kind: string, name: string] {
  const colon = target.indexOf(':');
  return [target.slice(0, colon), target.slice(colon + 1)];
}
