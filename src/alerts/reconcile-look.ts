import { setImmediate as breathe } from 'node:timers/promises';
import type { Config } from '../core/config/config.ts';
import type { Journal, NewInboxRow, Occurrence } from '../journal/port.ts';
import type { ActiveAlert, AlertmanagerStatus } from './alertmanager.ts';
import { askGroups, askStatus, type Held } from './cluster.ts';
import type { IncidentState } from './incident-state.ts';
import { isOurs, ourReceivers } from './our-receivers.ts';
import { RECEIVERS } from './receivers.ts';
import { type Absences, type Compared, compare, hasEnded, type Look } from './reconcile-compare.ts';
import { foundRows, goneRows } from './reconcile-rows.ts';
import { isBlind, WATCHDOG } from './watchdog.ts';

/** What one look at Alertmanager remembers for the next. */
export interface Memory {
  readonly absences: Absences;
  readonly held: ReadonlyMap<string, ActiveAlert>;
  readonly at: number;
}

export interface LookedAt {
  /** To be stored in the inbox, in this order. */
  readonly rows: readonly NewInboxRow[];
  readonly found: number;
  readonly missed: number;
  /** Open occurrences that Alertmanager did not hold and that have not ended by this look. */
  readonly undecided: number;
  readonly ripeInMs: number | null;
  readonly memory: Memory;
  /** It cannot be known which of Alertmanager's receivers lead to us. */
  readonly isForeign: boolean;
}

export interface LookOptions {
  readonly journal: Journal;
  readonly config: Config;
  readonly held: Held;
  readonly askedAt: number;
  readonly youngMs: number;
  readonly memory: Memory | null;
  readonly nextKey: () => string;
}

const AT_ONCE = 250;

/** Compares what Alertmanager holds with what is open here. Reads the journal and asks for groups; writes nothing. */
export async function lookAt(options: LookOptions): Promise<LookedAt> {
  const { journal, config, held, askedAt, memory, nextKey } = options;
  const { alertname } = config.routing.watchdog;
  const alerts = new Map([...held.alerts].filter(([, alert]) => alert.labels.alertname !== alertname));
  const hasWatchdog = alerts.size < held.alerts.size;
  const { open, short } = await openOccurrences(journal);
  const statuses = await askStatus(held);
  const delivered = (await journal.documents(RECEIVERS)).map(({ key }) => key);
  const ours = ourReceivers(delivered, statuses);
  const look: Look = {
    askedAt,
    held: alerts,
    isOurs: ours === null ? null : (alert) => isOurs(alert, ours),
    known: await latestOf(journal, [...alerts.keys()]),
    open,
    youngMs: options.youngMs,
    before: memory?.absences ?? new Map(),
  };
  const compared = compare(look, memory === null ? null : { at: memory.at, has: (one) => memory.held.has(one) });
  const mayEnd = await provesAbsence(journal, alertname, hasWatchdog);
  const missed = mayEnd ? endedOnes(compared, statuses, askedAt) : [];
  const raised = [...compared.found, ...witnesses(short, alerts)];
  const groups = raised.length === 0 ? [] : await askGroups(held);
  const row = { askedAt, nextKey };
  return {
    rows: [...foundRows(raised, groups, ours ?? new Set(), row), ...goneRows(missed, row)],
    found: compared.found.length,
    missed: missed.length,
    undecided: compared.notHeld - missed.length,
    ripeInMs: compared.ripeInMs,
    memory: { absences: mayEnd ? compared.absences : new Map(), held: alerts, at: askedAt },
    isForeign: ours === null && alerts.size > 0,
  };
}

function endedOnes(compared: Compared, statuses: ReadonlyArray<AlertmanagerStatus | null>, now: number) {
  const startedAt = statuses.map((status) => status?.startedAt ?? null);
  return compared.missed.filter((missed) => hasEnded(missed, startedAt, now));
}

/** An Alertmanager that holds no watchdog although there is one is not fed: what it does not hold may fire all the same. */
async function provesAbsence(journal: Journal, watchdog: string, hasWatchdog: boolean): Promise<boolean> {
  if (await isBlind(journal)) return false;
  return hasWatchdog || (await journal.document(WATCHDOG, watchdog)) === null;
}

/** Open occurrences that Alertmanager told of, and by incident those of incidents of which it did not show us all. */
async function openOccurrences(journal: Journal): Promise<{ open: Occurrence[]; short: Occurrence[][] }> {
  const open: Occurrence[] = [];
  const short: Occurrence[][] = [];
  for (const { id, state } of await journal.aggregates<IncidentState>('incident', { open: true })) {
    if (state.firing === 0) continue;
    const all = await journal.occurrencesOf(id);
    const firing = all.filter(({ status, source }) => status === 'firing' && source === undefined);
    open.push(...firing);
    if ((state.truncated ?? 0) > 0) short.push(firing);
    await breathe();
  }
  return { open, short };
}

/** One alert of each incident that was told of in part: told again in full, nothing of it is missing any more. */
function witnesses(short: readonly Occurrence[][], held: ReadonlyMap<string, ActiveAlert>): ActiveAlert[] {
  return short.flatMap((firing) => {
    const shown = firing.find(({ fingerprint }) => held.has(fingerprint));
    const alert = shown === undefined ? undefined : held.get(shown.fingerprint);
    return alert === undefined ? [] : [alert];
  });
}

async function latestOf(journal: Journal, fingerprints: readonly string[]): Promise<Map<string, Occurrence>> {
  const known = new Map<string, Occurrence>();
  for (let from = 0; from < fingerprints.length; from += AT_ONCE) {
    if (from > 0) await breathe();
    const portion = await journal.latestOccurrences(fingerprints.slice(from, from + AT_ONCE));
    for (const [fingerprint, occurrence] of portion) known.set(fingerprint, occurrence);
  }
  return known;
}
