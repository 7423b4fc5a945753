import type { Config, RouteConfig, Severity } from '../core/config/config.ts';
import { compileLabelMatch } from '../core/config/label-match.ts';
import type { Labels } from './payload.ts';

/** Where an alert goes and how urgent it is (CONFIG.md, routes.yml: the first match wins, for each alert). */
export interface Routed {
  readonly severity: Severity;
  readonly channel: string;
  /** Key of hosts.yml's services; null: no actions are offered. */
  readonly service: string | null;
  readonly runbooks: readonly string[];
  readonly policyContact: string | null;
  /** 1-based position of the route that matched; null: none did, and the defaults hold. */
  readonly route: number | null;
}

/** What made an alert's service what it is. */
export type ServiceReason = 'route' | 'component' | 'service' | 'job' | 'default' | 'none';

/** The service of an alert, and why (CONFIG.md, hosts.yml). */
export interface FoundService {
  readonly service: string | null;
  readonly because: ServiceReason;
}

/** Routes one alert by its labels. */
export type RouteAlert = (labels: Labels) => Routed;

const UNMATCHED = { severity: 'P2', channel: 'ops', service: null, runbooks: [], policyContact: null } as const;

/** Compiles the routes of a configuration once; a label that is missing counts as empty, as in Alertmanager. */
export function compileRoutes(config: Config): RouteAlert {
  const routes = config.routing.routes.map((route) => ({ route, matches: compileLabelMatch(route.match) }));
  const findService = createFindService(config);
  return (labels) => {
    const found = routes.find(({ matches }) => matches(labels))?.route;
    const { severity, channel, runbooks, policyContact } = found ?? UNMATCHED;
    const { service } = findService(found ?? null, labels);
    return { severity, channel, service, runbooks, policyContact, route: found?.position ?? null };
  };
}

function componentIndex(config: Config): ReadonlyMap<string, string> {
  const index = new Map<string, string>();
  for (const [service, { components }] of Object.entries(config.services)) {
    for (const component of components) if (!index.has(component)) index.set(component, service);
  }
  return index;
}

/** By the route, else by component, else by label service or job, else the default (CONFIG.md, hosts.yml). */
export function createFindService(config: Config): (route: RouteConfig | null, labels: Labels) => FoundService {
  const byComponent = componentIndex(config);
  return (route, labels) => {
    if (route !== null && route.service !== null) return { service: route.service, because: 'route' };
    const ofComponent = byComponent.get(labels.component ?? '');
    if (ofComponent !== undefined) return { service: ofComponent, because: 'component' };
    for (const because of ['service', 'job'] as const) {
      const name = labels[because];
      if (name !== undefined && Object.hasOwn(config.services, name)) return { service: name, because };
    }
    return { service: config.defaultService, because: config.defaultService === null ? 'none' : 'default' };
  };
}
