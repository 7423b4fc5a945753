import type { FirewallCommands } from '../../../core/config/config.ts';
import { OpsError, refuse, transient } from '../../../core/errors.ts';
import { firstLine } from '../../../hosts/printable.ts';
import type { ProgramResult, Shell } from '../../../hosts/shell.ts';
import type { Address } from './address.ts';
import type { Block } from './block-element.ts';
import { iptablesPrograms, readRules } from './iptables.ts';
import { nftPrograms, readNft } from './nft.ts';
import { ownPrograms, readOwnList } from './own-command.ts';

/** A program that changes a firewall. */
export interface FirewallProgram {
  readonly argv: readonly string[];
  /** What it reads. */
  readonly input: string;
}

/** A host's firewall as it was seen: what of ours is in it, and the programs that would change that. */
export interface Firewall {
  readonly means: 'nft' | 'iptables' | 'command';
  readonly blocks: readonly Block[];
  block(addresses: readonly Address[], seconds: number, key: string): readonly FirewallProgram[];
  unblock(addresses: readonly Address[]): readonly FirewallProgram[];
}

const LIMITS = { timeoutMs: 15_000, maxBytes: 8 * 1024 * 1024 };

/**
 * nftables where it is and may be used, else iptables. The first line names it; nftables: whether sets can count, the
 * tables and ours, a line each; iptables: the host's clock, and the table `raw` of both families.
 */
export const LOOK_AT_FIREWALL = `if command -v nft >/dev/null 2>&1; then
  tables=$(nft -j list tables) || exit 1
  echo nft
  nft -c -f - >/dev/null 2>&1 <<'END' && echo counts || echo plain
add table inet gianna_try
add set inet gianna_try one { type ipv4_addr; flags timeout; counter; }
END
  printf '%s\\n' "$tables"
  nft -j list table inet gianna 2>/dev/null || true
elif command -v iptables-restore >/dev/null 2>&1 && command -v ip6tables-restore >/dev/null 2>&1; then
  echo iptables
  date -u +%s
  iptables-save -c -t raw && ip6tables-save -c -t raw
else
  echo none
fi`;

/**
 * Looks at a host's firewall, whoever made what is in it; `commands`: those of one's own that hosts.yml names for the
 * host. A refusal when it has none, a transient error when it cannot be read. Changes nothing.
 */
export async function lookAtFirewall(shell: Shell, commands: FirewallCommands | null): Promise<Firewall> {
  if (commands !== null) {
    const result = await shell.run(commands.list, LIMITS);
    const blocks = isWhole(result) ? readOwnList(result.stdout) : null;
    if (blocks === null) throw unreadable(shell.host, result, 'Its `list` must print one JSON object a line.');
    return { means: 'command', blocks, ...ownPrograms(commands) };
  }
  const result = await shell.run(['sh', '-c', LOOK_AT_FIREWALL], LIMITS);
  if (!isWhole(result)) throw unreadable(shell.host, result, 'It needs an account that may use nftables or iptables.');
  const [means, second = '', ...rest] = result.stdout.split('\n');
  if (means === 'none') throw noFirewall(shell.host);
  if (means === 'iptables') {
    const now = Number(second);
    const rules = readRules(rest.join('\n'), now);
    return { means, blocks: rules.map(({ block }) => block), ...iptablesPrograms(rules, now) };
  }
  const blocks = means === 'nft' ? readNft(rest[0] ?? '', rest[1] ?? '') : null;
  if (blocks === null) throw unreadable(shell.host, result, 'Its nftables must be able to list itself as JSON.');
  return { means: 'nft', blocks, ...nftPrograms(second === 'counts') };
}

/** The same after something was done there: null when it cannot be seen. */
export async function lookAfter(shell: Shell, commands: FirewallCommands | null): Promise<Firewall | null> {
  try {
    return await lookAtFirewall(shell, commands);
  } catch (error) {
    if (!(error instanceof OpsError) || error.family === 'bug') throw error;
    return null;
  }
}

function isWhole({ exitCode, truncated }: ProgramResult): boolean {
  return exitCode === 0 && !truncated;
}

function unreadable(host: string, { failure, stderr }: ProgramResult, remedy: string) {
  const why = failure ?? (firstLine(stderr) || 'it says nothing that can be read');
  return transient('FIREWALL_UNREADABLE', `The firewall of ${host} cannot be read: ${why}.`, remedy);
}

function noFirewall(host: string) {
  return refuse(
    'FIREWALL_NONE',
    `${host} has neither nftables nor iptables.`,
    'Install nftables there, or name commands of your own: `firewall` of the host in hosts.yml.',
  );
}
