import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

const { IPv4, IPv6, parse } = ipaddr;
type Parsed = ipaddr.IPv4 | ipaddr.IPv6;

/** An address or network in its one canonical form. */
export interface Address {
  /** `203.0.113.7`, `2001:db8::1`, `198.51.100.0/24`. */
  readonly text: string;
  readonly family: 4 | 6;
  /** Length of the prefix; 32 or 128 for one address. */
  readonly bits: number;
}

type Read = { readonly kind: 'address'; readonly address: Address } | { readonly kind: 'wrong'; readonly why: string };

/**
 * Reads an address or network. Only the canonical text is taken, since nft, people and libraries read the others
 * differently (010.0.0.1, 0x7f000001, 10.1, ::ffff:10.0.0.1; FAULTS.md, C 51); what it should be is said.
 */
export function readAddress(text: string): Read {
  const [host = '', prefix, ...rest] = text.split('/');
  const family = isIP(host);
  if ((family !== 4 && family !== 6) || host.includes('%') || rest.length > 0)
    return wrong('is no IP address or network');
  const parsed = parse(host);
  const width = family === 4 ? 32 : 128;
  if (prefix !== undefined && !/^(0|[1-9]\d{0,2})$/.test(prefix))
    return wrong('is no network: its prefix is no number');
  const bits = prefix === undefined ? width : Number(prefix);
  if (bits > width) return wrong(`is no network: its prefix is longer than ${width}`);
  if (parsed instanceof IPv6 && parsed.isIPv4MappedAddress()) {
    return wrong(`is an IPv4 address in IPv6; write ${parsed.toIPv4Address().toString()}`);
  }
  const first =
    parsed instanceof IPv6
      ? IPv6.networkAddressFromCIDR(`${host}/${bits}`)
      : IPv4.networkAddressFromCIDR(`${host}/${bits}`);
  const canonical = canonicalText(first, bits === width ? null : bits);
  if (text !== canonical) return wrong(`is not in its canonical form; write ${canonical}`);
  return { kind: 'address', address: { text: canonical, family, bits } };
}

/** Whether an address or network holds another address; texts that are no address are held by nothing. */
export function holds(address: Address, other: string): boolean {
  const plain = other.split('%')[0] ?? '';
  if (isIP(plain) === 0) return false;
  const asked = parse(plain);
  const single = asked instanceof IPv6 && asked.isIPv4MappedAddress() ? asked.toIPv4Address() : asked;
  return matches(single, address);
}

/** Whether two networks share an address. */
export function overlap(a: Address, b: Address): boolean {
  if (a.family !== b.family) return false;
  return a.bits <= b.bits ? holds(a, networkOf(b)) : holds(b, networkOf(a));
}

/** What range it lies in, as IANA names it: `private`, `loopback`, `unicast` … */
export function rangeOf(address: Address): string {
  return parse(networkOf(address)).range();
}

function networkOf({ text }: Address): string {
  return text.split('/')[0] ?? '';
}

function matches(single: Parsed, address: Address): boolean {
  const network = parse(networkOf(address));
  if (single instanceof IPv4 && network instanceof IPv4) return single.match(network, address.bits);
  if (single instanceof IPv6 && network instanceof IPv6) return single.match(network, address.bits);
  return false;
}

function canonicalText(first: Parsed, bits: number | null): string {
  const text = first instanceof IPv6 ? first.toRFC5952String() : first.toString();
  return bits === null ? text : `${text}/${bits}`;
}

function wrong(why: string): Read {
  return { kind: 'wrong', why };
}
