import type { Config } from '../core/config/config.ts';
import { refuse } from '../core/errors.ts';
import { selectHosts } from '../hosts/select-hosts.ts';

/** The hosts that a step's `on` means, sorted: a name, a list of names, or a selector of one key. */
export function hostsOf(on: unknown, config: Pick<Config, 'hosts'>): readonly string[] {
  const hosts = selected(on, config);
  if (hosts.length > 0) return hosts;
  throw refuse('HOSTS_NONE', 'The step acts on no host.', 'Name hosts of hosts.yml in `on`.');
}

function selected(on: unknown, config: Pick<Config, 'hosts'>): string[] {
  if (typeof on === 'string') return selectHosts(config, on);
  if (Array.isArray(on)) return selectHosts(config, { hosts: on.map(String) });
  if (on === null || typeof on !== 'object') return [];
  if ('host' in on) return selectHosts(config, String(on.host));
  if ('hosts' in on) return selected(Array.isArray(on.hosts) ? on.hosts.flat() : on.hosts, config);
  if ('role' in on) return selectHosts(config, { role: String(on.role) });
  return 'label' in on ? selectHosts(config, { label: String(on.label) }) : [];
}
