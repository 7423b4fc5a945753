import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import type { Config, ConfigSource, DriverConfig, HostConfig } from '../core/config/config.ts';
import { refuse } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { createDockerEngine, type DockerEngine } from './docker.ts';
import type { DriverOf, ServiceDriver } from './driver.ts';
import { createCommandDriver } from './drivers/command.ts';
import { createContainerDriver } from './drivers/container.ts';
import { createOnce, type Once } from './once.ts';

export interface DriversDeps {
  readonly config: ConfigSource;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A folder of this bot's own that outlives it, beside its database; locks of actions go to `run/` in it. */
  readonly stateFolder: string;
}

/**
 * What comes in: the name of a service in hosts.yml. What goes out: the driver that reaches and changes it, as the
 * configuration in force says. Refuses an unknown service, and hosts and drivers that this release cannot act on.
 */
export function createDrivers(deps: DriversDeps): DriverOf {
  const engineOf = createDockerHosts(deps.config);
  const once = createOnce(join(deps.stateFolder, 'run'), deps.clock);
  return (name) => {
    const config = deps.config.current();
    const service = Object.hasOwn(config.services, name) ? config.services[name] : undefined;
    if (service === undefined)
      throw refuse('SERVICE_UNKNOWN', `There is no service "${name}".`, known(config.services));
    return driverFor({ ...deps, service: name, hostName: service.host, driver: service.driver, engineOf, once });
  };
}

interface Wanted extends DriversDeps {
  readonly service: string;
  readonly hostName: string;
  readonly driver: DriverConfig;
  readonly engineOf: (host: string) => DockerEngine;
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

/** The Docker Engine of a host with `connect: docker`; one client a socket, made at first use. Refuses other hosts. */
export function createDockerHosts(config: ConfigSource): (host: string) => DockerEngine {
  const bySocket = new Map<string, DockerEngine>();
  return (name) => {
    const host = requireHost(config.current(), name);
    if (host.connect !== 'docker') throw wrongHost(name, host, 'docker');
    const engine = bySocket.get(host.socket) ?? createDockerEngine(host.socket);
    bySocket.set(host.socket, engine);
    return engine;
  };
}

/** Refuses a host that is not this machine. */
export function requireLocal(config: Config, name: string): void {
  const host = requireHost(config, name);
  if (host.connect !== 'local') throw wrongHost(name, host, 'local');
}

function requireHost(config: Config, name: string): HostConfig {
  const host = Object.hasOwn(config.hosts, name) ? config.hosts[name] : undefined;
  if (host === undefined) throw refuse('HOST_UNKNOWN', `There is no host "${name}".`, known(config.hosts));
  return host;
}

function wrongHost(name: string, host: HostConfig, wanted: 'docker' | 'local') {
  if (host.connect === 'ssh') {
    return refuse(
      'HOST_NOT_BUILT',
      `The host "${name}" is reached by ssh, which this release cannot do.`,
      'Run gianna-ops on that host with connect: local, or reach its engine with connect: docker.',
    );
  }
  return refuse(
    'HOST_UNFIT',
    `The host "${name}" has connect: ${host.connect}, but connect: ${wanted} is needed here.`,
    `Name a host with connect: ${wanted} in hosts.yml.`,
  );
}

function known(named: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(named);
  return names.length === 0 ? 'hosts.yml names none yet: add it there.' : `hosts.yml has: ${names.join(', ')}.`;
}
