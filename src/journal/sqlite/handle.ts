import { closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Logger } from '../../core/logger.ts';
import { openForWriting } from './connection.ts';
import { explain, isBusy, isDamage, storeBroken, storeBusy, storeDamaged } from './faults.ts';
import { migrate } from './migrations.ts';
import { type Owner, takeOwnership } from './owner.ts';
import { pause } from './pause.ts';
import { quickCheck } from './quick-check.ts';
import { createStore, type Store } from './store.ts';

const OPEN_WITHIN_MS = 1_500;
const RETRY_PAUSE_MS = 25;
const REOPEN_AT_MOST_EVERY_MS = 5_000;

/** The open file, replaced by a fresh handle when the disk has failed under it. */
export interface Handle {
  /** The tables of the handle that is open; throws STORE_BROKEN while there is none. */
  store(): Store;
  /** The handle failed: closes it, opens the file anew and checks it. Until that is done there is no store. */
  distrust(cause: unknown): void;
  close(): Promise<void>;
}

/** Takes the lock, opens, checks and migrates the file. Throws a refusal that says what to do. */
export async function openHandle(path: string, logger: Logger, isScratch = false): Promise<Handle> {
  mkdirSync(dirname(path), { recursive: true });
  const owner = takeOwnership(path);
  try {
    refuseLostFile(path, owner);
    createPrivately(path);
    const store = await openChecked(path, isScratch);
    owner.confirmDatabase();
    return keepHandle(path, logger, owner, store);
  } catch (error) {
    owner.release();
    throw explain(error);
  }
}

/** A new file is for this account alone: it holds what alerts and people say. SQLite gives its side files the same mode. */
function createPrivately(path: string): void {
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) return;
  try {
    closeSync(openSync(path, 'a', 0o600));
  } catch {
    // What is in the way is said by the open that follows.
  }
}

function keepHandle(path: string, logger: Logger, owner: Owner, first: Store): Handle {
  let store: Store | null = first;
  let reopening: Promise<void> | null = null;
  let triedAt = Number.NEGATIVE_INFINITY;
  let isClosed = false;

  async function reopen(): Promise<void> {
    try {
      const fresh = await openChecked(path);
      if (isClosed) fresh.db.close();
      else store = fresh;
      logger.warn('database opened anew after a failure');
    } catch (error) {
      logger.error({ err: error }, 'database could not be opened anew');
    } finally {
      reopening = null;
    }
  }
  function startReopening(): void {
    if (isClosed || reopening !== null || performance.now() - triedAt < REOPEN_AT_MOST_EVERY_MS) return;
    triedAt = performance.now();
    reopening = reopen();
  }

  return {
    store: () => {
      if (store !== null) return store;
      startReopening();
      throw storeBroken();
    },
    distrust: (cause) => {
      if (store === null) return;
      logger.error({ err: cause }, 'database failed');
      closeQuietly(store, logger);
      store = null;
      startReopening();
    },
    close: async () => {
      isClosed = true;
      await reopening;
      if (store !== null) closeQuietly(store, logger);
      store = null;
      owner.release();
    },
  };
}

/** A file that was here before and is gone or empty was lost: never begin anew in silence (FAULTS.md, C 57). */
function refuseLostFile(path: string, owner: Owner): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > 0 || !owner.hadDatabase()) return;
  throw storeDamaged(
    path,
    `it is gone or empty, though it was set up before. (To begin anew, delete ${path}-owner too.)`,
  );
}

async function openChecked(path: string, isScratch = false): Promise<Store> {
  const giveUpAt = performance.now() + OPEN_WITHIN_MS;
  for (;;) {
    try {
      return await openOnce(path, isScratch);
    } catch (error) {
      if (isDamage(error)) throw storeDamaged(path, 'it is no sound SQLite file.');
      if (!isBusy(error)) throw error;
      if (performance.now() >= giveUpAt) throw storeBusy(error);
    }
    await pause(RETRY_PAUSE_MS);
  }
}

async function openOnce(path: string, isScratch: boolean): Promise<Store> {
  const db = openForWriting(path, isScratch);
  try {
    await quickCheck(db, path);
    migrate(db);
    return createStore(db);
  } catch (error) {
    db.close();
    throw error;
  }
}

function closeQuietly(store: Store, logger: Logger): void {
  try {
    store.db.close();
  } catch (error) {
    logger.warn({ err: error }, 'database did not close cleanly');
  }
}
