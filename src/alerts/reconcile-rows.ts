import type { Batch, InboxRow, NewInboxRow, Occurrence } from '../journal/port.ts';
import type { ActiveAlert, HeldGroup } from './alertmanager.ts';
import { deliverAlerts } from './deliver.ts';
import { changeOf, type DraftDesk } from './draft-change.ts';
import { mergeParts } from './incident-batch.ts';
import type { Alert } from './payload.ts';
import type { AlertReader } from './pending.ts';
import type { Missed } from './reconcile-compare.ts';
import { FOUND, GONE } from './sources.ts';

/** Open occurrences that Alertmanager no longer has, as an inbox row holds them. */
interface GoneRow {
  readonly v: 1;
  readonly gone: ReadonlyArray<{
    readonly incident: string;
    readonly fingerprint: string;
    readonly startsAt: number;
    readonly endsAt: number;
    /** Since when it was absent: something heard of it later stands. */
    readonly since: number;
  }>;
}

const MOST_A_ROW = 200;

/** What Alertmanager holds, as it would have delivered it: a payload a group, so that later deliveries land where it lands. */
export function foundRows(
  found: readonly ActiveAlert[],
  groups: readonly HeldGroup[],
  ours: ReadonlySet<string>,
  row: { readonly askedAt: number; readonly nextKey: () => string },
): NewInboxRow[] {
  const groupOf = groupIndex(groups, ours);
  const byGroup = new Map<string, { group: HeldGroup; alerts: ActiveAlert[] }>();
  for (const alert of found) {
    const group = groupOf.get(alert.fingerprint) ?? guessedGroup(alert, ours);
    const key = JSON.stringify([group.receiver, group.labels]);
    const entry = byGroup.get(key) ?? { group, alerts: [] };
    entry.alerts.push(alert);
    byGroup.set(key, entry);
  }
  return [...byGroup.values()].flatMap(({ group, alerts }) =>
    portions(alerts).map((portion) => newRow(FOUND, payloadOf(group, portion), row)),
  );
}

/** What Alertmanager no longer has. It ended at some time since it was last known to fire. */
export function goneRows(
  missed: readonly Missed[],
  row: { readonly askedAt: number; readonly nextKey: () => string },
): NewInboxRow[] {
  const gone = missed.map(({ occurrence, heldAt, since }) => {
    const { incident, fingerprint, startsAt, lastSeen } = occurrence;
    return { incident, fingerprint, startsAt, since, endsAt: Math.max(startsAt, lastSeen, heldAt ?? 0) };
  });
  return portions(gone).map((portion) => newRow(GONE, { v: 1, gone: portion } satisfies GoneRow, row));
}

/** Ends what a row of source `reconcile-gone` names, but for what was heard of meanwhile. */
export async function endGone(
  desk: Omit<DraftDesk, 'actor'>,
  row: InboxRow,
): Promise<{ readonly batch: Batch | null; readonly ended: number }> {
  const { gone } = JSON.parse(Buffer.from(row.body).toString('utf8')) as GoneRow;
  const latest = await desk.reader.latestOccurrences(gone.map(({ fingerprint }) => fingerprint));
  const alerts = gone.filter((one) => isStillMissed(latest.get(one.fingerprint), one)).map(endOf);
  if (alerts.length === 0) return { batch: null, ended: 0 };
  const { config, at, reader: journal } = desk;
  const { drafts, occurrences, payloads } = await deliverAlerts({
    journal,
    config,
    group: NO_GROUP,
    alerts,
    receivedAt: row.receivedAt,
    route: () => {
      throw new Error('an end is not routed');
    },
  });
  const actor = 'alertmanager';
  const beside = { rejected: 0, groupFires: false, because: 'gone' } as const;
  const told = drafts.map((draft) => ({ draft, told: { ...beside, truncated: draft.before?.truncated ?? 0 } }));
  const { change } = await changeOf({ ...desk, actor }, told);
  return { batch: mergeParts({ at, actor, occurrences, payloads }, [change]), ended: alerts.length };
}

/** The same row for a journal whose incidents have other ids: each alert under the incident that holds it there. */
export async function rehomeGone(row: InboxRow, journal: Pick<AlertReader, 'latestOccurrences'>): Promise<InboxRow> {
  const { v, gone } = JSON.parse(Buffer.from(row.body).toString('utf8')) as GoneRow;
  const latest = await journal.latestOccurrences(gone.map(({ fingerprint }) => fingerprint));
  const rehomed = gone.map((one) => ({ ...one, incident: latest.get(one.fingerprint)?.incident ?? one.incident }));
  return { ...row, body: Buffer.from(JSON.stringify({ v, gone: rehomed } satisfies GoneRow)) };
}

const NO_GROUP = { receiver: '', groupLabels: {} } as const;

type Gone = GoneRow['gone'][number];

function isStillMissed(known: Occurrence | undefined, { incident, startsAt, since }: Gone): boolean {
  if (known?.status !== 'firing' || known.incident !== incident) return false;
  return known.startsAt === startsAt && known.lastSeen < since && known.source === undefined;
}

function endOf({ fingerprint, startsAt, endsAt }: Gone): Alert {
  return { status: 'resolved', fingerprint, startsAt, endsAt, labels: {}, annotations: {}, generatorUrl: null };
}

function groupIndex(groups: readonly HeldGroup[], ours: ReadonlySet<string>): ReadonlyMap<string, HeldGroup> {
  const index = new Map<string, HeldGroup>();
  for (const group of groups) {
    if (!ours.has(group.receiver)) continue;
    for (const fingerprint of group.fingerprints) if (!index.has(fingerprint)) index.set(fingerprint, group);
  }
  return index;
}

/** An Alertmanager that does not tell its groups: by the alertname, as most group. */
function guessedGroup({ labels, receivers }: ActiveAlert, ours: ReadonlySet<string>): HeldGroup {
  const receiver = receivers.find((name) => ours.has(name)) ?? [...ours][0] ?? '';
  return { receiver, labels: { alertname: labels.alertname ?? '' }, fingerprints: [] };
}

function payloadOf({ receiver, labels }: HeldGroup, alerts: readonly ActiveAlert[]): object {
  return {
    version: '4',
    groupKey: '',
    truncatedAlerts: 0,
    status: 'firing',
    receiver: quoted(receiver),
    groupLabels: labels,
    commonLabels: {},
    commonAnnotations: {},
    externalURL: '',
    alerts: alerts.map(payloadAlert),
  };
}

function payloadAlert(alert: ActiveAlert): object {
  return {
    status: 'firing',
    labels: alert.labels,
    annotations: alert.annotations,
    startsAt: new Date(alert.startsAt).toISOString(),
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: alert.generatorUrl ?? '',
    fingerprint: alert.fingerprint,
  };
}

/** As Alertmanager writes it into a payload (Go's regexp.QuoteMeta), where the reader undoes it. */
function quoted(receiver: string): string {
  return receiver.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');
}

function portions<T>(items: readonly T[]): T[][] {
  const all: T[][] = [];
  for (let from = 0; from < items.length; from += MOST_A_ROW) all.push(items.slice(from, from + MOST_A_ROW));
  return all;
}

function newRow(
  source: string,
  body: object,
  { askedAt, nextKey }: { readonly askedAt: number; readonly nextKey: () => string },
): NewInboxRow {
  const bytes = Buffer.from(JSON.stringify(body));
  return { lane: 'machines', source, key: nextKey(), receivedAt: askedAt, body: bytes };
}
