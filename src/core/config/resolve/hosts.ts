import type { DockerTlsConfig, DriverConfig, FirewallCommands, HostConfig, ServiceConfig } from '../config.ts';
import type { WrittenHost, WrittenService } from '../schema/hosts.ts';
import { seconds } from './records.ts';

const DEFAULT_SOCKET = '/var/run/docker.sock';

/** A host of hosts.yml as rooms read it. */
export function resolveHost(host: WrittenHost): HostConfig {
  switch (host.connect) {
    case 'local':
      return { connect: 'local', roles: host.roles, labels: host.labels, ...firewallOf(host) };
    case 'docker':
      return {
        connect: 'docker',
        socket: (host.socket ?? DEFAULT_SOCKET).replace(/^unix:\/\//, ''),
        via: host.via ?? null,
        tls: resolveTls(host),
        roles: host.roles,
        labels: host.labels,
      };
    case 'ssh':
      return {
        connect: 'ssh',
        address: host.address,
        port: host.port,
        user: host.user,
        keyFile: host.key_file ?? null,
        agent: host.agent,
        hostKey: host.host_key,
        roles: host.roles,
        labels: host.labels,
        ...firewallOf(host),
      };
    default:
      return host satisfies never;
  }
}

function firewallOf({ firewall }: { readonly firewall?: FirewallCommands | undefined }): {
  firewall?: FirewallCommands;
} {
  return firewall === undefined ? {} : { firewall };
}

/** Null without `url`; that the files stand beside it is a rule across keys (references/hosts.ts). */
function resolveTls(host: Extract<WrittenHost, { connect: 'docker' }>): DockerTlsConfig | null {
  const { url, ca_file: caFile, cert_file: certFile, key_file: keyFile } = host;
  if (url === undefined || caFile === undefined || certFile === undefined || keyFile === undefined) return null;
  return { url, caFile, certFile, keyFile };
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
    alsoOn: 'also_on' in service ? service.also_on : [],
    scale: service.scale ?? { min: 0, max: 10 },
    drain: resolveDrain(service),
    maintenance: resolveMaintenance(service.maintenance),
  };
}

function resolveDrain({ drain, host }: WrittenService): ServiceConfig['drain'] {
  if (drain === undefined) return null;
  return { out: drain.out, back: drain.back, host: drain.host ?? host, waitSeconds: seconds(drain.wait) };
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
