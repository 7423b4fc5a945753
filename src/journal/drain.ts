import type { Clock } from '../core/clock.ts';
import type { Outcome } from '../core/command.ts';
import { OpsError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { createBackOff, isTransient } from './back-off.ts';
import { decideUntilAppended } from './decide.ts';
import type { JournalMetrics } from './metrics.ts';
import { createOutcomes } from './outcomes.ts';
import type { Batch, InboxRow, Journal } from './port.ts';
import { createPressure, LOOK_EVERY_MS } from './pressure.ts';
import { createWorker } from './worker.ts';

/** What a handler makes of a row: the batch to append (null: nothing to change) and what the asker is told. */
export interface Decision {
  readonly batch: Batch | null;
  readonly outcome?: Outcome;
}

/**
 * Decides one row on the state as it is now; asked again after a conflict. A thrown refusal is the asker's outcome
 * (people) and a failure (machines); a transient error is tried again; anything else counts as a bug.
 */
export type RowHandler = (row: InboxRow) => Promise<Decision>;

/**
 * Decides rows of one source that wait behind each other, in their order, as one batch: the first `taken` of them, at
 * least one. Only the first row may fail; the rows are asked about again after a conflict.
 */
export type GroupHandler = (
  rows: readonly InboxRow[],
) => Promise<{ readonly batch: Batch | null; readonly taken: number }>;

export interface Drain {
  start(): void;
  /** Finishes the row in hand; who still waits for an outcome is told that the row is kept. */
  stop(): Promise<void>;
  /** Resolves when no row waits and none is in hand. */
  idle(): Promise<void>;
  /** What the row came to; resolves when it is decided. A parked row is a refusal that names the row. */
  outcomeOf(id: number): Promise<Outcome>;
}

export interface DrainDeps {
  journal: Journal;
  clock: Clock;
  logger: Logger;
  /** By the row's source. */
  handlers: Readonly<Record<string, RowHandler>>;
  /** The same for sources whose rows may share a batch. */
  groups?: Readonly<Record<string, GroupHandler>>;
  metrics: JournalMetrics;
}

/** Rows that wait for their back-off are looked past, up to this many: each look reads their bodies. */
const MOST_LOOKED_PAST = 8;
/** Rows that may share a batch: a person's row, which goes first, waits for one batch at most. */
const MOST_TOGETHER = 256;
/** No more are read than may well be taken: twice as many as the last time, at least so many. */
const LEAST_TOGETHER = 16;
const MOST_BYTES_TOGETHER = 2 * 1024 * 1024;
const STORE_BACK_OFF = 'store';

const DONE: Outcome = { kind: 'done', text: 'Done.' };
const TAKEN: Outcome = { kind: 'done', text: 'Already taken.' };
const KEPT: Outcome = { kind: 'done', text: 'Taken; it is carried out when the bot is back.' };

/** Takes waiting rows, people first, then what is urgent, and appends what their handlers decide. Woken by the journal. */
export function createDrain(deps: DrainDeps): Drain {
  const { journal, clock, logger, metrics } = deps;
  const backOff = createBackOff(clock);
  const outcomes = createOutcomes();
  const pressure = createPressure(clock);
  let inHand: ReadonlySet<number> = new Set();
  let restUntil = Number.NEGATIVE_INFINITY;
  let together = LEAST_TOGETHER;
  /** A row came that does not wait for the end of a rest. */
  let isCalled = false;
  let idlers: Array<() => void> = [];
  const worker = createWorker(clock, round);
  const stopListening = journal.onChange((change) => {
    isCalled ||= change.called;
    if (change.inbox && (isCalled || clock.monotonicMs() >= restUntil)) worker.wake();
  });

  async function round(): Promise<number | null> {
    try {
      const leftMs = restUntil - clock.monotonicMs();
      const isResting = leftMs > 0 && pressure.isFlood(journal.waitingCount());
      if (isResting && !isCalled) return Math.min(leftMs, LOOK_EVERY_MS);
      // one that failed and is tried again calls without a word
      isCalled = backOff.held() > 0;
      const rows = isResting ? await callersOf(nextRows()) : await nextRows();
      const [row] = rows;
      if (row === undefined) return isResting ? Math.min(leftMs, LOOK_EVERY_MS) : sleepTime();
      const begun = clock.monotonicMs();
      const group = deps.groups?.[row.source];
      const count = group === undefined ? await take(row) : await takeTogether(group, rows, row);
      backOff.succeeded(STORE_BACK_OFF);
      if (isResting || row.lane === 'people') {
        isCalled = true;
        return 0;
      }
      const now = clock.monotonicMs();
      const bytes = rows.slice(0, count).reduce((sum, each) => sum + each.body.byteLength, 0);
      const restMs = pressure.restAfter({ rows: count, bytes, spentMs: now - begun }, journal.waitingCount());
      restUntil = now + restMs;
      return Math.min(restMs, LOOK_EVERY_MS);
    } catch (error) {
      isCalled = true;
      if (!isTransient(error)) logger.error({ err: error }, 'inbox could not be handled');
      return Math.max(0, backOff.failed(STORE_BACK_OFF) - clock.monotonicMs());
    }
  }

  /** The next row, and those of the same source right behind it. */
  async function nextRows(): Promise<InboxRow[]> {
    if (journal.waitingCount() === 0) return [];
    const lookedPast = Math.min(MOST_LOOKED_PAST, backOff.held() + 1);
    const limit = deps.groups === undefined ? lookedPast : lookedPast + together;
    const waiting = await journal.waiting(limit, MOST_BYTES_TOGETHER);
    const rows = waiting.filter((row) => backOff.mayTry(String(row.id)));
    const end = rows.findIndex((row) => row.source !== rows[0]?.source);
    return end === -1 ? rows : rows.slice(0, end);
  }

  /** One batch for several rows; what goes wrong is the first row's own, which is then taken alone. */
  async function takeTogether(group: GroupHandler, rows: readonly InboxRow[], first: InboxRow): Promise<number> {
    inHand = new Set(rows.map((row) => row.id));
    try {
      const taken = await decideTogether(group, rows);
      for (const row of taken) decided(row, DONE);
      together = Math.min(MOST_TOGETHER, Math.max(LEAST_TOGETHER, 2 * taken.length));
      return taken.length;
    } catch (error) {
      if (isTransient(error)) throw error;
      return take(first, async (row) => group([row]));
    } finally {
      inHand = new Set();
    }
  }

  async function decideTogether(group: GroupHandler, rows: readonly InboxRow[]): Promise<readonly InboxRow[]> {
    let taken: readonly InboxRow[] = [];
    await decideUntilAppended(journal, async () => {
      const decision = await group(rows);
      taken = rows.slice(0, decision.taken);
      const batch = decision.batch ?? { at: clock.now(), actor: 'auto' };
      return { ...batch, done: [...(batch.done ?? []), ...taken.map((row) => row.id)] };
    });
    return taken;
  }

  function decided(row: InboxRow, outcome: Outcome): void {
    backOff.succeeded(String(row.id));
    metrics.handled.inc({ source: row.source, result: outcome.kind });
    outcomes.decided(row.id, outcome);
  }

  function sleepTime(): number | null {
    if (journal.waitingCount() === 0) {
      for (const resolve of idlers) resolve();
      idlers = [];
      return null;
    }
    const nextAt = backOff.nextAt();
    return nextAt === null ? null : Math.max(0, nextAt - clock.monotonicMs());
  }

  async function take(row: InboxRow, handler = deps.handlers[row.source]): Promise<number> {
    inHand = new Set([row.id]);
    try {
      decided(row, await decideRow(row, handler));
    } catch (error) {
      await fail(row, error);
    } finally {
      inHand = new Set();
    }
    return 1;
  }

  async function decideRow(row: InboxRow, handler: RowHandler | undefined): Promise<Outcome> {
    if (handler === undefined) throw new Error(`nobody handles inbox rows of source ${row.source}`);
    let outcome: Outcome = DONE;
    await decideUntilAppended(journal, async () => {
      const decision = await decideOrRefuse(handler, row);
      outcome = decision.outcome ?? outcome;
      const batch = decision.batch ?? { at: clock.now(), actor: 'auto' };
      return { ...batch, done: [...(batch.done ?? []), row.id] };
    });
    return outcome;
  }

  async function fail(row: InboxRow, error: unknown): Promise<void> {
    const about = { err: error, row: row.id, source: row.source };
    if (isTransient(error)) {
      backOff.failed(String(row.id));
      metrics.handled.inc({ source: row.source, result: 'again' });
      logger.warn(about, 'inbox row is tried again');
      return;
    }
    const { parked } = await journal.failed(row.id, error instanceof Error ? error.message : String(error));
    metrics.handled.inc({ source: row.source, result: parked ? 'parked' : 'failed' });
    logger.error(about, parked ? 'inbox row parked' : 'inbox row failed');
    if (parked) outcomes.decided(row.id, parkedOutcome(row.id));
  }

  async function outcomeOf(id: number): Promise<Outcome> {
    const known = outcomes.known(id);
    if (known !== null) return known;
    if (worker.isStopped()) return KEPT;
    const state = await journal.inboxState(id);
    const meanwhile = outcomes.known(id);
    if (meanwhile !== null) return meanwhile;
    if (inHand.has(id) || state === 'waiting') return outcomes.wait(id);
    return state === 'parked' ? parkedOutcome(id) : TAKEN;
  }

  return {
    start: worker.start,
    stop: async () => {
      stopListening();
      await worker.stop();
      outcomes.endAll(KEPT);
      for (const resolve of idlers) resolve();
    },
    idle: () => {
      if (worker.isStopped()) return Promise.resolve();
      const done = new Promise<void>((resolve) => {
        idlers.push(resolve);
      });
      worker.wake();
      return done;
    },
    outcomeOf,
  };
}

/** Those that do not wait for the end of a rest. */
async function callersOf(rows: Promise<InboxRow[]>): Promise<InboxRow[]> {
  return (await rows).filter(({ lane }) => lane !== 'machines');
}

/** A person's refusal ends the row; a machine cannot be told, so that its row must stay visible. */
async function decideOrRefuse(handler: RowHandler, row: InboxRow): Promise<Decision> {
  try {
    return await handler(row);
  } catch (error) {
    if (!(error instanceof OpsError) || error.family !== 'refusal' || row.lane !== 'people') throw error;
    return {
      batch: null,
      outcome: { kind: 'refused', code: error.code, text: error.message, remedy: error.remedy },
    };
  }
}

function parkedOutcome(id: number): Outcome {
  return {
    kind: 'refused',
    code: 'PARKED',
    text: `Something went wrong inside gianna-ops; nothing was done. It is kept as inbox row ${id}.`,
    remedy: `Look for row ${id} in the log, then: gianna-ops inbox retry ${id}`,
  };
}
