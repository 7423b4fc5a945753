/**
 * Keeps what is open here in step with Alertmanager. In: its API, asked at the start, every minute, and at once when a
 * delivery leaves a doubt. Out: inbox rows, decided like deliveries. Nothing is ever ended because one payload does not
 * name it, and nothing while Alertmanager does not answer.
 */
import type { Clock } from '../core/clock.ts';
import type { ConfigSource } from '../core/config/config.ts';
import { OpsError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Registry } from '../core/metrics.ts';
import type { Journal } from '../journal/port.ts';
import { createAlertmanager } from './alertmanager.ts';
import { askAlerts, type Connect } from './cluster.ts';
import { CONFIRM_MS } from './reconcile-compare.ts';
import { lookAt, type Memory } from './reconcile-look.ts';
import { createReconcileMetrics } from './reconcile-metrics.ts';

export interface ReconcilerDeps {
  readonly journal: Journal;
  readonly config: ConfigSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Registry;
  /** Fresh keys of inbox rows. */
  readonly nextKey: () => string;
  /** Resolves once an inbox row is decided. */
  readonly decided: (row: number) => Promise<unknown>;
  readonly connect?: Connect;
}

export interface Reconciler {
  /** The first look: resolves when what it found is decided, at the latest after two seconds; then goes on by itself. */
  start(): Promise<void>;
  /** Asks soon: a delivery left something open that Alertmanager can say. */
  wake(): void;
  stop(): Promise<void>;
  /** Resolves when no look is under way. */
  idle(): Promise<void>;
  /** Whether Alertmanager answered the last time; `off` without `alertmanager:` or before the first answer. */
  state(): 'up' | 'down' | 'off';
  /** Whether the last look left nothing to be decided by the next one. */
  isSettled(): boolean;
}

const EVERY_MS = 60_000;
/** After the start it looks more often, so that what ended meanwhile is told soon. */
const EARLY_MS = 60_000;
const START_WITHIN_MS = 2_000;
/** group_wait of Alertmanager's own defaults. */
const YOUNG_MS = 30_000;
const REST_MS = 5_000;
/** At most this share of the time goes into looking. */
const SHARE = 0.05;

/** Makes the reconciler; it does nothing before `start`. */
export function createReconciler(deps: ReconcilerDeps): Reconciler {
  const { journal, config, clock, logger, nextKey } = deps;
  const connect = deps.connect ?? createAlertmanager;
  const metrics = createReconcileMetrics(deps.metrics);
  const begunAt = clock.monotonicMs();
  let state: 'up' | 'down' | 'off' = 'off';
  let memory: Memory | null = null;
  let isUrgent = true;
  let undecided = 0;
  let isForeign = false;
  let restUntil = 0;
  let looking: Promise<unknown> | null = null;
  let cancel: () => void = () => undefined;
  let isStopped = false;

  /** Resolves with the rows that were stored, and when to look again. */
  async function look(youngMs: number): Promise<{ ids: number[]; againInMs: number }> {
    const current = config.current();
    const upstream = current.routing.alertmanager;
    if (upstream === null) {
      memory = null;
      state = 'off';
      metrics.failing(false);
      return { ids: [], againInMs: EVERY_MS };
    }
    const askedAt = clock.now();
    const { held, failure } = await askAlerts(upstream, connect);
    tellState(held === null ? 'down' : 'up', failure);
    metrics.asked(held === null ? 'none' : held.answered.length < held.asked ? 'some' : 'all');
    if (held === null) return { ids: [], againInMs: EVERY_MS };
    const looked = await lookAt({ journal, config: current, held, askedAt, youngMs, memory, nextKey });
    memory = looked.memory;
    undecided = looked.undecided;
    tellForeign(looked.isForeign);
    const ids: number[] = [];
    for (const row of looked.rows) ids.push((await journal.put(row)).id);
    metrics.found(looked.found);
    metrics.gone(looked.missed);
    const { found, missed } = looked;
    if (found + missed > 0) logger.info({ found, missed }, 'alertmanager knows otherwise');
    return { ids, againInMs: Math.min(EVERY_MS, looked.ripeInMs ?? EVERY_MS) };
  }

  async function turn(): Promise<number[]> {
    const begun = clock.monotonicMs();
    const youngMs = isUrgent ? 0 : YOUNG_MS;
    isUrgent = false;
    let againInMs = EVERY_MS;
    try {
      const looked = await look(youngMs);
      againInMs = looked.againInMs;
      return looked.ids;
    } catch (error) {
      logger.error({ err: error }, 'reconcile failed');
      return [];
    } finally {
      looking = null;
      const now = clock.monotonicMs();
      restUntil = now + Math.max(REST_MS, (now - begun) / SHARE);
      const isEarly = now - begunAt < EARLY_MS;
      schedule(Math.max(restUntil - now, isUrgent ? 0 : Math.min(againInMs, isEarly ? CONFIRM_MS : EVERY_MS)));
    }
  }

  function go(): Promise<number[]> {
    const mine = turn();
    looking = mine;
    return mine;
  }

  function schedule(inMs: number): void {
    cancel();
    if (!isStopped) cancel = clock.after(inMs, () => void go());
  }

  function tellState(now: 'up' | 'down', failure: unknown): void {
    metrics.failing(now === 'down');
    if (now === state) return;
    state = now;
    const why = failure instanceof OpsError ? failure.message : undefined;
    if (now === 'down') logger.warn({ why }, 'alertmanager does not answer; nothing is ended by its silence');
    else logger.info('alertmanager answers');
  }

  function tellForeign(now: boolean): void {
    if (now && !isForeign)
      logger.warn('which receivers of alertmanager lead here is not known before the first delivery');
    isForeign = now;
  }

  return {
    start: async () => {
      const decided = go().then((ids) => Promise.all(ids.map(deps.decided)));
      await within(clock, START_WITHIN_MS, decided);
    },
    wake: () => {
      isUrgent = true;
      if (looking === null) schedule(Math.max(0, restUntil - clock.monotonicMs()));
    },
    stop: async () => {
      isStopped = true;
      cancel();
      await looking;
    },
    idle: async () => {
      while (looking !== null) await looking;
    },
    state: () => state,
    isSettled: () => looking === null && undecided === 0,
  };
}

/** Waits for `work`, but no longer. */
function within(clock: Clock, ms: number, work: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(ms, resolve);
    void work
      .then(
        () => undefined,
        () => undefined,
      )
      .then(() => {
        cancel();
        resolve();
      });
  });
}
