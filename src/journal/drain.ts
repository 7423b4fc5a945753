import type { Clock } from '../core/clock.ts';
import type { Outcome } from '../core/command.ts';
import { OpsError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { createBackOff, isTransient } from './back-off.ts';
import { decideUntilAppended } from './decide.ts';
import type { JournalMetrics } from './metrics.ts';
import { createOutcomes } from './outcomes.ts';
import type { Batch, InboxRow, Journal } from './port.ts';
import { createPressure } from './pressure.ts';
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
  metrics: JournalMetrics;
}

/** Rows that wait for their back-off are looked past, up to this many: each look reads their bodies. */
const MOST_LOOKED_PAST = 8;
const STORE_BACK_OFF = 'store';

const TAKEN: Outcome = { kind: 'done', text: 'Already taken.' };
const KEPT: Outcome = { kind: 'done', text: 'Taken; it is carried out when the bot is back.' };

/** Takes waiting rows one by one, people first, and appends what their handlers decide. Woken by the journal. */
export function createDrain(deps: DrainDeps): Drain {
  const { journal, clock, logger, metrics } = deps;
  const backOff = createBackOff(clock);
  const outcomes = createOutcomes();
  const pressure = createPressure(clock);
  let inHand: number | null = null;
  let restUntil = Number.NEGATIVE_INFINITY;
  let idlers: Array<() => void> = [];
  const worker = createWorker(clock, round);
  const stopListening = journal.onChange((change) => {
    const mayRest = !change.people && clock.monotonicMs() < restUntil;
    if (change.inbox && !mayRest) worker.wake();
  });

  async function round(): Promise<number | null> {
    try {
      const row = await nextRow();
      if (row === null) return sleepTime();
      const begun = clock.monotonicMs();
      await take(row);
      backOff.succeeded(STORE_BACK_OFF);
      if (row.lane === 'people') return 0;
      const now = clock.monotonicMs();
      const restMs = pressure.restAfter(now - begun, journal.waitingCount());
      restUntil = now + restMs;
      return restMs;
    } catch (error) {
      if (!isTransient(error)) logger.error({ err: error }, 'inbox could not be handled');
      return Math.max(0, backOff.failed(STORE_BACK_OFF) - clock.monotonicMs());
    }
  }

  async function nextRow(): Promise<InboxRow | null> {
    if (journal.waitingCount() === 0) return null;
    const rows = await journal.waiting(Math.min(MOST_LOOKED_PAST, backOff.held() + 1));
    return rows.find((row) => backOff.mayTry(String(row.id))) ?? null;
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

  async function take(row: InboxRow): Promise<void> {
    inHand = row.id;
    try {
      const outcome = await decideRow(row);
      backOff.succeeded(String(row.id));
      metrics.handled.inc({ source: row.source, result: outcome.kind });
      outcomes.decided(row.id, outcome);
    } catch (error) {
      await fail(row, error);
    } finally {
      inHand = null;
    }
  }

  async function decideRow(row: InboxRow): Promise<Outcome> {
    const handler = deps.handlers[row.source];
    if (handler === undefined) throw new Error(`nobody handles inbox rows of source ${row.source}`);
    let outcome: Outcome = { kind: 'done', text: 'Done.' };
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
    const decided = outcomes.known(id);
    if (decided !== null) return decided;
    if (inHand === id || state === 'waiting') return outcomes.wait(id);
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
