import { type Address, holds, rangeOf } from './address.ts';
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
]);

/** Why an address must not be blocked, whatever the host; null: nothing speaks against it. */
export function whyNever(address: Address, allowPrivate: boolean): string | null {
  const { family, bits, text } = address;
  if (bits < SHORTEST[family]) return `${text} is wider than /${SHORTEST[family]}`;
  const range = rangeOf(address);
  if (NEVER.has(range)) return `${text} is ${range === 'loopback' ? 'the loopback' : `a ${range} address`}`;
  if (PRIVATE.has(range) && !allowPrivate) return `${text} is a private address, and allow_private is not set`;
  return null;
}

/** Whom a host would lose with it, in words; empty: nobody. */
export function lockOuts(address: Address, neighbours: readonly Neighbour[]): string[] {
  return neighbours
    .filter((neighbour) => holds(address, neighbour.address))
    .map(({ address: lost, what }) =>
      lost === address.text ? `${lost} is ${what}` : `${address.text} holds ${lost}, ${what}`,
    );
}
