import type { Config } from '../core/config/config.ts';
import { refuse } from '../core/errors.ts';
import { selectHosts } from '../hosts/select-hosts.ts';

/** The role of hosts that look at others from outside; `all` leaves them out. */
export const VANTAGE = 'vantage';

/**
 * The hosts that a parameter of type `hosts` means, sorted: names, `role:edge`, `label:region=eu`, `all` (every host on
 * which programs run, but those of the role `vantage`), less those that stand there with a `-`. Refuses a name that is
 * none, and what leaves nothing.
 */
export function hostsMeant(words: readonly string[], config: Pick<Config, 'hosts'>): string[] {
  const meant = words.filter((word) => !word.startsWith('-')).flatMap((word) => hostsOfWord(word, config));
  const left = words.filter((word) => word.startsWith('-')).flatMap((word) => hostsOfWord(word.slice(1), config));
  const hosts = [...new Set(meant)].filter((host) => !left.includes(host)).sort();
  if (hosts.length > 0) return hosts;
  throw refuse('HOSTS_NONE', `"${words.join(' ')}" means no host.`, 'Name hosts of hosts.yml, role:NAME or all.');
}

function hostsOfWord(word: string, config: Pick<Config, 'hosts'>): string[] {
  if (word === 'all') {
    return Object.entries(config.hosts).flatMap(([name, { connect, roles }]) =>
      connect === 'docker' || roles.includes(VANTAGE) ? [] : [name],
    );
  }
  if (word.startsWith('role:')) return selectHosts(config, { role: word.slice('role:'.length) });
  if (word.startsWith('label:')) return selectHosts(config, { label: word.slice('label:'.length) });
  return selectHosts(config, word);
}
