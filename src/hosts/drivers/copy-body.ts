import type { ContainerDetails } from '../docker.ts';

const COMPOSE_NUMBER = 'com.docker.compose.container-number';
/** Written by Compose for its own next step, not part of the configuration. */
const COMPOSE_REPLACE = 'com.docker.compose.replace';
/** Marks a container that was made by us: the key of the step that made it. */
export const MADE_BY = 'gianna-ops.made-by';

/** What a copy is made with: the body of `POST /containers/create`, and the networks it joins before it is started. */
export interface CopyBody {
  readonly create: Readonly<Record<string, unknown>>;
  /** Further networks, by name: an engine takes one alone at creation. */
  readonly connect: ReadonlyArray<{ readonly network: string; readonly endpoint: Readonly<Record<string, unknown>> }>;
}

type Network = ContainerDetails['NetworkSettings']['Networks'][string];

/**
 * The same configuration as a container that is there: image, command, environment, mounts, limits, labels, networks.
 * What is its own alone is left out: host name by id, MAC address, Compose's number. `image`: what the pattern's image
 * is called, or its id when that name means another image by now.
 */
export function copyBody(
  pattern: ContainerDetails,
  { number, image, madeBy }: { readonly number: number; readonly image: string; readonly madeBy: string },
): CopyBody {
  const { Hostname, ...config } = pattern.Config;
  const isOwnName = !pattern.Id.startsWith(Hostname);
  const labels: Record<string, string> = { ...pattern.Config.Labels, [MADE_BY]: madeBy };
  delete labels[COMPOSE_REPLACE];
  if (Object.hasOwn(labels, COMPOSE_NUMBER)) labels[COMPOSE_NUMBER] = String(number);
  const [first, ...more] = networksOf(pattern);
  return {
    create: {
      ...withoutMac(config),
      ...(isOwnName && Hostname !== '' ? { Hostname } : {}),
      Image: image,
      Labels: labels,
      HostConfig: pattern.HostConfig,
      ...(first === undefined ? {} : { NetworkingConfig: { EndpointsConfig: { [first.network]: first.endpoint } } }),
    },
    connect: more,
  };
}

/** Why a second one like it cannot be on the same host; empty: it can. */
export function whyNoCopy({ Name, HostConfig, NetworkSettings }: ContainerDetails): string[] {
  const name = Name.replace(/^\//, '');
  const published = Object.entries(
    (HostConfig.PortBindings ?? {}) as Record<string, Array<{ HostPort?: string }> | null>,
  );
  const fixed = published.flatMap(([port, bindings]) =>
    (bindings ?? []).flatMap(({ HostPort = '' }) => (HostPort === '' || HostPort === '0' ? [] : [{ port, HostPort }])),
  );
  const mode = HostConfig.NetworkMode ?? '';
  const fixedAddress = Object.values(NetworkSettings.Networks).some(
    (network) => (network.IPAMConfig?.IPv4Address ?? network.IPAMConfig?.IPv6Address ?? '') !== '',
  );
  return [
    ...fixed.map(
      ({ port, HostPort }) => `${name} publishes ${port} at port ${HostPort} of the host, which only one can have`,
    ),
    ...(mode === 'host' ? [`${name} uses the network of the host: a copy would want the same ports`] : []),
    ...(mode.startsWith('container:') ? [`${name} shares the network of another container`] : []),
    ...(fixedAddress ? [`${name} has a fixed address in its network, which only one can have`] : []),
  ];
}

function networksOf(pattern: ContainerDetails): CopyBody['connect'] {
  const mode = pattern.HostConfig.NetworkMode ?? '';
  const networks = Object.entries(pattern.NetworkSettings.Networks).filter(
    ([name]) => !['none', 'host'].includes(name),
  );
  const ordered = networks.sort(
    ([one], [other]) => Number(other === mode) - Number(one === mode) || (one < other ? -1 : 1),
  );
  return ordered.map(([network, settings]) => ({ network, endpoint: endpointOf(network, settings, pattern) }));
}

/** Aliases that are others than those the engine gave by itself; the default bridge takes none. */
function endpointOf(name: string, network: Network, { Id, Name }: ContainerDetails): Readonly<Record<string, unknown>> {
  const own = [Name.replace(/^\//, ''), Id.slice(0, 12)];
  const aliases = ((network.Aliases ?? []) as readonly string[]).filter((alias) => !own.includes(alias));
  return name === 'bridge' || aliases.length === 0 ? {} : { Aliases: aliases };
}

function withoutMac(config: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(config).filter(([key]) => key !== 'MacAddress'));
}
