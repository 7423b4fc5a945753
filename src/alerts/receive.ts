import type { Clock } from '../core/clock.ts';
import type { Config, ConfigSource } from '../core/config/config.ts';
import type { Logger } from '../core/logger.ts';
import type { Batch, InboxRow, Journal } from '../journal/port.ts';
import type { FollowIncident } from './change.ts';
import { deliverAlerts } from './deliver.ts';
import { type Draft, deliveryOf, stateOfDraft } from './draft.ts';
import type { IncidentEvent } from './events.ts';
import { decideIncident } from './incident.ts';
import { batchOfChange, mergeParts } from './incident-batch.ts';
import type { AlertMetrics } from './metrics.ts';
import { type Alert, type Envelope, type RejectedAlert, readAlerts, readEnvelope } from './payload.ts';
import { compileRoutes, type RouteAlert } from './routing.ts';

export interface ReceiveDeps {
  readonly journal: Journal;
  readonly config: ConfigSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: AlertMetrics;
  readonly follow: FollowIncident;
}

/** Document collections of what opens no incident. */
const REJECTED_ALERTS = 'rejected-alerts';
const WATCHDOG = 'watchdog';
/** So many payloads with rejected alerts are remembered, the newest ones. */
const REJECTED_KEPT = 100;
const REJECTED_NAMED = 20;

/** Makes the handler of stored payloads: one payload, one batch. */
export function createReceive(deps: ReceiveDeps): (row: InboxRow) => Promise<{ batch: Batch | null }> {
  const routes = createRoutes();
  return async (row) => {
    const read = readEnvelope(row.body);
    if (read.kind === 'refused') {
      deps.logger.warn({ row: row.id, field: read.field }, 'stored payload is no alertmanager webhook');
      deps.metrics.rejected('envelope');
      return { batch: null };
    }
    const config = deps.config.current();
    return { batch: await receivePayload(deps, config, routes(config), row, read.envelope) };
  };
}

/** Compiles each configuration's routes once. */
function createRoutes(): (config: Config) => RouteAlert {
  let compiled: { config: Config; route: RouteAlert } | null = null;
  return (config) => {
    if (compiled?.config !== config) compiled = { config, route: compileRoutes(config) };
    return compiled.route;
  };
}

async function receivePayload(
  deps: ReceiveDeps,
  config: Config,
  route: RouteAlert,
  row: InboxRow,
  envelope: Envelope,
): Promise<Batch> {
  const { alerts, rejected } = readAlerts(envelope);
  const isWatchdog = (alert: Alert) => alert.labels.alertname === config.routing.watchdog.alertname;
  const watchdogs = alerts.filter(isWatchdog);
  const delivered = await deliverAlerts({
    journal: deps.journal,
    config,
    route,
    group: envelope,
    alerts: alerts.filter((alert) => !isWatchdog(alert)),
    receivedAt: row.receivedAt,
  });
  for (const { kind, reason } of delivered.decisions) deps.metrics.decided(kind, reason);
  const at = deps.clock.now();
  const parts = await Promise.all(
    delivered.drafts.map((draft) => changeOf(deps, config, draft, envelope, rejected.length, at)),
  );
  const documents = [...watchdogSeen(deps, watchdogs, row), ...rejectedSeen(deps, rejected, row, envelope)];
  const { occurrences, payloads } = delivered;
  return mergeParts({ at, actor: 'alertmanager', occurrences, payloads, documents }, parts);
}

async function changeOf(
  deps: ReceiveDeps,
  config: Config,
  draft: Draft,
  envelope: Envelope,
  rejected: number,
  at: number,
): Promise<Partial<Batch>> {
  const groupFires = envelope.status === 'firing';
  const delivery = deliveryOf(draft, { truncated: envelope.truncatedAlerts, rejected, groupFires });
  const command = { verb: 'deliver', delivery, opening: draft.opening } as const;
  const decision = decideIncident(stateOfDraft(draft, at), command, { now: at, nameOf: (actor) => actor });
  const decided = decision.kind === 'events' ? decision.events : [];
  const events: IncidentEvent[] = [...draft.prior, ...decided];
  if (events.length === 0) return {};
  deps.logger.info({ incident: draft.id, events: events.map((event) => event.type) }, 'alerts change an incident');
  const { id, before, version } = draft;
  return batchOfChange({ id, before, version, events, at, actor: 'alertmanager' }, config, deps.follow);
}

type Documents = NonNullable<Batch['documents']>;

/** The watchdog opens nothing (CONFIG.md, routes.yml); when it was seen is kept. */
function watchdogSeen(deps: ReceiveDeps, watchdogs: readonly Alert[], row: InboxRow): Documents {
  const last = watchdogs.at(-1);
  if (last === undefined) return [];
  deps.metrics.watchdogSeen();
  const value = { seenAt: row.receivedAt, status: last.status };
  return [{ collection: WATCHDOG, key: last.fingerprint, value }];
}

function rejectedSeen(
  deps: ReceiveDeps,
  rejected: readonly RejectedAlert[],
  row: InboxRow,
  envelope: Envelope,
): Documents {
  if (rejected.length === 0) return [];
  for (const { reason } of rejected) deps.metrics.rejected(reason);
  const named = rejected.slice(0, REJECTED_NAMED).map(({ index, reason }) => ({ index, reason }));
  deps.logger.warn({ row: row.id, count: rejected.length, named }, 'alerts rejected');
  const value = { at: row.receivedAt, receiver: envelope.receiver, count: rejected.length, named };
  return [{ collection: REJECTED_ALERTS, key: String(row.id % REJECTED_KEPT), value }];
}
