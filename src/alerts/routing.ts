import { RE2JS } from 're2js';
import type { Config, LabelMatch, RouteConfig, Severity } from '../core/config/config.ts';
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

/** Routes one alert by its labels. */
export type RouteAlert = (labels: Labels) => Routed;

type Matches = (labels: Labels) => boolean;

const UNMATCHED = { severity: 'P2', channel: 'ops', service: null, runbooks: [], policyContact: null } as const;

/** Compiles the routes of a configuration once; a label that is missing counts as empty, as in Alertmanager. */
export function compileRoutes(config: Config): RouteAlert {
  const routes = config.routing.routes.map((route) => ({ route, matches: compileMatch(route) }));
  const serviceOfComponent = componentIndex(config);
  return (labels) => {
    const found = routes.find(({ matches }) => matches(labels))?.route;
    const { severity, channel, runbooks, policyContact } = found ?? UNMATCHED;
    const service = found?.service ?? serviceOf(config, serviceOfComponent, labels);
    return { severity, channel, service, runbooks, policyContact, route: found?.position ?? null };
  };
}

function compileMatch(route: RouteConfig): Matches {
  const conditions = Object.entries(route.match).map(([label, wanted]) => compileCondition(label, wanted));
  return (labels) => conditions.every((holds) => holds(labels));
}

function compileCondition(label: string, wanted: LabelMatch): Matches {
  switch (wanted.kind) {
    case 'values': {
      const values = new Set(wanted.values);
      return (labels) => values.has(labels[label] ?? '');
    }
    case 'pattern': {
      const pattern = RE2JS.compile(wanted.pattern);
      return (labels) => pattern.matches(labels[label] ?? '');
    }
    default:
      return wanted satisfies never;
  }
}

function componentIndex(config: Config): ReadonlyMap<string, string> {
  const index = new Map<string, string>();
  for (const [service, { components }] of Object.entries(config.services)) {
    for (const component of components) if (!index.has(component)) index.set(component, service);
  }
  return index;
}

/** By component, else by label service or job, else the default (CONFIG.md, hosts.yml). */
function serviceOf(config: Config, byComponent: ReadonlyMap<string, string>, labels: Labels): string | null {
  const ofComponent = byComponent.get(labels.component ?? '');
  if (ofComponent !== undefined) return ofComponent;
  for (const name of [labels.service, labels.job]) {
    if (name !== undefined && Object.hasOwn(config.services, name)) return name;
  }
  return config.defaultService;
}
