import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Config } from '../../../core/config/config.ts';
import type { Peer } from '../step.ts';
import type { Neighbour } from './neighbours.ts';

const LOOKUP_MS = 2_000;
const NAMED_URL = /^[a-z][a-z0-9+.-]*:\/\//i;

/** Whom no host may stop hearing, wherever it is: addresses, and names whose addresses could not be found out. */
export interface Peers {
  readonly neighbours: readonly Neighbour[];
  readonly unresolved: readonly string[];
}

/**
 * Addresses of everything that the configuration names by a URL (Alertmanager, Prometheus, Redis, services, …), of all
 * hosts of the inventory, of what policy.yml protects, and of `peers` (Slack, mail, …); names are looked up now.
 */
export async function findPeers(config: Config, peers: readonly Peer[]): Promise<Peers> {
  const all = [...peers, ...hostsOf(config), ...urlsOf(config)];
  const byHost = new Map(all.map(({ host, what }) => [host, what]));
  const found = await Promise.all([...byHost].map(([host, what]) => addressesOf(host, what)));
  const own = config.policy.protected.map((address) => ({ address, what: 'protected by policy.yml' }));
  return {
    neighbours: [...own, ...found.flatMap((each) => each ?? [])],
    unresolved: [...byHost.keys()].filter((_, index) => found[index] === null).sort(),
  };
}

function hostsOf({ hosts }: Config): Peer[] {
  return Object.entries(hosts).flatMap(([name, host]) => {
    if (host.connect !== 'ssh') return [];
    const what = host.roles.includes('vantage') ? `the vantage host ${name}` : `the host ${name} of hosts.yml`;
    return [{ host: host.address, what }];
  });
}

/** Every URL in the configuration, named by where it stands: `the address of alertmanager`. */
function urlsOf(config: Config): Peer[] {
  const { routing, reports, probes, services, hosts } = config;
  return [
    ...named([routing, reports], 'Alertmanager, Prometheus or what else routes.yml names'),
    ...Object.entries(probes).flatMap(([name, probe]) => named(probe, `what the probe ${name} asks`)),
    ...Object.entries(services).flatMap(([name, service]) => named(service, `an address of the service ${name}`)),
    ...Object.entries(hosts).flatMap(([name, host]) => named(host, `the engine of ${name}`)),
  ];
}

function named(value: unknown, what: string): Peer[] {
  return urlsIn(value).map((host) => ({ host, what }));
}

function urlsIn(value: unknown): string[] {
  if (typeof value === 'string') return hostIn(value);
  return value === null || typeof value !== 'object' ? [] : Object.values(value).flatMap(urlsIn);
}

function hostIn(text: string): string[] {
  if (!NAMED_URL.test(text) || !URL.canParse(text)) return [];
  const host = new URL(text).hostname.replace(/^\[|\]$/g, '');
  return host === '' ? [] : [host];
}

/** Null: it cannot be found out. */
async function addressesOf(host: string, what: string): Promise<Neighbour[] | null> {
  if (isIP(host) !== 0) return [{ address: host, what }];
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), LOOKUP_MS);
  });
  try {
    const found = await Promise.race([lookup(host, { all: true }), late]);
    return found === null ? null : found.map(({ address }) => ({ address, what: `${what} (${host})` }));
  } catch {
    return null; // no such name, or nobody to ask: said in the plan
  } finally {
    clearTimeout(timer);
  }
}
