import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { DriverConfig, HostConfig } from '../../src/core/config/config.ts';
import { createDrivers } from '../../src/hosts/inventory.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { configOf, serviceOn } from '../support/probe-config.ts';

const hosts: Record<string, HostConfig> = {
  local: { connect: 'local', roles: [] },
  engine: { connect: 'docker', socket: '/nonexistent.sock', roles: [] },
  web: { connect: 'ssh', address: '10.0.0.1', port: 22, user: 'x', keyFile: null, hostKey: 'SHA256:x', roles: [] },
};
const container: DriverConfig = { kind: 'container', selector: { name: 'x' } };
const command: DriverConfig = { kind: 'command', start: ['true'], stop: ['true'], status: ['true'] };

function driverOf(services: Parameters<typeof configOf>[0]['services'] = {}) {
  const config = configOf({ hosts, services });
  return createDrivers({ config, clock: createFakeClock(), logger: pino({ enabled: false }), stateFolder: '/tmp' });
}

describe('the inventory', () => {
  it.each([
    {
      why: 'unknown host',
      service: serviceOn('nowhere', container),
      code: 'HOST_UNKNOWN',
      remedy: 'local, engine, web',
    },
    {
      why: 'command on an engine',
      service: serviceOn('engine', command),
      code: 'HOST_UNFIT',
      remedy: 'connect: local',
    },
    {
      why: 'systemd on an engine',
      service: serviceOn('engine', { kind: 'systemd', unit: 'x.service' }),
      code: 'HOST_UNFIT',
      remedy: 'connect: local',
    },
  ])('refuses $why and says what to do', ({ service, code, remedy }) => {
    const drivers = driverOf({ app: service });

    expect(() => drivers('app')).toThrow(
      expect.objectContaining({ code, family: 'refusal', remedy: expect.stringContaining(remedy) }),
    );
  });

  it.each(['nope', '__proto__', 'constructor', ''])(
    'refuses the unknown service %j and names those there are',
    (name) => {
      const drivers = driverOf({ app: serviceOn('engine', container) });

      expect(() => drivers(name)).toThrow(
        expect.objectContaining({ code: 'SERVICE_UNKNOWN', remedy: expect.stringContaining('hosts.yml has: app.') }),
      );
    },
  );

  it('makes a driver without reaching the host, and tells an engine that is not there when asked', async () => {
    const driver = driverOf({ app: serviceOn('engine', container) })('app');

    const targets = driver.targets();

    await expect(targets).rejects.toMatchObject({ code: 'DOCKER_UNREACHABLE', family: 'transient' });
    await expect(targets).rejects.toThrow('the socket is not there');
  });

  it('follows a service that moves to another driver', () => {
    const config = configOf({ hosts, services: { app: serviceOn('engine', container) } });
    const deps = { config, clock: createFakeClock(), logger: pino({ enabled: false }), stateFolder: '/tmp' };
    const drivers = createDrivers(deps);

    const before = drivers('app').kind;
    config.swap({ hosts, services: { app: serviceOn('local', command) } });
    const after = drivers('app').kind;

    expect([before, after]).toEqual(['container', 'command']);
  });
});
