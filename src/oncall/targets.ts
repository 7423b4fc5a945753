import type { Means, OncallConfig, PolicyLevel, Target } from '../core/config/config.ts';
import { peopleOnCall } from './schedule.ts';

/** Why a target is not paged by a means. */
export type SkipReason = 'not-built' | 'not-applicable' | 'nobody-on-call';
export interface Skip {
  readonly reason: SkipReason;
  /** As written (`schedule:primary`). */
  readonly target: string;
  /** Key of `oncall.people`, when the target is one. */
  readonly person: string | null;
  readonly means: Means;
}

/** Who one level reaches, by the means that are built: `dm` a person each, `thread` everybody at once. */
export interface Reach {
  readonly dm: readonly string[];
  readonly thread: { readonly people: readonly string[]; readonly targets: readonly string[] } | null;
  readonly skipped: readonly Skip[];
  /** Nobody was reachable by the level's own means: channel `ops` is told instead. */
  readonly fallback: boolean;
}

/** One addressee behind a target: a person, or an address that is none. */
interface Addressee {
  readonly target: string;
  readonly person: string | null;
  readonly has: ReadonlySet<Means>;
  readonly by: readonly Means[];
}

const BUILT: ReadonlySet<Means> = new Set(['dm', 'thread']);
const OPS = 'channel:ops';

/**
 * Resolves a level's targets × means at `at` (CONFIG.md, severities.yml and the prose after it). `policyContact` is
 * added by each address it has, whatever the level's `by` says. Never nobody: without anyone reachable the people of
 * the level are named in the thread, and channel `ops` with them.
 */
export function reachOf(level: PolicyLevel, policyContact: string | null, oncall: OncallConfig, at: number): Reach {
  const found = level.notify.map((target) => addresseesOf(target, level.by, oncall, at));
  const contact = policyContact === null ? [] : contactByAll(policyContact, oncall);
  const everybody = [...found.flat(), ...contact];
  const skipped = [...level.notify.flatMap((target, index) => nobody(target, found[index] ?? [], level.by))];
  const dm = new Set<string>();
  const people = new Set<string>();
  const targets = new Set<string>();
  for (const addressee of everybody) {
    for (const means of addressee.by) {
      const reason = whyNot(addressee, means);
      if (reason !== null) skipped.push({ reason, target: addressee.target, person: addressee.person, means });
      else if (means === 'dm' && addressee.person !== null) dm.add(addressee.person);
      else if (addressee.person !== null) people.add(addressee.person);
      else targets.add(addressee.target);
    }
  }
  if (dm.size + people.size + targets.size === 0) return lastResort(everybody, skipped);
  const thread = people.size + targets.size === 0 ? null : { people: [...people], targets: [...targets] };
  return { dm: [...dm], thread, skipped, fallback: false };
}

/** Everybody a level would reach, for "Next: …": keys of people and targets as written. */
export function namesOf(reach: Reach): { people: readonly string[]; targets: readonly string[] } {
  const people = new Set([...(reach.thread?.people ?? []), ...reach.dm]);
  return { people: [...people], targets: reach.thread?.targets ?? [] };
}

function lastResort(everybody: readonly Addressee[], skipped: readonly Skip[]): Reach {
  const people = everybody.flatMap(({ person, has }) => (person !== null && has.has('thread') ? [person] : []));
  return { dm: [], thread: { people: [...new Set(people)], targets: [OPS] }, skipped, fallback: true };
}

function whyNot(addressee: Addressee, means: Means): SkipReason | null {
  if (!addressee.has.has(means)) return 'not-applicable';
  return BUILT.has(means) ? null : 'not-built';
}

function nobody(target: Target, found: readonly Addressee[], by: readonly Means[]): Skip[] {
  if (found.length > 0) return [];
  return by.map((means) => ({ reason: 'nobody-on-call', target: written(target), person: null, means }));
}

function addresseesOf(target: Target, by: readonly Means[], oncall: OncallConfig, at: number): Addressee[] {
  const name = written(target);
  switch (target.kind) {
    case 'schedule': {
      const schedule = oncall.schedules[target.name];
      const keys = schedule === undefined ? [] : peopleOnCall(schedule, at);
      return keys.map((key) => ({ target: name, person: key, has: meansOfPerson(key, oncall), by }));
    }
    case 'person':
      return [{ target: name, person: target.name, has: meansOfPerson(target.name, oncall), by }];
    case 'contact': {
      const person = oncall.contacts[target.name]?.person ?? null;
      return [{ target: name, person, has: meansOfContact(target.name, oncall), by }];
    }
    case 'usergroup':
    case 'channel':
      return [{ target: name, person: null, has: new Set<Means>(['thread']), by }];
    case 'email':
      return [{ target: name, person: null, has: new Set<Means>(['email']), by }];
    default:
      return target.kind satisfies never;
  }
}

function contactByAll(name: string, oncall: OncallConfig): Addressee[] {
  const has = meansOfContact(name, oncall);
  const person = oncall.contacts[name]?.person ?? null;
  return [{ target: `contact:${name}`, person, has, by: [...has] }];
}

function meansOfPerson(key: string, oncall: OncallConfig): ReadonlySet<Means> {
  const person = oncall.people[key];
  if (person === undefined) return new Set();
  const slack: Means[] = person.slack.length > 0 ? ['dm', 'thread'] : [];
  return new Set([...slack, ...otherMeans(person)]);
}

function meansOfContact(name: string, oncall: OncallConfig): ReadonlySet<Means> {
  const contact = oncall.contacts[name];
  if (contact === undefined) return new Set();
  const ofPerson = contact.person === null ? [] : [...meansOfPerson(contact.person, oncall)];
  return new Set([...ofPerson, ...otherMeans(contact)]);
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

function written(target: Target): string {
  return `${target.kind}:${target.name}`;
}
