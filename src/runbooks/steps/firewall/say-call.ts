import { addressesOf, type FirewallBody, secondsOf } from './body.ts';
import type { Firewall } from './look.ts';

/** The exact calls of a step, for people: one paragraph for each way that its hosts are blocked on. */
export function sayCall(
  body: FirewallBody,
  { key, firewalls }: { readonly key: string; readonly firewalls: readonly Firewall[] },
): string {
  const byMeans = new Map(firewalls.map((firewall) => [firewall.means, firewall]));
  return [...byMeans.values()].map((firewall) => callOf(body, firewall, key)).join('\n');
}

function callOf(body: FirewallBody, firewall: Firewall, key: string): string {
  const addresses = addressesOf(body);
  if (firewall.means === 'iptables') {
    const names = addresses.map(({ text }) => text);
    const end = body.for === undefined ? (body.until ?? '') : `<in ${body.for}>`;
    const rules = names.map(
      (name) => `-A GIANNA -s ${name} -m time --datestop ${end} -m comment --comment ${key} -j DROP`,
    );
    return [
      'iptables-restore --noflush --counters',
      '*raw',
      ...(body.block === undefined ? names.map((name) => `without ${name}`) : rules),
    ].join('\n');
  }
  if (body.until !== undefined)
    return `${firewall.means}: ${addresses.map(({ text }) => text).join(', ')} until ${body.until}`;
  const programs =
    body.block === undefined
      ? firewall.unblock(addresses)
      : firewall.block(addresses, secondsOf(body, 0), body.as ?? key);
  return programs.map(({ argv, input }) => `${argv.join(' ')}${input === '' ? '' : `\n${input}`}`).join('\n');
}
