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
import {
  type Alert,
  type Envelope,
  type RejectedAlert,
  type RejectedAlerts,
  readAlerts,
  readPayload,
} from './payload.ts';
import { type AlertReader, createPending } from './pending.ts';
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

/** What the first `taken` rows come to, at least one. */
export interface Received {
  readonly batch: Batch | null;
  readonly taken: number;
}

/** Decides stored payloads in their order, as many as one batch holds; never asked with none. */
export type Receive = (rows: readonly InboxRow[]) => Promise<Received>;

/** Deciding holds the event loop at most about this long. */
const SLICE_MS = 25;

/** Makes the handler of stored payloads: what each of them changes is decided after those before it. */
export function createReceive(deps: ReceiveDeps): Receive {
  const routes = createRoutes();
  return async (rows) => {
    const config = deps.config.current();
    const pending = createPending(deps.journal);
    const desk = { ...deps, config, route: routes(config), reader: pending.reader, at: deps.clock.now() };
    const startedAt = deps.clock.monotonicMs();
    let taken = 0;
    for (const row of rows) {
      if (taken > 0 && deps.clock.monotonicMs() - startedAt > SLICE_MS) break;
      const decided = await decideRow(desk, row, taken > 0);
      if (decided === null || (taken > 0 && pending.mustWait(decided.batch))) break;
      pending.add(decided.batch);
      decided.tell();
      taken += 1;
    }
    return { batch: pending.merged(), taken };
  };
}

/** What deciding the payloads of one batch needs. */
interface Desk extends Omit<ReceiveDeps, 'config'> {
  readonly config: Config;
  readonly route: RouteAlert;
  readonly reader: AlertReader;
  /** When the batch happens. */
  readonly at: number;
}

interface DecidedRow {
  readonly batch: Batch;
  /** Logs and counts, once it is clear that the row is taken. */
  readonly tell: () => void;
}

/** null: it failed, and may: it is tried again as the first of its batch, where a failure is its own. */
async function decideRow(desk: Desk, row: InboxRow, mayFail: boolean): Promise<DecidedRow | null> {
  const read = await readPayload(row.body, { withAlerts: true });
  if (read.kind === 'refused') return noPayload(desk, row, read.field);
  try {
    return await receivePayload(desk, row, read.envelope);
  } catch (error) {
    if (!mayFail) throw error;
    return null;
  }
}

function noPayload({ at, logger, metrics }: Desk, row: InboxRow, field: string): DecidedRow {
  const tell = () => {
    logger.warn({ row: row.id, field }, 'stored payload is no alertmanager webhook');
    metrics.rejected('envelope', 1);
  };
  return { batch: { at, actor: 'alertmanager' }, tell };
}

/** Compiles each configuration's routes once. */
function createRoutes(): (config: Config) => RouteAlert {
  let compiled: { config: Config; route: RouteAlert } | null = null;
  return (config) => {
    if (compiled?.config !== config) compiled = { config, route: compileRoutes(config) };
    return compiled.route;
  };
}

async function receivePayload(desk: Desk, row: InboxRow, envelope: Envelope): Promise<DecidedRow> {
  const { config, route, at } = desk;
  const { alerts, rejected } = readAlerts(envelope);
  const isWatchdog = (alert: Alert) => alert.labels.alertname === config.routing.watchdog.alertname;
  const watchdogs = alerts.filter(isWatchdog);
  const delivered = await deliverAlerts({
    journal: desk.reader,
    config,
    route,
    group: envelope,
    alerts: alerts.filter((alert) => !isWatchdog(alert)),
    receivedAt: row.receivedAt,
  });
  const changes = await Promise.all(delivered.drafts.map((draft) => changeOf(desk, draft, envelope, rejected.count)));
  const documents = [...watchdogSeen(watchdogs, row), ...rejectedSeen(rejected, row, envelope)];
  const { occurrences, payloads } = delivered;
  const base: Batch = { at, actor: 'alertmanager', occurrences, payloads, documents };
  const tell = () => {
    for (const { kind, reason } of delivered.decisions) desk.metrics.decided(kind, reason);
    for (const _ of watchdogs) desk.metrics.watchdogSeen();
    tellRejected(desk, rejected, row);
    tellChanges(desk, changes);
  };
  return { batch: mergeParts(base, changes), tell };
}

async function changeOf(desk: Desk, draft: Draft, envelope: Envelope, rejected: number): Promise<Partial<Batch>> {
  const { config, at } = desk;
  const groupFires = envelope.status === 'firing';
  const delivery = deliveryOf(draft, { truncated: envelope.truncatedAlerts, rejected, groupFires });
  const command = { verb: 'deliver', delivery, opening: draft.opening } as const;
  const decision = decideIncident(stateOfDraft(draft, at), command, { now: at, nameOf: (actor) => actor });
  const decided = decision.kind === 'events' ? decision.events : [];
  const events: IncidentEvent[] = [...draft.prior, ...decided];
  if (events.length === 0) return {};
  const { id, before, version } = draft;
  return batchOfChange({ id, before, version, events, at, actor: 'alertmanager' }, config, desk.follow);
}

function tellChanges({ logger }: Desk, changes: ReadonlyArray<Partial<Batch>>): void {
  for (const { kind, id, events } of changes.flatMap((change) => change.aggregates ?? [])) {
    if (kind !== 'incident') continue;
    logger.info({ incident: id, events: events.map((event) => event.type) }, 'alerts change an incident');
  }
}

type Documents = NonNullable<Batch['documents']>;

/** The watchdog opens nothing (CONFIG.md, routes.yml); when it was seen is kept. */
function watchdogSeen(watchdogs: readonly Alert[], row: InboxRow): Documents {
  const last = watchdogs.at(-1);
  if (last === undefined) return [];
  const value = { seenAt: row.receivedAt, status: last.status };
  return [{ collection: WATCHDOG, key: last.fingerprint, value }];
}

function rejectedSeen({ count, named }: RejectedAlerts, row: InboxRow, envelope: Envelope): Documents {
  if (count === 0) return [];
  const value = { at: row.receivedAt, receiver: envelope.receiver, count, named: namesOf(named) };
  return [{ collection: REJECTED_ALERTS, key: String(row.id % REJECTED_KEPT), value }];
}

function tellRejected({ logger, metrics }: Desk, { count, named, byReason }: RejectedAlerts, row: InboxRow): void {
  if (count === 0) return;
  for (const [reason, times] of byReason) metrics.rejected(reason, times);
  logger.warn({ row: row.id, count, named }, 'alerts rejected');
}

function namesOf(rejected: readonly RejectedAlert[]) {
  return rejected.map(({ index, reason }) => ({ index, reason }));
}
