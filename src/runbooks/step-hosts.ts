import type { Config } from '../core/config/config.ts';
import { refuse } from '../core/errors.ts';

/** The hosts that a step's `on` means, sorted. Placeholder for the inventory's own selection. */
export function hostsOf(on: unknown, config: Config): readonly string[] {
  const names = Object.keys(config.hosts);
  const wanted = typeof on === 'string' ? [on] : namesIn(on, config);
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw refuse('HOST_UNKNOWN', `There is no host "${unknown}".`, `hosts.yml has: ${names.join(', ')}.`);
  if (wanted.length === 0) throw refuse('HOSTS_NONE', 'The step acts on no host.', 'Name hosts of hosts.yml in `on`.');
  return [...new Set(wanted)].sort();
}

function namesIn(on: unknown, config: Config): string[] {
  if (on === null || typeof on !== 'object') return [];
  if ('host' in on) return [String(on.host)];
  if ('hosts' in on && Array.isArray(on.hosts)) return on.hosts.map(String);
  if (!('role' in on)) return [];
  const { role } = on;
  return Object.entries(config.hosts).flatMap(([name, { roles }]) => (roles.includes(String(role)) ? [name] : []));
}
