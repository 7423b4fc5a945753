import type { DriverConfig, HostConfig, ServiceConfig } from '../config.ts';
import type { WrittenHost, WrittenService } from '../schema/hosts.ts';

/** A host of hosts.yml as rooms read it. */
export function resolveHost(host: WrittenHost): HostConfig {
  switch (host.connect) {
    case 'local':
      return host;
    case 'docker':
      return { ...host, socket: host.socket.replace(/^unix:\/\//, '') };
    case 'ssh':
      return {
        connect: 'ssh',
        address: host.address,
        port: host.port,
        user: host.user,
        keyFile: host.key_file ?? null,
        hostKey: host.host_key,
        roles: host.roles,
      };
    default:
      return host satisfies never;
  }
}

/** A service of hosts.yml as rooms read it. */
export function resolveService(service: WrittenService): ServiceConfig {
  return {
    host: service.host,
    environment: service.environment ?? null,
    driver: resolveDriver(service),
    components: service.components,
    probes: service.probes,
    dependsOn: service.depends_on,
    maintenance: resolveMaintenance(service.maintenance),
  };
}

function resolveDriver(service: WrittenService): DriverConfig {
  switch (service.driver) {
    case 'container':
    case 'compose':
    case 'swarm':
      return { kind: service.driver, selector: service.selector };
    case 'systemd':
      return { kind: 'systemd', unit: service.unit };
    case 'command':
      return { kind: 'command', ...service.command };
    default:
      return service satisfies never;
  }
}

function resolveMaintenance(written: WrittenService['maintenance']): ServiceConfig['maintenance'] {
  if (written === undefined) return null;
  const { method, path, base, token } = written.enter;
  return { base: base ?? null, token: token ?? null, enter: { method, path }, leave: written.leave ?? null };
}
