import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import type { Config, ConfigSource, DriverConfig } from '../core/config/config.ts';
import { refuse } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { DriverOf, ServiceDriver } from './driver.ts';
import { createCommandDriver } from './drivers/command.ts';
import { findComposeContainers } from './drivers/compose.ts';
import { createContainerDriver } from './drivers/container.ts';
import { driverOverHosts } from './drivers/over-hosts.ts';
import { createSwarmDriver } from './drivers/swarm.ts';
import { createSystemdDriver } from './drivers/systemd.ts';
import type { EngineOf } from './engines.ts';
import { knownIn, requireHost } from './known-hosts.ts';
import { availableMemory } from './memory.ts';
import { createOnce, type Once } from './once.ts';
import type { ShellOf } from './shell.ts';
import { createShells, type Shells } from './shells.ts';

export interface DriversDeps {
  readonly config: ConfigSource;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A folder of this bot's own that outlives it, beside its database; locks of actions go to `run/` in it. */
  readonly stateFolder: string;
  /** How hosts are reached; absent: by shells of its own, with keys from files alone. */
  readonly shells?: Pick<Shells, 'of' | 'engineOf'>;
}

/**
 * What comes in: the name of a service in hosts.yml. What goes out: the driver that reaches and changes it, as the
 * configuration in force says. Refuses an unknown service, and a host that its driver cannot
 * use.
 */
export function createDrivers(deps: DriversDeps): DriverOf {
  const shells = deps.shells ?? createShells({ ...deps, sshAgent: null, installation: deps.stateFolder });
  const once = createOnce(join(deps.stateFolder, 'run'), deps.clock);
  return (name) => {
    const config = deps.config.current();
    const service = Object.hasOwn(config.services, name) ? config.services[name] : undefined;
    if (service === undefined)
      throw refuse('SERVICE_UNKNOWN', `There is no service "${name}".`, knownIn(config.services, name));
    const { host: hostName, driver, alsoOn } = service;
    const { engineOf, of: shellOf } = shells;
    const on = (host: string) => driverFor({ ...deps, service: name, hostName: host, driver, engineOf, shellOf, once });
    if (alsoOn.length === 0) return on(hostName);
    return driverOverHosts(on(hostName), Object.fromEntries(alsoOn.map((host) => [host, on(host)])));
  };
}

interface Wanted extends DriversDeps {
  readonly service: string;
  readonly hostName: string;
  readonly driver: DriverConfig;
  readonly engineOf: EngineOf;
  readonly shellOf: ShellOf;
  readonly once: Once;
}

function driverFor({
  config,
  service,
  hostName,
  driver,
  engineOf,
  shellOf,
  once,
  clock,
  logger,
}: Wanted): ServiceDriver {
  const common = { host: hostName, service, once, clock, logger };
  const memoryAvailable = () => memoryOf(hostName, config.current(), shellOf);
  switch (driver.kind) {
    case 'container': {
      const engine = engineOf(hostName);
      const find = () => engine.find(driver.selector);
      return createContainerDriver({ ...common, kind: 'container', engine, find, memoryAvailable });
    }
    case 'compose': {
      const engine = engineOf(hostName);
      const find = () => findComposeContainers(engine, driver.selector);
      return createContainerDriver({ ...common, kind: 'compose', engine, find, memoryAvailable });
    }
    case 'swarm':
      return createSwarmDriver({ ...common, selector: driver.selector, engine: engineOf(hostName) });
    case 'systemd':
      return createSystemdDriver({ ...common, unit: driver.unit, shell: shellOf(hostName) });
    case 'command':
      return createCommandDriver({ ...common, config: driver, shell: shellOf(hostName) });
    default:
      return driver satisfies never;
  }
}

/** Of the machine on which an engine runs; an engine behind TLS tells nobody what is left. */
async function memoryOf(name: string, config: Config, shellOf: ShellOf): Promise<number | null> {
  const host = requireHost(config, name);
  if (host.connect !== 'docker') return availableMemory(shellOf(name));
  if (host.tls) return null;
  return availableMemory(host.via ? shellOf(host.via) : null);
}
