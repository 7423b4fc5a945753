import type { Clock } from '../core/clock.ts';
import { transient } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { JournalMetrics } from './metrics.ts';
import type { Journal, JournalReader, NewInboxRow } from './port.ts';
import { openForReading } from './sqlite/connection.ts';
import { distrustsHandle, explain, isBusy } from './sqlite/faults.ts';
import { type Handle, openHandle } from './sqlite/handle.ts';
import type { LaneCounts } from './sqlite/inbox.ts';
import { createListeners } from './sqlite/listeners.ts';
import { pause } from './sqlite/pause.ts';
import { createReading, type Read } from './sqlite/reading.ts';
import { createStore } from './sqlite/store.ts';
import { createWriter, type Writer } from './sqlite/writer.ts';

const MOST_WAITING = 20_000;
const MOST_WAITING_BYTES = 512 * 1024 * 1024;
const MOST_UNCOMMITTED_BYTES = 64 * 1024 * 1024;
const READ_WITHIN_MS = 1_500;
const RETRY_PAUSE_MS = 25;

export interface SqliteJournalOptions {
  /** The database file; its folder is made when missing. `-wal`, `-shm` and `-owner` lie beside it. */
  path: string;
  clock: Clock;
  logger: Logger;
  /** Waiting machine rows beyond which `put` is rejected with INBOX_FULL. */
  maxWaiting?: number;
  /** Bytes of waiting bodies beyond which it is, too; a person's row is still taken. */
  maxWaitingBytes?: number;
  metrics?: JournalMetrics;
  /** A store that is thrown away with the process (a replay): not synced. Never for what must last. */
  scratch?: boolean;
}

/**
 * Opens the journal in one SQLite file for the one process that writes it. Refusals: STORE_IN_USE, STORE_DAMAGED,
 * STORE_NEWER, STORE_UNSAFE; transient: STORE_BUSY. Every write rejects with a transient error when it was not
 * stored: STORE_BUSY (within 2 s), STORE_FULL, STORE_READONLY, STORE_BROKEN, STORE_CLOSED, INBOX_FULL.
 */
export async function openSqliteJournal(options: SqliteJournalOptions): Promise<Journal> {
  const { clock, logger } = options;
  const metrics = options.metrics ?? null;
  const handle = await openHandle(options.path, logger, options.scratch);
  const counts = handle.store().inbox.counts();
  const listeners = createListeners(logger);
  const writer = createWriter({
    handle,
    logger,
    metrics,
    committed: (tally) => {
      counts.people += tally.people;
      counts.urgent += tally.urgent;
      counts.machines += tally.machines;
      counts.bytes += tally.bytes;
      counts.parked += tally.parked;
      listeners.tell(tally);
    },
  });
  const most = { rows: options.maxWaiting ?? MOST_WAITING, bytes: options.maxWaitingBytes ?? MOST_WAITING_BYTES };
  const put = createPut(writer, counts, most, metrics);
  return {
    ...createReading(readFrom(handle)),
    put,
    waitingCount: () => waitingIn(counts),
    parkedCount: () => counts.parked,
    failed: (id, error) => writer.write((store, tally) => store.inbox.failed(id, error, tally)),
    unpark: (id) => writer.write((store, tally) => store.inbox.unpark(id, tally)),
    forget: (before) => forgetInPages(writer, before),
    append: (batch) =>
      writer.write(
        (store, tally) => store.apply(batch, tally),
        (result) => result.kind === 'appended',
      ),
    claim: (key, at) => writer.write((store) => store.effects.claim(key, at)),
    setCursor: (name, seq) => writer.write((store) => store.documents.setCursor(name, seq)),
    putDocument: (collection, key, value) => writer.write((store) => store.documents.put(collection, key, value)),
    onChange: listeners.add,
    writable: () => isWritable(writer, clock),
    close: async () => {
      await writer.finish();
      await handle.close();
    },
  };
}

/**
 * Opens an existing journal for reading only, beside a running bot or without one. Refusals: STORE_MISSING,
 * STORE_DAMAGED, STORE_OLDER, STORE_NEWER.
 */
export async function openJournalForReading(path: string): Promise<JournalReader> {
  const store = createStore(openForReading(path));
  const read: Read = (look) => retryWhileBusy(() => look(store));
  return {
    ...createReading(read),
    waitingCount: () => {
      const counts = store.inbox.counts();
      return waitingIn(counts);
    },
    parkedCount: () => store.inbox.counts().parked,
    close: async () => {
      store.db.close();
    },
  };
}

function createPut(
  writer: Writer,
  waiting: LaneCounts & { readonly bytes: number },
  most: { readonly rows: number; readonly bytes: number },
  metrics: JournalMetrics | null,
): Journal['put'] {
  let uncommitted = 0;
  let uncommittedBytes = 0;
  return async (row: NewInboxRow) => {
    const tooMany = waiting.urgent + waiting.machines + uncommitted >= most.rows;
    const tooLong = waiting.bytes + uncommittedBytes + row.body.byteLength > most.bytes;
    const isFull = row.lane !== 'people' && (tooMany || tooLong);
    if (isFull || uncommittedBytes > MOST_UNCOMMITTED_BYTES) {
      metrics?.refused.inc({ reason: 'full' });
      throw inboxFull(waiting);
    }
    uncommitted += 1;
    uncommittedBytes += row.body.byteLength;
    try {
      return await writer.writeOne((store, tally) => store.inbox.put(row, tally));
    } catch (error) {
      metrics?.refused.inc({ reason: 'store' });
      throw error;
    } finally {
      uncommitted -= 1;
      uncommittedBytes -= row.body.byteLength;
    }
  };
}

function readFrom(handle: Handle): Read {
  return (look) =>
    retryWhileBusy(() => {
      const store = handle.store();
      try {
        return look(store);
      } catch (error) {
        if (distrustsHandle(error)) handle.distrust(error);
        throw error;
      }
    });
}

async function retryWhileBusy<T>(look: () => T): Promise<T> {
  const giveUpAt = performance.now() + READ_WITHIN_MS;
  for (;;) {
    try {
      return look();
    } catch (error) {
      if (!isBusy(error) || performance.now() >= giveUpAt) throw explain(error);
    }
    await pause(RETRY_PAUSE_MS);
  }
}

async function forgetInPages(writer: Writer, before: number): Promise<number> {
  let total = 0;
  for (let after: number | null = 0; after !== null; ) {
    const from: number = after;
    const page = await writer.write((store) => store.inbox.forget(before, from));
    total += page.deleted;
    after = page.next;
  }
  return total;
}

async function isWritable(writer: Writer, clock: Clock): Promise<boolean> {
  try {
    await writer.write((store) => store.touch(clock.now()));
    return true;
  } catch {
    return false;
  }
}

function waitingIn({ people, urgent, machines }: LaneCounts): number {
  return people + urgent + machines;
}

function inboxFull({ urgent, machines, bytes }: LaneCounts & { readonly bytes: number }): Error {
  return transient(
    'INBOX_FULL',
    `The inbox is full (${urgent + machines} rows of ${Math.round(bytes / 1_000_000)} MB wait); nothing was stored.`,
    'It empties by itself; the sender tries again. If it does not, look at gianna-ops inbox.',
  );
}
