import { type Address, readAddress } from './address.ts';
import type { Block } from './block-element.ts';
import { COMMENT } from './script.ts';

/** Before connection tracking and before anybody's NAT: what is dropped here reaches neither the host nor its containers. */
const CHAIN = 'GIANNA';
const JUMP = 'PREROUTING -m comment --comment gianna -j GIANNA';
/** `[12:720] -A GIANNA -s 203.0.113.7/32 -m time --datestop 2030-01-01T00:00:00 -m comment --comment RUN-1-block/3600 -j DROP` */
const RULE = /^\[(\d+):(\d+)\] -A GIANNA (.*)$/;

/** One rule of our chain, as it was read. */
export interface Rule {
  readonly block: Block;
  /** Epoch seconds by the host's own clock. */
  readonly until: number;
  readonly bytes: number;
}

/** Rules of our chain in what `iptables-save -c -t raw` and `ip6tables-save` say; those whose time is over do nothing. */
export function readRules(text: string, now: number): Rule[] {
  return text.split('\n').flatMap((line) => {
    const [, packets, bytes, rest = ''] = RULE.exec(line) ?? [];
    const read = readAddress(singleAsAddress(/(?:^| )-s (\S+)/.exec(rest)?.[1] ?? ''));
    const until = Date.parse(`${/--datestop (\S+)/.exec(rest)?.[1] ?? ''}Z`) / 1000;
    if (packets === undefined || read.kind === 'wrong' || !(until > now)) return [];
    const [comment = null, seconds] = (/--comment "?([^" ]+)"?/.exec(rest)?.[1] ?? '').split('/');
    const left = Math.round(until - now);
    const block = { address: read.address, comment, seconds: Number(seconds ?? left), leftSeconds: left };
    return [{ block: { ...block, hits: Number(packets) }, until, bytes: Number(bytes) }];
  });
}

/**
 * What `iptables-restore --noflush --counters` reads: our chain of the table `raw`, whole, in one transaction; the
 * kernel's own clock ends each rule. No other chain is named. `now`: epoch seconds by the host's clock.
 */
export function chainText(rules: readonly Rule[]): string {
  const lines = rules.map(({ block: { address, comment, seconds, hits }, until, bytes }) => {
    if (comment !== null && !COMMENT.test(comment)) throw new Error(`no comment for iptables: ${comment}`);
    const end = new Date(until * 1000).toISOString().slice(0, 19);
    const mark = `${comment ?? 'unknown'}/${seconds ?? 0}`;
    return `[${hits ?? 0}:${bytes}] -A ${CHAIN} -s ${address.text} -m time --datestop ${end} -m comment --comment ${mark} -j DROP`;
  });
  return ['*raw', `:${CHAIN} - [0:0]`, ...lines, 'COMMIT', ''].join('\n');
}

/** The rules with these addresses blocked anew: for so long from now on, under this key, their counts kept. */
export function withBlocked(
  rules: readonly Rule[],
  addresses: readonly Address[],
  { seconds, key, now }: { readonly seconds: number; readonly key: string; readonly now: number },
): Rule[] {
  const added = addresses.map((address): Rule => {
    const before = rules.find(({ block }) => block.address.text === address.text);
    const hits = before?.block.hits ?? 0;
    const block = { address, comment: key, seconds, leftSeconds: seconds, hits };
    return { block, until: now + seconds, bytes: before?.bytes ?? 0 };
  });
  return [...withUnblocked(rules, addresses), ...added];
}

/** The rules without these addresses. */
export function withUnblocked(rules: readonly Rule[], addresses: readonly Address[]): Rule[] {
  return rules.filter(({ block }) => !addresses.some(({ text }) => text === block.address.text));
}

/** Puts our chain in place and leads to it, once; a family that is not concerned has an empty text. */
const APPLY = `set -e
put() {
  [ -n "$2" ] || return 0
  printf %s "$2" | "$1-restore" -w 5 --noflush --counters
  "$1" -w 5 -t raw -C ${JUMP} 2>/dev/null || "$1" -w 5 -t raw -I ${JUMP}
}
put iptables "$1"
put ip6tables "$2"`;

/** The programs that change our chains: of the families that the addresses are of. */
export function iptablesPrograms(rules: readonly Rule[], now: number) {
  const program = (addresses: readonly Address[], after: readonly Rule[]) => {
    const text = (family: 4 | 6) => {
      const isMeant = addresses.some((address) => address.family === family);
      return isMeant ? chainText(after.filter(({ block }) => block.address.family === family)) : '';
    };
    return [{ argv: ['sh', '-c', APPLY, 'gianna-ops', text(4), text(6)], input: '' }];
  };
  return {
    block: (addresses: readonly Address[], seconds: number, key: string) =>
      program(addresses, withBlocked(rules, addresses, { seconds, key, now })),
    unblock: (addresses: readonly Address[]) => program(addresses, withUnblocked(rules, addresses)),
  };
}

/** `203.0.113.7/32` is one address. */
function singleAsAddress(text: string): string {
  return text.replace(text.includes(':') ? /\/128$/ : /\/32$/, '');
}
