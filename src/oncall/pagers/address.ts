import type { OncallConfig } from '../../core/config/config.ts';
import type { PageRequest } from '../page.ts';
import type { OtherMeans, PageAddress } from './pager.ts';

interface Addresses {
  readonly email: string | null;
  readonly phone: string | null;
  readonly webhook: { readonly url: string; readonly secret: string | null } | null;
}

/**
 * Where a page goes by the configuration as it is now; null: there is no such address (any more). A page to a person
 * has one person; one to a contact or an address that is no person's has one target.
 */
export function addressOf(
  { people, targets }: Pick<PageRequest, 'people' | 'targets'>,
  means: OtherMeans,
  oncall: OncallConfig,
): PageAddress | null {
  if (means === 'pagerduty') return { kind: 'pagerduty' };
  const [person] = people;
  if (person !== undefined) return pick(oncall.people[person], means);
  const [target = ''] = targets;
  const name = target.slice(target.indexOf(':') + 1);
  if (target.startsWith('email:')) return means === 'email' ? { kind: 'email', value: name } : null;
  return target.startsWith('contact:') ? pick(oncall.contacts[name], means) : null;
}

function pick(addresses: Addresses | undefined, means: Exclude<OtherMeans, 'pagerduty'>): PageAddress | null {
  if (addresses === undefined) return null;
  if (means === 'webhook') return addresses.webhook === null ? null : { kind: 'webhook', ...addresses.webhook };
  if (means === 'email') return addresses.email === null ? null : { kind: 'email', value: addresses.email };
  return addresses.phone === null ? null : { kind: 'phone', value: addresses.phone };
}
