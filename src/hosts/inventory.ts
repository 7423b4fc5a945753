import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import type { Config, ConfigSource, DriverConfig } from '../core/config/config.ts';
import { refuse } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { DriverOf, ServiceDriver } from './driver.ts';
import { createCommandDriver } from './drivers/command.ts';
import { createContainerDriver } from './drivers/container.ts';
import type { EngineOf } from './engines.ts';
import { knownIn, requireHost } from './known-hosts.ts';
import { createOnce, type Once } from './once.ts';
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
 * configuration in force says. Refuses an unknown service, and hosts and drivers that this release cannot act on.
 */
export function createDrivers(deps: DriversDeps): DriverOf {
  const { engineOf } = deps.shells ?? createShells({ ...deps, sshAgent: null, installation: deps.stateFolder });
  const once = createOnce(join(deps.stateFolder, 'run'), deps.clock);
  return (name) => {
    const config = deps.config.current();
    const service = Object.hasOwn(config.services, name) ? config.services[name] : undefined;
    if (service === undefined)
      throw refuse('SERVICE_UNKNOWN', `There is no service "${name}".`, knownIn(config.services, name));
    return driverFor({ ...deps, service: name, hostName: service.host, driver: service.driver, engineOf, once });
  };
}

interface Wanted extends DriversDeps {
  readonly service: string;
  readonly hostName: string;
  readonly driver: DriverConfig;
  readonly engineOf: EngineOf;
  readonly once: Once;
}

function driverFor({ service, hostName, driver, engineOf, once, clock, logger, config }: Wanted): ServiceDriver {
  switch (driver.kind) {
    case 'container': {
      const engine = engineOf(hostName);
      return createContainerDriver({ host: hostName, service, selector: driver.selector, engine, once, clock, logger });
    }
    case 'command':
      requireLocal(config.current(), hostName);
      return createCommandDriver({ host: hostName, service, config: driver, once, logger });
    case 'compose':
    case 'swarm':
    case 'systemd':
      throw refuse(
        'DRIVER_NOT_BUILT',
        `The service "${service}" has driver: ${driver.kind}, which this release cannot act on.`,
        'Use driver: container (by label, also for Compose services) or driver: command in hosts.yml.',
      );
    default:
      return driver satisfies never;
  }
}

/** Refuses a host that is not this machine. */
export function requireLocal(config: Config, name: string): void {
  const host = requireHost(config, name);
  if (host.connect === 'local') return;
  throw refuse(
    'HOST_UNFIT',
    `The host "${name}" has connect: ${host.connect}, but connect: local is needed here.`,
    'Name a host with connect: local in hosts.yml.',
  );
}
