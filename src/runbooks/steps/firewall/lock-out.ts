import { type Address, holds, overlap, rangeOf, readAddress } from './address.ts';
import type { Neighbour } from './neighbours.ts';

/** Shorter prefixes reach too many (FAULTS.md, A3). */
const SHORTEST = { 4: 16, 6: 32 } as const;
const PRIVATE: ReadonlySet<string> = new Set(['private', 'uniqueLocal', 'carrierGradeNat']);
const NEVER: ReadonlySet<string> = new Set([
  'loopback',
  'unspecified',
  'linkLocal',
  'broadcast',
  'multicast',
  'ipv4Mapped',
  // IPv4 in IPv6 by other spellings: translation (RFC 6052, 6145) and ::a.b.c.d
  'rfc6052',
  'rfc6145',
]);
const COMPATIBLE: Address = { text: '::/96', family: 6, bits: 96 };

/** Why an address must not be blocked, whatever the host; null: nothing speaks against it. */
export function whyNever(address: Address, allowPrivate: boolean): string | null {
  const { family, bits, text } = address;
  if (bits < SHORTEST[family]) return `${text} is wider than /${SHORTEST[family]}`;
  if (overlap(COMPATIBLE, address) && rangeOf(address) === 'unicast') return `${text} is an IPv4 address in IPv6`;
  const range = rangeOf(address);
  if (NEVER.has(range)) return `${text} is ${range === 'loopback' ? 'the loopback' : `a ${range} address`}`;
  if (PRIVATE.has(range) && !allowPrivate) return `${text} is a private address, and allow_private is not set`;
  return null;
}

/** Whom a host would lose with it, in words; empty: nobody. */
export function lockOuts(address: Address, neighbours: readonly Neighbour[]): string[] {
  return neighbours
    .filter((neighbour) => isLost(address, neighbour.address))
    .map(({ address: lost, what }) =>
      lost === address.text ? `${lost} is ${what}` : `${address.text} holds ${lost}, ${what}`,
    );
}

function isLost(address: Address, neighbour: string): boolean {
  if (!neighbour.includes('/')) return holds(address, neighbour);
  const network = readAddress(neighbour);
  return network.kind === 'address' && overlap(address, network.address);
}

/** From here on a block reaches so many that a second person must agree (CONFIG.md, Rights). */
const WIDE = { 4: 24, 6: 48 } as const;

/** Why blocking it is graver than blocking one address; null: it is not. */
export function whyGrave({ family, bits, text }: Address, allowPrivate: boolean): string | null {
  if (bits < WIDE[family]) return `${text} is wider than /${WIDE[family]}`;
  return allowPrivate && PRIVATE.has(rangeOf({ family, bits, text })) ? `${text} is a private address` : null;
}
