/**
 * The alert that always fires and proves that alerts arrive. In: its deliveries, and the timer that each of them moves.
 * Out: a P0 through the same machine as any alert when it stays away, and its end when it is seen again.
 */

import type { Config, ConfigSource } from '../core/config/config.ts';
import { formatDuration } from '../core/duration.ts';
import type { Logger } from '../core/logger.ts';
import type { Batch, Journal, Timer, TimerChange } from '../journal/port.ts';
import type { FollowIncident } from './change.ts';
import { changeOf, type DraftDesk, type ToldDraft } from './draft-change.ts';
import { mergeParts } from './incident-batch.ts';
import { deliverOwn, type OwnAlert } from './own-alert.ts';
import type { Alert } from './payload.ts';
import type { Settle } from './settle.ts';

/** Collection of documents, by alertname: when the watchdog was seen last. It is armed once there is one. */
export const WATCHDOG = 'watchdog';
const TIMER = { kind: 'watchdog', id: 'watchdog', purpose: 'missing' } as const;
/** What stands for "the watchdog is missing" among the occurrences. */
const MISSING = 'gianna-ops-watchdog-missing';
const GROUP = { alertname: 'WatchdogMissing' } as const;
/** A timer that is later than this rang for a process that was away: it could not have seen the watchdog. */
const AWAY_MS = 30_000;

/** What a delivered watchdog changes. */
export interface Sight {
  readonly part: Partial<Batch>;
  /** Of the incident that says that we are blind, when it is over. */
  readonly drafts: readonly ToldDraft[];
}
export const NO_SIGHT: Sight = { part: {}, drafts: [] };

/** The watchdog was delivered: it is missed from then on, and "we are blind" is over. `seenAt`: when it reached us. */
export async function watchdogSight(
  { reader, config }: Pick<DraftDesk, 'reader' | 'config'>,
  watchdogs: readonly Alert[],
  seenAt: number,
): Promise<Sight> {
  if (watchdogs.length === 0) return NO_SIGHT;
  const { alertname, expectEverySeconds } = config.routing.watchdog;
  const known = seenAtOf(await reader.document(WATCHDOG, alertname));
  const fires = watchdogs.some((alert) => alert.status === 'firing');
  const lastAt = fires ? Math.max(known ?? seenAt, seenAt) : (known ?? seenAt);
  const value = { seenAt: lastAt, status: fires ? 'firing' : 'resolved' };
  const documents = [{ collection: WATCHDOG, key: alertname, value }];
  if (!fires) return { part: { documents }, drafts: [] };
  const timers = [ring(lastAt + expectEverySeconds * 1000)];
  const missing = (await reader.latestOccurrences([MISSING])).get(MISSING);
  if (missing?.status !== 'firing') return { part: { documents, timers }, drafts: [] };
  const end = ownAlert(config, { status: 'resolved', startsAt: missing.startsAt, endsAt: seenAt });
  const { part, drafts } = await deliverOwn(reader, config, end, seenAt);
  return { part: { documents, timers, ...part }, drafts };
}

export interface WatchdogDeps {
  readonly journal: Journal;
  readonly config: ConfigSource;
  readonly logger: Logger;
  readonly follow: FollowIncident;
  readonly settle: Settle;
  /** When this process began to listen: before that it could see nothing. */
  readonly startedAt: number;
}

/** The timer rang: opens the incident when the watchdog has stayed away for its time, else waits on; null: not wanted. */
export function createWatchdogTimer(deps: WatchdogDeps): (timer: Timer, now: number) => Promise<Batch | null> {
  return async (timer, now) => {
    const config = deps.config.current();
    const { alertname, expectEverySeconds, required } = config.routing.watchdog;
    const seenAt = seenAtOf(await deps.journal.document(WATCHDOG, alertname));
    if (seenAt === null && !required) return null;
    const waitMs = expectEverySeconds * 1000;
    const from = now - timer.dueAt > AWAY_MS ? now : Math.max(seenAt ?? 0, deps.startedAt);
    if (from + waitMs > now) return { at: now, actor: 'auto', timers: [ring(from + waitMs)] };
    deps.logger.warn({ seenAt }, 'watchdog is missing');
    const { journal: reader, follow, settle } = deps;
    const alert = ownAlert(config, { status: 'firing', startsAt: now, endsAt: null });
    const { part, drafts } = await deliverOwn(reader, config, alert, now);
    const { change } = await changeOf({ reader, config, at: now, actor: 'auto', follow, settle }, drafts);
    return mergeParts({ at: now, actor: 'auto', ...part }, [change]);
  };
}

/** Where the watchdog is required it is missed from the start: sets its timer when none is; null: nothing to do. */
export async function armWatchdog(journal: Journal, config: Config, now: number): Promise<Batch | null> {
  const { alertname, expectEverySeconds, required } = config.routing.watchdog;
  if (!required || (await journal.document(WATCHDOG, alertname)) !== null) return null;
  if ((await journal.timersOf(TIMER.kind, TIMER.id)).length > 0 || (await isBlind(journal))) return null;
  return { at: now, actor: 'auto', timers: [ring(now + expectEverySeconds * 1000)] };
}

/** Whether the watchdog is missing now: then the absence of alerts proves nothing. */
export async function isBlind(journal: Pick<Journal, 'latestOccurrences'>): Promise<boolean> {
  return (await journal.latestOccurrences([MISSING])).get(MISSING)?.status === 'firing';
}

function ownAlert({ routing }: Config, when: Pick<Alert, 'status' | 'startsAt' | 'endsAt'>): OwnAlert {
  const { alertname, expectEverySeconds } = routing.watchdog;
  const summary = `We are blind: ${alertname} has not been seen for ${formatDuration(expectEverySeconds)}`;
  const description = `Alerts may fire without reaching this desk. Look at Prometheus, at Alertmanager, and at the route that brings ${alertname} here.`;
  const labels = { ...GROUP, watchdog: alertname };
  const alert = { ...when, fingerprint: MISSING, labels, annotations: { summary, description }, generatorUrl: null };
  return { alert, groupLabels: GROUP, severity: 'P0' };
}

function ring(dueAt: number): TimerChange {
  return { op: 'set', ...TIMER, dueAt, data: {} };
}

function seenAtOf(document: { readonly seenAt?: unknown } | null): number | null {
  return typeof document?.seenAt === 'number' ? document.seenAt : null;
}
