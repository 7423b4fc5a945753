import * as z from 'zod';
import { transient } from '../../../core/errors.ts';
import { firstLine } from '../../../hosts/printable.ts';
import type { Shell } from '../../../hosts/shell.ts';
import { readJson } from '../json-results.ts';

/** An address that a host must not lose, and why. */
export interface Neighbour {
  readonly address: string;
  /** `its own address`, `its default gateway`. */
  readonly what: string;
}

const LIMITS = { timeoutMs: 15_000, maxBytes: 1024 * 1024 };
const SSH_PORT = '22';
const Addresses = z.array(z.object({ addr_info: z.array(z.object({ local: z.string().optional() })).default([]) }));
const Hop = z.object({ gateway: z.string().optional(), via: z.object({ host: z.string() }).optional() });
const Routes = z.array(Hop.extend({ nexthops: z.array(Hop).default([]) }));

/** One call for all: each answer stands between lines of `==`; the last may hold anything. */
export const LOOK_AROUND = `set -e
ip -j address show; echo; echo ==
ip -j -4 route show default; echo; echo ==
ip -j -6 route show default; echo; echo ==
echo "\${SSH_CONNECTION-}"; echo ==
ss -Htnp state established; echo ==
[ ! -e /etc/resolv.conf ] || cat /etc/resolv.conf`;

/**
 * Whom a host must go on hearing: itself, its default gateways, its resolvers, and who is connected to it by SSH, we
 * among them. A transient error when that cannot be told: who cannot be sure must not block.
 */
export async function findNeighbours(shell: Shell): Promise<Neighbour[]> {
  const result = await shell.run(['sh', '-c', LOOK_AROUND], LIMITS);
  if (result.exitCode !== 0 || result.truncated) {
    throw unsure(shell.host, result.failure ?? (firstLine(result.stderr) || `exit ${result.exitCode}`));
  }
  const [own = '', routes4 = '', routes6 = '', ssh = '', sessions = '', ...resolvers] = result.stdout.split('==\n');
  const connection = ssh.trim().split(' ');
  return [
    ...ownAddresses(read(Addresses, shell.host, own)),
    ...gateways([...read(Routes, shell.host, routes4), ...read(Routes, shell.host, routes6)]),
    ...resolversIn(resolvers.join('')),
    ...named('where our own connection comes from', [connection[0] ?? '']),
    ...named('connected to it by SSH', sshPeers(sessions, [SSH_PORT, connection[3] ?? ''])),
  ];
}

function ownAddresses(interfaces: z.infer<typeof Addresses>): Neighbour[] {
  return named(
    'its own address',
    interfaces.flatMap(({ addr_info }) => addr_info.map(({ local = '' }) => local)),
  );
}

function gateways(routes: z.infer<typeof Routes>): Neighbour[] {
  const hops = routes.flatMap(({ nexthops, ...own }) => [own, ...nexthops]);
  return named(
    'its default gateway',
    hops.map(({ gateway, via }) => gateway ?? via?.host ?? ''),
  );
}

function resolversIn(text: string): Neighbour[] {
  return named(
    'its resolver',
    [...text.matchAll(/^\s*nameserver\s+(\S+)/gm)].map(([, address = '']) => address),
  );
}

/** Lines as `0 0 [::ffff:10.0.0.2]:22 [::ffff:10.0.0.1]:51514 users:(("sshd",pid=9,fd=4))`; by port, or by program. */
function sshPeers(text: string, ports: readonly string[]): string[] {
  return text.split('\n').flatMap((line) => {
    const [, , local = '', peer = '', who = ''] = line.trim().split(/\s+/);
    const isSsh = ports.includes(local.slice(local.lastIndexOf(':') + 1)) || who.includes('"sshd');
    return isSsh
      ? [
          peer
            .slice(0, peer.lastIndexOf(':'))
            .replace(/[[\]]/g, '')
            .replace(/^::ffff:(?=\d+\.)/, ''),
        ]
      : [];
  });
}

function named(what: string, addresses: readonly string[]): Neighbour[] {
  return [...new Set(addresses)].filter((address) => address !== '').map((address) => ({ address, what }));
}

function read<T>(schema: z.ZodType<T>, host: string, said: string): T {
  const text = said.trim();
  const found = schema.safeParse(text === '' ? [] : readJson(text));
  if (found.success) return found.data;
  throw unsure(host, 'it says something that cannot be read');
}

function unsure(host: string, why: string) {
  return transient(
    'NEIGHBOURS_UNKNOWN',
    `It cannot be told whom ${host} must not lose (${why}), so nothing is blocked there.`,
    'It needs iproute2 (ip and ss).',
  );
}
