import type { Database } from 'better-sqlite3';
import type { JsonObject } from '../../core/json.ts';
import type { Timer, TimerChange } from '../port.ts';

interface Row {
  kind: string;
  id: string;
  purpose: string;
  due_at: number;
  data: string;
}

/** Statements on timers. */
export interface TimerTable {
  change(change: TimerChange): void;
  due(now: number, limit: number): Timer[];
  nextAt(): number | null;
  of(kind: string, id: string): Timer[];
}

/** Timer table of one handle. */
export function createTimers(db: Database): TimerTable {
  const set = db.prepare<[string, string, string, number, string]>(
    `INSERT INTO timer (kind, id, purpose, due_at, data) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (kind, id, purpose) DO UPDATE SET due_at = excluded.due_at, data = excluded.data`,
  );
  const cancel = db.prepare<[string, string, string | null, number | null]>(
    'DELETE FROM timer WHERE kind = ? AND id = ? AND purpose = coalesce(?, purpose) AND due_at = coalesce(?, due_at)',
  );
  const due = db.prepare<[number, number], Row>('SELECT * FROM timer WHERE due_at <= ? ORDER BY due_at LIMIT ?');
  const nextAt = db.prepare<[], number | null>('SELECT min(due_at) FROM timer').pluck();
  const of = db.prepare<[string, string], Row>('SELECT * FROM timer WHERE kind = ? AND id = ? ORDER BY due_at');
  return {
    change: (change) => {
      const { kind, id } = change;
      if (change.op === 'set') set.run(kind, id, change.purpose, change.dueAt, JSON.stringify(change.data));
      else cancel.run(kind, id, change.purpose ?? null, change.dueAt ?? null);
    },
    due: (now, limit) => due.all(now, limit).map(toTimer),
    nextAt: () => nextAt.get() ?? null,
    of: (kind, id) => of.all(kind, id).map(toTimer),
  };
}

function toTimer(row: Row): Timer {
  return {
    kind: row.kind,
    id: row.id,
    purpose: row.purpose,
    dueAt: row.due_at,
    data: JSON.parse(row.data) as JsonObject,
  };
}
