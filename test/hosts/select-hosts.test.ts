import { describe, expect, it } from 'vitest';
import type { HostConfig } from '../../src/core/config/config.ts';
import { type HostSelector, selectHosts } from '../../src/hosts/select-hosts.ts';

const host = (roles: string[], labels: Record<string, string>): HostConfig => ({ connect: 'local', roles, labels });
const hosts = {
  'web-2': host(['app', 'edge'], { region: 'eu', tier: 'web' }),
  'web-1': host(['app'], { region: 'us', tier: 'web' }),
  'db-1': host([], { region: 'eu' }),
  bare: { connect: 'local', roles: [] },
} satisfies Record<string, HostConfig>;

describe('choosing hosts', () => {
  it.each<{ selector: HostSelector; names: string[] }>([
    { selector: 'web-1', names: ['web-1'] },
    { selector: { host: 'db-1' }, names: ['db-1'] },
    { selector: { hosts: ['web-2', 'db-1', 'web-2'] }, names: ['db-1', 'web-2'] },
    { selector: { role: 'app' }, names: ['web-1', 'web-2'] },
    { selector: { label: 'region=eu' }, names: ['db-1', 'web-2'] },
  ])('takes $selector', ({ selector, names }) => {
    expect(selectHosts({ hosts }, selector)).toEqual(names);
  });

  it.each<{ selector: HostSelector; says: string; remedy: string }>([
    { selector: 'web-3', says: 'There is no host "web-3".', remedy: 'Did you mean "web-1" or "web-2"?' },
    { selector: { hosts: ['web-1', 'nope'] }, says: 'There is no host "nope".', remedy: 'hosts.yml has: web-2' },
    { selector: { role: 'aps' }, says: 'No host has the role "aps".', remedy: 'Did you mean "app"?' },
    { selector: { label: 'tier=weg' }, says: 'No host has the label "tier=weg".', remedy: 'Did you mean "tier=web"?' },
    { selector: { label: 'tier' }, says: 'No host has the label "tier".', remedy: 'tier=web' },
    { selector: '__proto__', says: 'There is no host "__proto__".', remedy: 'hosts.yml has' },
  ])('refuses $selector and names what is near', ({ selector, says, remedy }) => {
    expect(() => selectHosts({ hosts }, selector)).toThrow(
      expect.objectContaining({
        code: 'HOST_UNKNOWN',
        family: 'refusal',
        message: says,
        remedy: expect.stringContaining(remedy),
      }),
    );
  });
});
