import type { Database } from 'better-sqlite3';
import type { Appended, Batch, Conflict } from '../port.ts';
import { type AggregateTable, createAggregates } from './aggregates.ts';
import { createDocuments, type DocumentTable } from './documents.ts';
import { createEffects, type EffectTable } from './effects.ts';
import { createEvents, type EventTable } from './events.ts';
import { createInbox, type InboxTable } from './inbox.ts';
import { createOccurrences, type OccurrenceTable } from './occurrences.ts';
import type { Tally } from './tally.ts';
import { createTimers, type TimerTable } from './timers.ts';
import { createWords } from './words.ts';

/** Every table of one open handle, synchronous; the writer alone calls what changes something. */
export interface Store {
  readonly db: Database;
  readonly inbox: InboxTable;
  readonly events: EventTable;
  readonly aggregates: AggregateTable;
  readonly occurrences: OccurrenceTable;
  readonly timers: TimerTable;
  readonly effects: EffectTable;
  readonly documents: DocumentTable;
  /** Applies a batch inside the running transaction; a conflict leaves half of it behind, to be rolled back. */
  apply(batch: Batch, tally: Tally): Appended | Conflict;
  readonly transaction: TransactionControl;
  /** Writes a row of no meaning, to see whether it can be done. */
  touch(at: number): void;
  /** To be called after any rollback. */
  rolledBack(): void;
}

/** Prepared, because they run at each commit and each batch. */
export interface TransactionControl {
  begin(): void;
  commit(): void;
  save(): void;
  undo(): void;
  release(): void;
}

/** Prepares the statements of one handle. */
export function createStore(db: Database): Store {
  const words = createWords(db);
  const tables = {
    inbox: createInbox(db),
    events: createEvents(db, words),
    aggregates: createAggregates(db),
    occurrences: createOccurrences(db),
    timers: createTimers(db),
    effects: createEffects(db),
    documents: createDocuments(db),
  };
  const touch = db.prepare<[number]>('INSERT OR REPLACE INTO probe (id, at) VALUES (1, ?)');
  return {
    db,
    ...tables,
    transaction: createTransactionControl(db),
    apply: (batch, tally) => applyBatch(tables, batch, tally),
    touch: (at) => {
      touch.run(at);
    },
    rolledBack: words.forget,
  };
}

type Tables = Omit<Store, 'db' | 'transaction' | 'apply' | 'touch' | 'rolledBack'>;

function applyBatch(tables: Tables, batch: Batch, tally: Tally): Appended | Conflict {
  const conflict = storeStates(tables, batch);
  if (conflict !== null) return conflict;
  for (const [digest, text] of batch.payloads ?? []) tables.events.putPayload(digest, text);
  for (const { fingerprint, from, to } of batch.moved ?? []) tables.occurrences.move(fingerprint, from, to);
  for (const occurrence of batch.occurrences ?? []) tables.occurrences.put(occurrence);
  for (const timer of batch.timers ?? []) tables.timers.change(timer);
  for (const effect of batch.effects ?? []) tables.effects.change(effect, batch.at);
  for (const document of batch.documents ?? []) {
    tables.documents.put(document.collection, document.key, document.value);
  }
  for (const id of batch.done ?? []) tables.inbox.done(id, tally);
  const events = (batch.aggregates ?? []).flatMap((change) => tables.events.append(change, batch.at, batch.actor));
  for (const event of events) tally.events.push(event);
  tally.timers ||= (batch.timers ?? []).length > 0;
  tally.effects ||= (batch.effects ?? []).length > 0;
  return { kind: 'appended', events };
}

/** Keys that are given up are free before anybody takes them, whatever the order in the batch. */
function storeStates(tables: Tables, batch: Batch): Conflict | null {
  const changes = batch.aggregates ?? [];
  for (const change of changes) if (change.key === null) tables.aggregates.releaseKey(change.kind, change.id);
  for (const change of changes) {
    if (tables.aggregates.store(change, batch.at)) continue;
    return { kind: 'conflict', aggregate: { kind: change.kind, id: change.id } };
  }
  return null;
}

function createTransactionControl(db: Database): TransactionControl {
  const prepare = (sql: string): (() => void) => {
    const statement = db.prepare(sql);
    return () => {
      statement.run();
    };
  };
  return {
    begin: prepare('BEGIN IMMEDIATE'),
    commit: prepare('COMMIT'),
    save: prepare('SAVEPOINT job'),
    undo: prepare('ROLLBACK TO job'),
    release: prepare('RELEASE job'),
  };
}
