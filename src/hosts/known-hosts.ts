import type { Config, HostConfig } from '../core/config/config.ts';
import { refuse } from '../core/errors.ts';
import { closest } from '../core/suggest.ts';

/** A host of hosts.yml; refused (`HOST_UNKNOWN`) with the names that are near. */
export function requireHost(config: Pick<Config, 'hosts'>, name: string): HostConfig {
  const host = Object.hasOwn(config.hosts, name) ? config.hosts[name] : undefined;
  if (host === undefined) throw refuse('HOST_UNKNOWN', `There is no host "${name}".`, knownIn(config.hosts, name));
  return host;
}

/** What hosts.yml has instead, the nearest first. */
export function knownIn(named: Readonly<Record<string, unknown>>, asked: string): string {
  const names = Object.keys(named);
  if (names.length === 0) return 'hosts.yml names none yet: add it there.';
  const near = closest(asked, names);
  const meant = near.length === 0 ? '' : `Did you mean ${near.map((each) => `"${each}"`).join(' or ')}? `;
  return `${meant}hosts.yml has: ${names.join(', ')}.`;
}
