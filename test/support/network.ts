import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

export interface TestNetwork {
  /** The namespace of the host: `192.0.2.2`, with `192.0.2.1` as its gateway. */
  readonly host: string;
  /** The namespace of everybody else: `192.0.2.1`, `.7`, `.8`, `.9`, and `2001:db8::7`. */
  readonly others: string;
  /** The argv that leads into the host's namespace. */
  readonly prefix: readonly string[];
  /** Whether the host answers a ping from this address of the others. */
  isHeard(from: string): boolean;
  /** Runs in the host's namespace. */
  inHost(...argv: string[]): string;
  end(): void;
}

let made = 0;

/** What is missing for a network of our own with nftables, in words; null when nothing is. */
export function whyNoNetwork(): string | null {
  for (const program of ['/usr/sbin/nft', '/usr/sbin/ip', '/usr/bin/nsenter', '/usr/bin/busybox']) {
    if (!existsSync(program)) return `${program} is not installed`;
  }
  return process.getuid?.() === 0 ? null : 'network namespaces need root';
}

/** Two network namespaces with a cable between them; nothing leaves the machine. */
export function createNetwork(): TestNetwork {
  made += 1;
  const name = `gs${process.pid}-${made}`;
  const [host, others] = [`${name}h`, `${name}o`];
  const run = (...argv: string[]) => execFileSync(argv[0] ?? '', argv.slice(1), { stdio: 'pipe' }).toString();
  const within = (space: string, ...argv: string[]) => run('nsenter', `--net=/run/netns/${space}`, ...argv);
  for (const space of [host, others]) run('ip', 'netns', 'add', space);
  within(host, 'ip', 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', `/run/netns/${others}`);
  for (const space of [host, others]) for (const link of ['lo', 'eth0']) within(space, 'ip', 'link', 'set', link, 'up');
  within(host, 'ip', 'address', 'add', '192.0.2.2/24', 'dev', 'eth0');
  within(host, 'ip', 'address', 'add', '2001:db8::2/64', 'dev', 'eth0', 'nodad');
  for (const last of [1, 7, 8, 9]) within(others, 'ip', 'address', 'add', `192.0.2.${last}/24`, 'dev', 'eth0');
  within(others, 'ip', 'address', 'add', '2001:db8::7/64', 'dev', 'eth0', 'nodad');
  within(host, 'ip', 'route', 'add', 'default', 'via', '192.0.2.1');
  within(host, 'ip', '-6', 'route', 'add', 'default', 'via', '2001:db8::1');
  return {
    host,
    others,
    prefix: ['nsenter', `--net=/run/netns/${host}`],
    isHeard: (from) => {
      const to = from.includes(':') ? '2001:db8::2' : '192.0.2.2';
      try {
        within(others, 'busybox', from.includes(':') ? 'ping6' : 'ping', '-c', '1', '-W', '1', '-I', from, to);
        return true;
      } catch {
        return false;
      }
    },
    inHost: (...argv) => within(host, ...argv),
    end: () => {
      for (const space of [host, others]) run('ip', 'netns', 'del', space);
    },
  };
}
