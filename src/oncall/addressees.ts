import type { Means, OncallConfig, Target } from '../core/config/config.ts';
import { peopleOnCall } from './schedule.ts';

/** One addressee behind a target: a person, or an address that is none. */
export interface Addressee {
  readonly target: string;
  readonly person: string | null;
  readonly has: ReadonlySet<Means>;
  /** Those of `has` whose address is the target's own, not its person's. */
  readonly own: ReadonlySet<Means>;
  readonly by: readonly Means[];
}

const NONE: ReadonlySet<Means> = new Set();

/** Everybody behind a target at `at`; an empty list: nobody is on call. */
export function addresseesOf(target: Target, by: readonly Means[], oncall: OncallConfig, at: number): Addressee[] {
  const name = written(target);
  switch (target.kind) {
    case 'schedule': {
      const schedule = oncall.schedules[target.name];
      const keys = schedule === undefined ? [] : peopleOnCall(schedule, at);
      return keys.map((key) => ({ target: name, person: key, has: meansOfPerson(key, oncall), own: NONE, by }));
    }
    case 'person':
      return [personAs(target.name, oncall, by)];
    case 'contact': {
      return [contactAs(target.name, oncall, by)];
    }
    case 'usergroup':
    case 'channel':
      return [{ target: name, person: null, has: new Set<Means>(['thread']), own: NONE, by }];
    case 'email':
      return [{ target: name, person: null, has: new Set<Means>(['email']), own: NONE, by }];
    default:
      return target.kind satisfies never;
  }
}

/** A person of oncall.yml by their own addresses. */
export function personAs(key: string, oncall: OncallConfig, by: readonly Means[]): Addressee {
  return { target: `person:${key}`, person: key, has: meansOfPerson(key, oncall), own: NONE, by };
}

/** A contact with its own addresses and those of its person. */
export function contactAs(name: string, oncall: OncallConfig, by: readonly Means[]): Addressee {
  const contact = oncall.contacts[name];
  const own = new Set<Means>(contact === undefined ? [] : otherMeans(contact));
  return { target: `contact:${name}`, person: contact?.person ?? null, has: meansOfContact(name, oncall), own, by };
}

function meansOfPerson(key: string, oncall: OncallConfig): ReadonlySet<Means> {
  const person = oncall.people[key];
  if (person === undefined) return new Set();
  const slack: Means[] = person.slack.length > 0 ? ['dm', 'thread'] : [];
  return new Set([...slack, ...otherMeans(person), 'pagerduty']);
}

/** Means by which a contact has an address: its own, and those of its person. */
export function meansOfContact(name: string, oncall: OncallConfig): ReadonlySet<Means> {
  const contact = oncall.contacts[name];
  if (contact === undefined) return new Set();
  const ofPerson = contact.person === null ? [] : [...meansOfPerson(contact.person, oncall)];
  return new Set([...ofPerson, ...otherMeans(contact), 'pagerduty']);
}

interface Addresses {
  readonly email: string | null;
  readonly phone: string | null;
  readonly webhook: object | null;
}

function otherMeans({ email, phone, webhook }: Addresses): Means[] {
  const means: Means[] = [];
  if (email !== null) means.push('email');
  if (phone !== null) means.push('sms', 'voice');
  if (webhook !== null) means.push('webhook');
  return means;
}

/** A target as it is written: `schedule:primary`. */
export function written(target: Target): string {
  return `${target.kind}:${target.name}`;
}
