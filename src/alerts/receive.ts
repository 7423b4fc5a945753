import type { Clock } from '../core/clock.ts';
import type { Config, ConfigSource } from '../core/config/config.ts';
import type { Logger } from '../core/logger.ts';
import type { Batch, InboxRow, Journal } from '../journal/port.ts';
import type { FollowIncident } from './change.ts';
import { deliverAlerts } from './deliver.ts';
import { type Draft, type Told, unseenOf } from './draft.ts';
import { changeOf } from './draft-change.ts';
import { mergeParts } from './incident-batch.ts';
import type { IncidentSet } from './incident-set.ts';
import type { AlertMetrics } from './metrics.ts';
import type { AlertDecision } from './occurrences.ts';
import { type Alert, type Envelope, type RejectedAlert, type RejectedAlerts, readAlerts } from './payload.ts';
import { type AlertReader, createPending } from './pending.ts';
import { createReceivers, type NoteReceiver } from './receivers.ts';
import { compileRoutes, type RouteAlert } from './routing.ts';
import type { Settle } from './settle.ts';
import { ALERTMANAGER, FOUND } from './sources.ts';
import { NO_SIGHT, watchdogSight } from './watchdog.ts';
import { actorOf, readRow, routeFor } from './webhooks/read-row.ts';

export interface ReceiveDeps {
  readonly journal: Journal;
  readonly config: ConfigSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: AlertMetrics;
  readonly follow: FollowIncident;
  readonly settle: Settle;
  /** Told when a payload leaves something open that Alertmanager, asked, can say: alerts left out, an old start again. */
  readonly doubt?: () => void;
}

/** Document collections of what opens no incident. */
const REJECTED_ALERTS = 'rejected-alerts';
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
  const noteReceiver = createReceivers();
  return async (rows) => {
    const config = deps.config.current();
    const pending = createPending(deps.journal);
    const { reader } = pending;
    const common = { ...deps, config, route: routes(config), reader, noteReceiver };
    const desk: Desk = { ...common, at: deps.clock.now() };
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
  readonly noteReceiver: NoteReceiver;
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
  const read = await readRow(row, desk.reader);
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
    logger.warn({ row: row.id, source: row.source, field }, 'stored payload is not what its source sends');
    metrics.rejected('envelope', 1);
  };
  return { batch: { at, actor: actorOf(row.source) }, tell };
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
  const { config, at } = desk;
  const route = routeFor(row.source, desk.route);
  const actor = actorOf(row.source);
  const { rejected, ...read } = readAlerts(envelope);
  const isAsked = row.source === FOUND;
  const alerts = isAsked ? read.alerts.map((alert) => ({ ...alert, activeAt: row.receivedAt })) : read.alerts;
  const isWatchdog = (alert: Alert) =>
    actor === 'alertmanager' && alert.labels.alertname === config.routing.watchdog.alertname;
  const watchdogs = alerts.filter(isWatchdog);
  const delivered = await deliverAlerts({
    journal: desk.reader,
    config,
    route,
    group: envelope,
    alerts: alerts.filter((alert) => !isWatchdog(alert)),
    receivedAt: row.receivedAt,
    ...(isAsked || row.source === ALERTMANAGER ? {} : { source: row.source }),
  });
  const told = (draft: Draft): Told => ({
    truncated: truncatedFor(config, draft, envelope),
    rejected: rejected.count,
    groupFires: envelope.status === 'firing',
    ...(isAsked ? { because: 'asked' } : {}),
  });
  const sight = isAsked ? NO_SIGHT : await watchdogSight(desk, watchdogs, row.receivedAt);
  const drafts = delivered.drafts.map((draft) => ({ draft, told: told(draft) }));
  const { set, change } = await changeOf({ ...desk, actor }, [...drafts, ...sight.drafts]);
  const receivers = row.source === ALERTMANAGER ? await desk.noteReceiver(desk.reader, envelope.receiver) : [];
  const documents = [...receivers, ...rejectedSeen(rejected, row, envelope)];
  const { occurrences, payloads } = delivered;
  const base: Batch = { at, actor, occurrences, payloads, documents };
  const tell = () => {
    for (const { kind, reason } of delivered.decisions) desk.metrics.decided(kind, reason);
    for (const _ of watchdogs) desk.metrics.watchdogSeen();
    tellRejected(desk, rejected, row);
    tellChanges(desk, set);
    if (row.source === ALERTMANAGER && isDoubtful(config, envelope, delivered.decisions)) desk.doubt?.();
  };
  return { batch: mergeParts(base, [sight.part, change]), tell };
}

/** Alerts that were left out are asked for; those that asking brought are no longer missing. */
function truncatedFor(config: Config, draft: Draft, { truncatedAlerts }: Envelope): number {
  return config.routing.alertmanager === null ? truncatedAlerts : unseenOf(draft, truncatedAlerts);
}

function isDoubtful(config: Config, envelope: Envelope, decisions: readonly AlertDecision[]): boolean {
  if (config.routing.alertmanager === null) return false;
  return envelope.truncatedAlerts > 0 || decisions.some(({ reason }) => reason === 'before-end');
}

function tellChanges({ logger }: Desk, set: IncidentSet): void {
  for (const { id, events } of set.changed()) {
    logger.info({ incident: id, events: events.map((event) => event.type) }, 'alerts change an incident');
  }
}

type Documents = NonNullable<Batch['documents']>;

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
