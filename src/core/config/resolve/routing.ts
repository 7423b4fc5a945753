import type { RouteConfig, RoutingConfig, UpstreamConfig } from '../config.ts';
import { toLabelMatch } from '../label-match.ts';
import type { RoutesFile } from '../schema/routes.ts';
import { mapRecord, seconds } from './records.ts';

const LONGEST_SILENCE = { P1: '4h', P2: '24h', P3: '7d' };
const WATCHDOG = { alertname: 'Watchdog', expect_every: '5m', required: false };
const FLAPPING = { changes: 6, within: '30m', stays: '10m' };

/** Names that routes may use; one that is not among them is left out. */
interface Known {
  readonly services: readonly string[];
  readonly runbooks: readonly string[];
}

/** routes.yml as rooms read it. */
export function resolveRouting(file: RoutesFile, known: Known): RoutingConfig {
  const watchdog = file.watchdog ?? WATCHDOG;
  const flapping = file.flapping ?? FLAPPING;
  return {
    routes: file.routes.map((route, index) => resolveRoute(route, index, known)),
    groupBy: file.group_by,
    reopenWithinSeconds: seconds(file.reopen_within),
    flapping: {
      changes: flapping.changes,
      withinSeconds: seconds(flapping.within),
      staysSeconds: seconds(flapping.stays),
    },
    alertmanager: resolveUpstream(file.alertmanager),
    prometheus: resolveUpstream(file.prometheus),
    watchdog: {
      alertname: watchdog.alertname,
      expectEverySeconds: seconds(watchdog.expect_every),
      required: watchdog.required,
    },
    silences: { longestSeconds: longestSilences(file.silences?.longest ?? LONGEST_SILENCE) },
  };
}

function longestSilences({ P1, P2, P3 }: typeof LONGEST_SILENCE): RoutingConfig['silences']['longestSeconds'] {
  return { P1: seconds(P1), P2: seconds(P2), P3: seconds(P3) };
}

function resolveRoute(route: RoutesFile['routes'][number], index: number, known: Known): RouteConfig {
  const { service } = route;
  return {
    match: mapRecord(route.match, toLabelMatch),
    severity: route.severity,
    channel: route.channel ?? 'ops',
    service: service !== undefined && known.services.includes(service) ? service : null,
    runbooks: (route.runbooks ?? []).filter((name) => known.runbooks.includes(name)),
    policyContact: route.policy_contact ?? null,
    position: index + 1,
  };
}

function resolveUpstream(upstream: RoutesFile['alertmanager']): UpstreamConfig | null {
  if (upstream === undefined) return null;
  return {
    urls: (typeof upstream.url === 'string' ? [upstream.url] : upstream.url).map((url) => url.replace(/\/+$/, '')),
    auth: upstream.auth ?? null,
    caFile: upstream.ca_file ?? null,
  };
}
