import { transient } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { JournalMetrics } from '../metrics.ts';
import { distrustsHandle, explain, isBusy, losesTransaction, storeBusy } from './faults.ts';
import type { Handle } from './handle.ts';
import { pause } from './pause.ts';
import type { Store } from './store.ts';
import { addTally, emptyTally, type Tally } from './tally.ts';

/** A caller whose lock wait reaches this is told STORE_BUSY; intake promises its 503 within 2 s. */
const WAIT_FOR_LOCK_MS = 1_500;
const RETRY_PAUSE_MS = 25;
/** One transaction holds the event loop at most about this long; the rest goes into the next one. */
const SLICE_MS = 20;

type Work<T> = (store: Store, tally: Tally) => T;
type Settle = () => void;
interface Job {
  /** Runs inside the transaction; returns what to do after the commit. Throws when the transaction is lost. */
  run(store: Store, whole: Tally): Settle;
  reject(error: unknown): void;
  readonly giveUpAt: number;
}

/** Group commit: everything that waits at the same moment shares one transaction and one sync. */
export interface Writer {
  /**
   * Runs `work` in the next transaction and resolves after its commit. What throws is undone alone; `keep` says of
   * a result whether its changes stay.
   */
  write<T>(work: Work<T>, keep?: (result: T) => boolean): Promise<T>;
  /** The same for work of at most one changing statement, which SQLite undoes by itself: the hot path of intake. */
  writeOne<T>(work: Work<T>): Promise<T>;
  /** Commits what waits; later writes are rejected. */
  finish(): Promise<void>;
}

export interface WriterDeps {
  handle: Handle;
  logger: Logger;
  metrics: JournalMetrics | null;
  /** Called after each commit, before the writers' promises resolve. */
  committed(tally: Tally): void;
}

/** The writing half of one handle. */
export function createWriter(deps: WriterDeps): Writer {
  let queue: Job[] = [];
  let running: Promise<void> | null = null;
  let isFinished = false;

  async function drainQueue(): Promise<void> {
    while (queue.length > 0) {
      await nextTurn();
      const jobs = queue;
      queue = [];
      const left = commitGroup(deps, jobs);
      queue = [...left.jobs, ...queue];
      if (left.isBusy) await waitForLock();
    }
    running = null;
  }
  async function waitForLock(): Promise<void> {
    const now = performance.now();
    const expired = queue.filter((job) => job.giveUpAt <= now);
    if (expired.length > 0) deps.metrics?.lost.inc();
    for (const job of expired) job.reject(storeBusy());
    queue = queue.filter((job) => job.giveUpAt > now);
    if (queue.length > 0) await pause(RETRY_PAUSE_MS);
  }

  function enqueue<T>(run: (store: Store, whole: Tally) => Outcome<T>): Promise<T> {
    if (isFinished) return Promise.reject(storeClosed());
    return new Promise<T>((resolve, reject) => {
      queue.push({
        reject,
        giveUpAt: performance.now() + WAIT_FOR_LOCK_MS,
        run: (store, whole) => {
          const outcome = run(store, whole);
          return () => ('error' in outcome ? reject(explain(outcome.error)) : resolve(outcome.result));
        },
      });
      running ??= drainQueue();
    });
  }

  return {
    write: <T>(work: Work<T>, keep: (result: T) => boolean = () => true) =>
      enqueue((store, whole) => runSaved(work, keep, store, whole)),
    writeOne: <T>(work: Work<T>) => enqueue((store, whole) => attempt(work, store, whole)),
    finish: async () => {
      isFinished = true;
      await running;
    },
  };
}

/** Commits as many jobs as one slice takes; `jobs` is what is left, all of it when somebody holds the lock. */
function commitGroup(deps: WriterDeps, jobs: Job[]): { jobs: Job[]; isBusy: boolean } {
  const startedAt = performance.now();
  const tally = emptyTally();
  const settled: Settle[] = [];
  let store: Store | null = null;
  let taken = 0;
  try {
    store = deps.handle.store();
    store.transaction.begin();
    for (const job of jobs) {
      taken += 1;
      settled.push(job.run(store, tally));
      if (performance.now() - startedAt > SLICE_MS) break;
    }
    store.transaction.commit();
  } catch (error) {
    if (store !== null) rollBack(store, deps.logger);
    if (isBusy(error)) return { jobs, isBusy: true };
    if (distrustsHandle(error)) deps.handle.distrust(error);
    deps.metrics?.lost.inc();
    for (const job of jobs) job.reject(explain(error));
    return { jobs: [], isBusy: false };
  }
  deps.metrics?.commitSeconds.observe((performance.now() - startedAt) / 1000);
  deps.metrics?.conflicts.inc(tally.conflicts);
  deps.metrics?.appended.inc(tally.events.length);
  deps.committed(tally);
  for (const settle of settled) settle();
  return { jobs: jobs.slice(taken), isBusy: false };
}

type Outcome<T> = { readonly result: T } | { readonly error: unknown };

/** Behind a savepoint: what throws or is not kept is undone alone. */
function runSaved<T>(work: Work<T>, keep: (result: T) => boolean, store: Store, whole: Tally): Outcome<T> {
  const part = emptyTally();
  store.transaction.save();
  const outcome = attempt(work, store, part);
  const isKept = 'result' in outcome && keep(outcome.result);
  if (isKept) addTally(whole, part);
  else undo(store);
  if ('result' in outcome && !isKept) whole.conflicts += 1;
  store.transaction.release();
  return outcome;
}

/** Throws on only when the whole transaction is lost. */
function attempt<T>(work: Work<T>, store: Store, tally: Tally): Outcome<T> {
  try {
    return { result: work(store, tally) };
  } catch (error) {
    if (losesTransaction(error) || !store.db.inTransaction) throw error;
    return { error };
  }
}

function undo(store: Store): void {
  store.transaction.undo();
  store.rolledBack();
}

function rollBack(store: Store, logger: Logger): void {
  store.rolledBack();
  try {
    if (store.db.inTransaction) store.db.exec('ROLLBACK');
  } catch (error) {
    logger.warn({ err: error }, 'rollback failed');
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function storeClosed(): Error {
  return transient('STORE_CLOSED', 'The database is closed; nothing was stored.', 'Start gianna-ops again.');
}
