import type { Means, OncallConfig, PolicyLevel, Severity, Target } from '../core/config/config.ts';
import { type Addressee, addresseesOf, contactAs, meansOfContact, written } from './addressees.ts';
import { isBySlack } from './page.ts';
import { leftOut, quietUntil } from './preferences.ts';

/** Why a target is not paged by a means. */
export type SkipReason = 'not-configured' | 'not-applicable' | 'nobody-on-call' | 'quiet-hours' | 'not-preferred';
export interface Skip {
  readonly reason: SkipReason;
  /** As written (`schedule:primary`). */
  readonly target: string;
  /** Key of `oncall.people`, when the target is one. */
  readonly person: string | null;
  readonly means: Means;
}

/** A page by another means than Slack: a person by an address of theirs, or a target that is no person. */
export interface OtherPage {
  readonly means: Means;
  /** As written (`contact:ops`); for a person `person:<key>`; `everybody` for PagerDuty, which knows its own people. */
  readonly target: string;
  readonly people: readonly string[];
  /** As written; empty for a person. */
  readonly targets: readonly string[];
}

/** What resolving needs beside the level: addresses and schedules, when, and the means that are set up. */
export interface Reaching {
  readonly oncall: OncallConfig;
  readonly at: number;
  readonly means: ReadonlySet<Means>;
  /** What it is about: for less than a P0 people may prefer, for less than a P1 be quiet. Absent: neither. */
  readonly severity?: Severity;
  /** A person wants it now: nobody's quiet hours hold it. */
  readonly atOnce?: boolean;
}

/** Who one level reaches, by the means that are available: `thread` everybody at once, every other a person each. */
export interface Reach {
  readonly dm: readonly string[];
  readonly others: readonly OtherPage[];
  readonly thread: { readonly people: readonly string[]; readonly targets: readonly string[] } | null;
  readonly skipped: readonly Skip[];
  /** Nobody was reachable by the level's own means: channel `ops` is told instead. */
  readonly fallback: boolean;
  /** When the first of those whose pages wait may be paged. */
  readonly heldUntil?: number;
}

const OPS = 'channel:ops';

/**
 * Resolves a level's targets × means at `at` (CONFIG.md, severities.yml and the prose after it). `policyContact` is
 * added by each address it has, whatever the level's `by` says. Never nobody: without anyone reachable the people of
 * the level are named in the thread, and channel `ops` with them.
 */
export function reachOf(
  level: PolicyLevel,
  policyContact: string | null,
  { oncall, at, means: available, severity, atOnce = false }: Reaching,
): Reach {
  const found = level.notify.map((target) => addresseesOf(target, level.by, oncall, at));
  const contact = policyContact === null ? [] : contactByAll(policyContact, oncall);
  const everybody = [...found.flat(), ...contact];
  const skipped = [...level.notify.flatMap((target, index) => nobody(target, found[index] ?? [], level.by))];
  const dm = new Set<string>();
  const others = new Map<string, OtherPage>();
  const people = new Set<string>();
  const targets = new Set<string>();
  let heldUntil: number | null = null;
  for (const addressee of everybody) {
    const until = atOnce ? null : quietUntil(addressee.person, severity, { oncall, at });
    if (until !== null) heldUntil = Math.min(until, heldUntil ?? until);
    const usable = addressee.by.filter((means) => whyNot(addressee, means, available) === null);
    const unwanted = leftOut(addressee.person, severity, { oncall, usable });
    for (const means of addressee.by) {
      const reason = whyNot(addressee, means, available) ?? whyNotNow(means, until, unwanted);
      if (reason !== null) skipped.push({ reason, target: addressee.target, person: addressee.person, means });
      else if (!isBySlack(means)) addOther(others, addressee, means);
      else if (means === 'dm' && addressee.person !== null) dm.add(addressee.person);
      else if (addressee.person !== null) people.add(addressee.person);
      else targets.add(addressee.target);
    }
  }
  const isNobody = dm.size + others.size + people.size + targets.size === 0;
  if (isNobody && heldUntil === null) return lastResort(everybody, skipped);
  const thread = people.size + targets.size === 0 ? null : { people: [...people], targets: [...targets] };
  const held = heldUntil === null ? {} : { heldUntil };
  return { dm: [...dm], others: [...others.values()], thread, skipped, fallback: false, ...held };
}

/** Everybody a level would reach, for "Next: …": keys of people and targets as written. */
export function namesOf(reach: Reach): { people: readonly string[]; targets: readonly string[] } {
  const people = new Set([
    ...(reach.thread?.people ?? []),
    ...reach.dm,
    ...reach.others.flatMap((page) => page.people),
  ]);
  const addresses = reach.others.flatMap((page) => page.targets);
  return { people: [...people], targets: [...new Set([...(reach.thread?.targets ?? []), ...addresses])] };
}

function lastResort(everybody: readonly Addressee[], skipped: readonly Skip[]): Reach {
  const people = everybody.flatMap(({ person, has }) => (person !== null && has.has('thread') ? [person] : []));
  return { dm: [], others: [], thread: { people: [...new Set(people)], targets: [OPS] }, skipped, fallback: true };
}

/** Two targets that lead to one person page that person once by a means. */
function addOther(others: Map<string, OtherPage>, addressee: Addressee, means: Means): void {
  const page = otherPageOf(addressee, means);
  const before = others.get(`${page.target}|${means}`) ?? { people: [], targets: [] };
  others.set(`${page.target}|${means}`, {
    ...page,
    people: [...new Set([...before.people, ...page.people])],
    targets: [...new Set([...before.targets, ...page.targets])],
  });
}

/** The page to one addressee by another means than Slack; a contact's own address goes before its person's. */
export function otherPageOf({ person, target, own }: Addressee, means: Means): OtherPage {
  const reached = own.has(means) ? null : person;
  const names = reached === null ? { people: [], targets: [target] } : { people: [reached], targets: [] };
  const to = means === 'pagerduty' ? 'everybody' : (names.targets[0] ?? `person:${reached}`);
  return { means, target: to, ...names };
}

function whyNot(addressee: Addressee, means: Means, available: ReadonlySet<Means>): SkipReason | null {
  if (!addressee.has.has(means)) return 'not-applicable';
  return available.has(means) ? null : 'not-configured';
}

function whyNotNow(means: Means, until: number | null, unwanted: ReadonlySet<Means>): SkipReason | null {
  if (unwanted.has(means)) return 'not-preferred';
  return until === null ? null : 'quiet-hours';
}

function nobody(target: Target, found: readonly Addressee[], by: readonly Means[]): Skip[] {
  if (found.length > 0) return [];
  return by.map((means) => ({ reason: 'nobody-on-call', target: written(target), person: null, means }));
}

/** By each address it has; PagerDuty is none of its own. */
function contactByAll(name: string, oncall: OncallConfig): Addressee[] {
  const by = [...meansOfContact(name, oncall)].filter((means) => means !== 'pagerduty');
  return [contactAs(name, oncall, by)];
}
