import type { Address } from './address.ts';

/** The table of ours; no other is ever named in a script, so that none can be touched. */
export const TABLE = 'inet gianna';

/** Networks have sets of their own: one with auto-merge would lose what each was blocked for. */
const SETS = [
  { name: 'block4', type: 'ipv4_addr', flags: 'timeout', source: 'ip' },
  { name: 'block6', type: 'ipv6_addr', flags: 'timeout', source: 'ip6' },
  { name: 'block4net', type: 'ipv4_addr', flags: 'interval, timeout', source: 'ip' },
  { name: 'block6net', type: 'ipv6_addr', flags: 'interval, timeout', source: 'ip6' },
] as const;

/** Traffic to the machine, and through it (to containers). */
const CHAINS = ['input', 'forward'] as const;

/** nft knows no way to write a quote inside of a comment; 128 characters are its limit. */
export const COMMENT = /^[A-Za-z0-9._<>-]{1,120}$/;

/** The set that an address or network belongs to. */
export function setOf({ family, bits }: Address): string {
  const isOne = bits === (family === 4 ? 32 : 128);
  return `block${family}${isOne ? '' : 'net'}`;
}

/**
 * What `nft -f -` reads, in one transaction: our table as it must be, then each element anew, so that a block that is
 * there gets the new time and comment. The element is added first so that taking it away cannot fail. `counts`: each
 * element counts what it drops (nftables from 0.9.5, Linux from 5.7).
 */
export function blockScript(addresses: readonly Address[], seconds: number, comment: string, counts = true): string {
  if (!COMMENT.test(comment)) throw new Error(`no comment for nft: ${comment}`);
  const elements = addresses.flatMap((address) => [
    ...remove(address),
    `add element ${TABLE} ${setOf(address)} { ${address.text} timeout ${seconds}s comment "${comment}" }`,
  ]);
  return `${[...tableScript(counts), ...elements].join('\n')}\n`;
}

/** Takes elements away; one that has ended by itself meanwhile is no error. */
export function unblockScript(addresses: readonly Address[], counts = true): string {
  return `${[...tableScript(counts), ...addresses.flatMap(remove)].join('\n')}\n`;
}

function remove(address: Address): string[] {
  const element = `element ${TABLE} ${setOf(address)} { ${address.text} }`;
  return [`add ${element}`, `delete ${element}`];
}

function tableScript(counts: boolean): string[] {
  const counter = counts ? ' counter;' : '';
  return [
    `add table ${TABLE}`,
    ...SETS.map(({ name, type, flags }) => `add set ${TABLE} ${name} { type ${type}; flags ${flags};${counter} }`),
    ...CHAINS.flatMap((chain) => [
      `add chain ${TABLE} ${chain} { type filter hook ${chain} priority -10; policy accept; }`,
      `flush chain ${TABLE} ${chain}`,
      ...SETS.map(({ name, source }) => `add rule ${TABLE} ${chain} ${source} saddr @${name} drop`),
    ]),
  ];
}
