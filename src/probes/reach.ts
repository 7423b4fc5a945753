import { dirname } from 'node:path';
import { systemClock } from '../core/clock.ts';
import type { Config } from '../core/config/config.ts';
import { OpsError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { ServiceDriver } from '../hosts/driver.ts';
import { createDrivers } from '../hosts/inventory.ts';
import { selectHosts } from '../hosts/select-hosts.ts';
import { createShells, type Shells } from '../hosts/shells.ts';

/** What came of reaching one host, or of looking for one service on a host that was reached. */
export interface Reached {
  readonly kind: 'host' | 'service';
  readonly name: string;
  /** Null: all is well. */
  readonly trouble: { readonly message: string; readonly hint: string } | null;
  /** Of a host that was reached: `Docker 20.10.24`. */
  readonly what: string | null;
}

export interface ReachDeps {
  readonly config: Config;
  readonly databaseFile: string;
  readonly sshAgent: string | null;
  readonly logger: Logger;
}

const HOST_MS = 8_000;
const SERVICE_MS = 12_000;

/**
 * Reaches hosts at once, each within its own time: a shell runs `true`, an engine tells its version; then each service of
 * a host that was reached is looked for by its driver. Changes nothing there. `only`: a host's name, `role:NAME`, or a
 * label `NAME=VALUE`; refused when no host fits.
 */
export async function reachHosts(deps: ReachDeps, only?: string): Promise<Reached[]> {
  const { config, logger, sshAgent, databaseFile } = deps;
  const names = only === undefined ? Object.keys(config.hosts) : selectHosts(config, selectorOf(only));
  const stateFolder = dirname(databaseFile);
  const common = { config: { current: () => config }, clock: systemClock, logger, stateFolder };
  const shells = createShells({ ...common, sshAgent, installation: stateFolder });
  try {
    const hosts = await Promise.all(names.map((name) => reachHost(shells, config, name)));
    const well = new Set(hosts.filter(({ trouble }) => trouble === null).map(({ name }) => name));
    const services = Object.keys(config.services).filter((name) => well.has(config.services[name]?.host ?? ''));
    const driverOf = createDrivers({ ...common, shells });
    return [...hosts, ...(await Promise.all(services.map((name) => findService(() => driverOf(name), name))))];
  } finally {
    await shells.close();
  }
}

function selectorOf(only: string): Parameters<typeof selectHosts>[1] {
  if (only.startsWith('role:')) return { role: only.slice('role:'.length) };
  return only.includes('=') ? { label: only } : { host: only };
}

async function reachHost(shells: Shells, { hosts }: Config, name: string): Promise<Reached> {
  const connect = hosts[name]?.connect;
  const ask = connect === 'docker' ? () => askEngine(shells, name) : () => askShell(shells, name);
  return { kind: 'host', name, ...(await told(ask, HOST_MS)) };
}

async function askEngine(shells: Shells, name: string): Promise<string> {
  const { release } = await shells.engineOf(name).version();
  return `Docker ${release}`;
}

async function askShell(shells: Shells, name: string): Promise<string> {
  const result = await shells.of(name).run(['true'], { timeoutMs: HOST_MS, maxBytes: 1024 });
  if (result.exitCode === 0) return 'runs programs';
  const [message = '', ...hints] = (result.failure ?? `"true" ended with exit ${result.exitCode}`).split('; ');
  throw new OpsError({ code: 'HOST_TROUBLE', family: 'transient', message, remedy: hints.join('; ') });
}

async function findService(driverOf: () => ServiceDriver, name: string): Promise<Reached> {
  const look = async () => {
    const driver = driverOf();
    const [first] = await driver.targets();
    if (first !== undefined) await driver.observe(first);
    return first === undefined ? null : driver.kind;
  };
  const { trouble, what } = await told(look, SERVICE_MS);
  if (trouble !== null || what !== null) return { kind: 'service', name, trouble, what };
  const hint = 'compare what is written in hosts.yml with what runs there; a stopped one would be found';
  return { kind: 'service', name, trouble: { message: `nothing of ${name} is found on its host`, hint }, what };
}

/** Waits for an answer within a time; what is refused or fails becomes trouble. */
async function told<T extends string | null>(
  ask: () => Promise<T>,
  withinMs: number,
): Promise<{ trouble: Reached['trouble']; what: string | null }> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const [message, remedy] = [`no answer within ${withinMs / 1000} s`, 'look at it there: it may hang'];
    const error = new OpsError({ code: 'HOST_SILENT', family: 'transient', message, remedy });
    timer = setTimeout(() => reject(error), withinMs);
  });
  try {
    return { trouble: null, what: await Promise.race([ask(), late]) };
  } catch (error) {
    if (!(error instanceof OpsError)) throw error;
    return {
      trouble: { message: error.message.replace(/\.$/, ''), hint: error.remedy.replace(/\.$/, '') },
      what: null,
    };
  } finally {
    clearTimeout(timer);
  }
}
