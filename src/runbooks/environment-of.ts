import type { Config } from '../core/config/config.ts';

/**
 * The environment of hosts.yml in which a run does everything that it does; null: in none, in several, or on a host as
 * a whole. A role of one environment (`approver@production`) counts for such a run alone. `locks`: `host/service`;
 * without any the service counts that it is about.
 */
export function environmentOf(
  { locks, service }: { readonly locks: readonly string[]; readonly service: string | null },
  { services }: Pick<Config, 'services'>,
): string | null {
  const names = locks.length === 0 ? [service ?? ''] : locks.map((lock) => lock.slice(lock.indexOf('/') + 1));
  const found = names.map((name) => (Object.hasOwn(services, name) ? (services[name]?.environment ?? null) : null));
  const [first = null] = found;
  return found.every((each) => each === first) ? first : null;
}
