import type { Config } from '../../../core/config/config.ts';
import { OpsError } from '../../../core/errors.ts';
import type { Shell, ShellOf } from '../../../hosts/shell.ts';
import { VANTAGE } from '../../hosts-meant.ts';

const LIMITS = { timeoutMs: 9_000, maxBytes: 4 * 1024 };
const MOST = 3;

/** Opens one TCP connection; 0: it is answered, 1: it is not, 9: there is nothing to look with. */
export const KNOCK = `if command -v bash >/dev/null 2>&1; then
  timeout 4 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$1" "$2" 2>/dev/null || exit 1
elif command -v nc >/dev/null 2>&1; then
  timeout 4 nc -z "$1" "$2" >/dev/null 2>&1 || exit 1
else
  exit 9
fi`;

/** Hosts that look at another from outside: those of the role `vantage`. */
export function vantagesOf(host: string, config: Pick<Config, 'hosts'>): string[] {
  const all = Object.entries(config.hosts).flatMap(([name, { connect, roles }]) =>
    connect !== 'docker' && name !== host && roles.includes(VANTAGE) ? [name] : [],
  );
  return all.slice(0, MOST);
}

/** Where a host is looked at from outside: its address, and the port of its label `outside`, else of its SSH server. */
export function outsideOf(host: string, config: Pick<Config, 'hosts'>): { address: string; port: number } | null {
  const found = config.hosts[host];
  if (found?.connect !== 'ssh') return null;
  const own = Number(found.labels?.outside);
  return { address: found.address, port: Number.isInteger(own) && own > 0 ? own : found.port };
}

/** The vantage hosts from which a host answers now. What cannot look is left out. */
export async function seenFrom(
  host: string,
  vantages: readonly string[],
  { config, shellOf }: { readonly config: Pick<Config, 'hosts'>; readonly shellOf: ShellOf },
): Promise<string[]> {
  const outside = outsideOf(host, config);
  if (outside === null) return [];
  const argv = ['sh', '-c', KNOCK, 'gianna-ops', outside.address, String(outside.port)];
  const seen = await Promise.all(
    vantages.map(async (name) => {
      const shell = shellOrNull(name, shellOf);
      return shell !== null && (await shell.run(argv, LIMITS)).exitCode === 0 ? [name] : [];
    }),
  );
  return seen.flat();
}

function shellOrNull(name: string, shellOf: ShellOf): Shell | null {
  try {
    return shellOf(name);
  } catch (error) {
    if (!(error instanceof OpsError) || error.family === 'bug') throw error;
    return null;
  }
}
