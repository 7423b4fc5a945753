import type { Means, OncallConfig, PolicyLevel, Severity } from '../core/config/config.ts';
import { type Addressee, contactAs, personAs } from './addressees.ts';
import { isBySlack } from './page.ts';
import { inOrderOf } from './preferences.ts';
import { type OtherPage, otherPageOf } from './targets.ts';

/** Somebody of a step: a person, or a target that is none, as written (`contact:ops`). */
export type Receiver = { readonly person: string } | { readonly target: string };

/** What resolving the second channel needs. */
export interface SecondChannel {
  readonly level: Pick<PolicyLevel, 'notify' | 'by'>;
  readonly policyContact: string | null;
  readonly severity: Severity;
  readonly oncall: OncallConfig;
  /** The means that are set up. */
  readonly means: ReadonlySet<Means>;
}

/** The addresses that stand in when a level names none (CONFIG.md). */
export const OTHER_ADDRESSES: readonly Means[] = ['email', 'webhook', 'sms', 'voice'];

/**
 * The pages by which somebody can be reached without Slack, in the order in which they are tried: the level's means other
 * than dm and thread; if it names none, the other addresses.
 */
export function secondChannelOf(receiver: Receiver, { level, policyContact, severity, oncall, means }: SecondChannel) {
  const named = level.by.filter((each) => !isBySlack(each));
  const person = 'person' in receiver ? receiver.person : null;
  const order = inOrderOf(person, severity, { oncall, order: named.length > 0 ? named : OTHER_ADDRESSES });
  const contacts = level.notify.flatMap(({ kind, name }) => (kind === 'contact' ? [name] : []));
  const addressees = addresseesFor(receiver, policyContact === null ? contacts : [...contacts, policyContact], oncall);
  const pages = new Map<string, OtherPage>();
  for (const each of order) {
    for (const addressee of addressees) {
      if (!addressee.has.has(each) || !means.has(each)) continue;
      const page = otherPageOf(addressee, each);
      if (!pages.has(keyOf(page))) pages.set(keyOf(page), page);
    }
  }
  return [...pages.values()];
}

/** Names an address: two pages of one step with the same are one. */
export function keyOf({ target, means }: Pick<OtherPage, 'target' | 'means'>): string {
  return `${target}|${means}`;
}

/** A contact of the level that leads to the person brings its own addresses, before the person's. */
function addresseesFor(receiver: Receiver, contacts: readonly string[], oncall: OncallConfig): Addressee[] {
  if ('person' in receiver) {
    const own = contacts.filter((name) => oncall.contacts[name]?.person === receiver.person);
    return [...own.map((name) => contactAs(name, oncall, [])), personAs(receiver.person, oncall, [])];
  }
  const [kind, name = ''] = splitOnce(receiver.target);
  if (kind === 'contact') return [contactAs(name, oncall, [])];
  if (kind !== 'email') return [];
  return [{ target: receiver.target, person: null, has: new Set<Means>(['email']), own: new Set<Means>(), by: [] }];
}

function splitOnce(written: string): [string, string] {
  const colon = written.indexOf(':');
  return [written.slice(0, colon), written.slice(colon + 1)];
}
