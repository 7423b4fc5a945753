import { pino } from 'pino';
import { systemClock } from '../../src/core/clock.ts';
import type { DriverConfig } from '../../src/core/config/config.ts';
import type { ServiceDriver, ServiceTarget } from '../../src/hosts/driver.ts';
import { createDrivers } from '../../src/hosts/inventory.ts';
import { configOf, serviceOn } from './probe-config.ts';

/** The driver of a service `app` on an engine behind a socket. */
export function engineDriver(socket: string, driver: DriverConfig, stateFolder: string): ServiceDriver {
  const hosts = { docker: { connect: 'docker', socket, roles: [] } } as const;
  const config = configOf({ hosts, services: { app: serviceOn('docker', driver) } });
  return createDrivers({ config, clock: systemClock, logger: pino({ enabled: false }), stateFolder })('app');
}

/** The first target of a driver. */
export async function firstTarget(driver: ServiceDriver): Promise<ServiceTarget> {
  const [target] = await driver.targets();
  if (target === undefined) throw new Error('no target');
  return target;
}
