import type { ConfigSource } from '../core/config/config.ts';
import { refuse } from '../core/errors.ts';
import { createDockerEngine, type DockerEngine } from './docker.ts';
import { doorBySsh, doorByTls, doorToSocket, type EngineDoor } from './docker-door.ts';
import { requireHost } from './known-hosts.ts';
import type { SshLine } from './ssh-line.ts';

/** The Docker Engine of a host of hosts.yml; refuses a host that has none. */
export type EngineOf = (host: string) => DockerEngine;

export interface EnginesDeps {
  readonly config: ConfigSource;
  /** The kept connection to a host with `connect: ssh`; refuses others. */
  readonly lineOf: (host: string) => SshLine;
}

const OWN_SOCKET = '/var/run/docker.sock';

/**
 * Engines by host: `connect: docker` as it is written, `connect: ssh` and `connect: local` by the socket that Docker has
 * where nothing else is said. One client a door, made at first use.
 */
export function createEngines(deps: EnginesDeps): EngineOf {
  const known = new Map<string, DockerEngine>();
  return (name) => {
    const door = doorOf(deps, name);
    const engine = known.get(door.key) ?? createDockerEngine(door);
    known.set(door.key, engine);
    return engine;
  };
}

/** How the engine of a host is reached. */
export function doorOf({ config, lineOf }: EnginesDeps, name: string): EngineDoor {
  const host = requireHost(config.current(), name);
  switch (host.connect) {
    case 'local':
      return doorToSocket(OWN_SOCKET);
    case 'ssh':
      return doorBySsh(lineOf(name), OWN_SOCKET);
    case 'docker':
      if (host.tls) return doorByTls(host.tls);
      return host.via ? doorBySsh(lineOf(host.via), host.socket) : doorToSocket(host.socket);
    default:
      return host satisfies never;
  }
}

/** Engines that are reached without SSH. */
export function createDockerHosts(config: ConfigSource): EngineOf {
  return createEngines({ config, lineOf: noLine });
}

function noLine(host: string): never {
  throw refuse(
    'HOST_UNFIT',
    `The engine of "${host}" is reached by SSH, which cannot be done from here.`,
    'Name a host with connect: docker and a socket of this machine, or a url.',
  );
}
