import type { Config } from '../core/config/config.ts';
import { type OpsError, refuse } from '../core/errors.ts';
import { closest } from '../core/suggest.ts';
import { knownIn } from './known-hosts.ts';

/** Which hosts of hosts.yml are meant: a name alone, or one of these. */
export type HostSelector =
  | string
  | { readonly host: string }
  | { readonly hosts: readonly string[] }
  | { readonly role: string }
  /** `name=value`. */
  | { readonly label: string };

/**
 * The names of the hosts that a selector means, sorted, each once. Refuses (`HOST_UNKNOWN`) a name that is none, and a
 * role or label that no host has, with what is near.
 */
export function selectHosts({ hosts }: Pick<Config, 'hosts'>, selector: HostSelector): string[] {
  if (typeof selector === 'string') return named(hosts, [selector]);
  if ('host' in selector) return named(hosts, [selector.host]);
  if ('hosts' in selector) return named(hosts, selector.hosts);
  const [what, asked] = 'role' in selector ? (['role', selector.role] as const) : (['label', selector.label] as const);
  const marks = (name: string) => marksOf(hosts, name)[what];
  const names = Object.keys(hosts).filter((name) => marks(name).includes(asked));
  if (names.length > 0) return names.sort();
  throw nobodyHas(what, asked, new Set(Object.keys(hosts).flatMap(marks)));
}

type Hosts = Config['hosts'];

function named(hosts: Hosts, names: readonly string[]): string[] {
  for (const name of names) {
    if (Object.hasOwn(hosts, name)) continue;
    throw refuse('HOST_UNKNOWN', `There is no host "${name}".`, knownIn(hosts, name));
  }
  return [...new Set(names)].sort();
}

function marksOf(hosts: Hosts, name: string): { role: readonly string[]; label: readonly string[] } {
  const host = hosts[name];
  return {
    role: host?.roles ?? [],
    label: Object.entries(host?.labels ?? {}).map(([label, value]) => `${label}=${value}`),
  };
}

function nobodyHas(what: 'role' | 'label', asked: string, known: ReadonlySet<string>): OpsError {
  const all = [...known].sort();
  const near = closest(asked, all);
  const meant = near.length === 0 ? '' : `Did you mean ${near.map((each) => `"${each}"`).join(' or ')}? `;
  const listed = all.length === 0 ? `No host of hosts.yml has a ${what}.` : `There are: ${all.join(', ')}.`;
  return refuse('HOST_UNKNOWN', `No host has the ${what} "${asked}".`, `${meant}${listed}`);
}
