import type { Database } from 'better-sqlite3';
import { canonicalJson } from '../core/json.ts';
import type { Evolvers } from './evolver.ts';
import { type EventRow, toStoredEvent } from './sqlite/events.ts';

export interface WrongState {
  readonly kind: string;
  readonly id: string;
  readonly reason: string;
}

/** What folding the events again came to. */
export interface StatesChecked {
  /** Aggregates of the kinds that could be folded. */
  readonly checked: number;
  readonly wrong: readonly WrongState[];
}

interface Folded {
  version: number;
  state: unknown;
  /** Why folding failed, when it did. */
  failure: string | null;
}

const MOST_NAMED = 100;

/** Folds the events of the given kinds and compares the states with the stored ones. */
export function createStateCheck(
  db: Database,
  evolvers: Evolvers,
): { fold(row: EventRow): void; finish(): StatesChecked } {
  const folded = new Map<string, Folded>();
  return {
    fold: (row) => {
      const evolve = evolvers[row.kind];
      if (evolve === undefined) return;
      const key = keyOf(row.kind, row.id);
      const before = folded.get(key) ?? { version: 0, state: null, failure: null };
      folded.set(
        key,
        foldOne(before, row, (state) => evolve(state as never, toStoredEvent(row))),
      );
    },
    finish: () => compare(db, evolvers, folded),
  };
}

function foldOne(before: Folded, row: EventRow, evolve: (state: unknown) => unknown): Folded {
  if (before.failure !== null) return before;
  if (row.version !== before.version + 1) {
    return { ...before, failure: `event ${row.seq} has version ${row.version} after version ${before.version}` };
  }
  try {
    return { version: row.version, state: evolve(before.state), failure: null };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ...before, failure: `event ${row.seq} (${row.type}) cannot be folded: ${why}` };
  }
}

function compare(db: Database, evolvers: Evolvers, folded: Map<string, Folded>): StatesChecked {
  const wrong: WrongState[] = [];
  let checked = 0;
  const select = db.prepare<[], { kind: string; id: string; version: number; state: string }>(
    'SELECT kind, id, version, state FROM aggregate ORDER BY kind, id',
  );
  for (const row of select.iterate()) {
    if (evolvers[row.kind] === undefined) continue;
    checked += 1;
    const key = keyOf(row.kind, row.id);
    const reason = differs(row, folded.get(key));
    folded.delete(key);
    if (reason !== null) wrong.push({ kind: row.kind, id: row.id, reason });
  }
  for (const key of folded.keys()) {
    const [kind = '', id = ''] = JSON.parse(key) as string[];
    wrong.push({ kind, id, reason: 'it has events but no stored state' });
  }
  return { checked, wrong: wrong.slice(0, MOST_NAMED) };
}

function differs(stored: { version: number; state: string }, folded: Folded | undefined): string | null {
  if (folded === undefined) return 'it has a stored state but no events';
  if (folded.failure !== null) return folded.failure;
  if (folded.version !== stored.version) {
    return `stored at version ${stored.version}, its events end at version ${folded.version}`;
  }
  if (canonicalJson(folded.state) === canonicalJson(JSON.parse(stored.state))) return null;
  return 'its stored state is not what its events come to';
}

function keyOf(kind: string, id: string): string {
  return JSON.stringify([kind, id]);
}
