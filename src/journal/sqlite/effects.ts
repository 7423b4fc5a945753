import type { Database, Statement } from 'better-sqlite3';
import type { JsonObject } from '../../core/json.ts';
import type { Effect, EffectChange, EffectState } from '../port.ts';

interface Row {
  key: string;
  kind: string;
  incident: string | null;
  state: EffectState;
  asked_at: number;
  claimed_at: number | null;
  closed_at: number | null;
  data: string;
  result: string | null;
}

/** Which effects are asked for. */
export interface EffectFilter {
  kinds?: readonly string[];
  states?: readonly EffectState[];
  incident?: string;
  askedSince?: number;
  limit?: number;
}

/** Statements on effects. */
export interface EffectTable {
  change(change: EffectChange, at: number): void;
  claim(key: string, at: number): boolean;
  get(key: string): Effect | null;
  list(filter: EffectFilter): Effect[];
}

/** Effect table of one handle. */
export function createEffects(db: Database): EffectTable {
  const ask = db.prepare<[string, string, string | null, number, string]>(
    `INSERT INTO effect (key, kind, incident, state, asked_at, data) VALUES (?, ?, ?, 'wanted', ?, ?)
     ON CONFLICT (key) DO NOTHING`,
  );
  const close = db.prepare<[string, number, string, string]>(
    `UPDATE effect SET state = ?, closed_at = ?, result = ?
     WHERE key = ? AND state IN ('wanted', 'claimed', 'unknown')`,
  );
  const again = db.prepare<[string]>(
    `UPDATE effect SET state = 'wanted', claimed_at = NULL, closed_at = NULL, result = NULL
     WHERE key = ? AND state IN ('claimed', 'unknown', 'failed')`,
  );
  const dropped = `UPDATE effect SET state = 'dropped', closed_at = ?, result = ? WHERE state = 'wanted'`;
  const drop = db.prepare<[number, string, string]>(`${dropped} AND key = ?`);
  const dropAll = db.prepare<[number, string, string, string]>(`${dropped} AND kind = ? AND incident = ?`);
  const claim = db.prepare<[number, string]>(
    "UPDATE effect SET state = 'claimed', claimed_at = ? WHERE key = ? AND state = 'wanted'",
  );
  const get = db.prepare<[string], Row>('SELECT * FROM effect WHERE key = ?');
  /** As many as there are shapes of filters. */
  const selects = new Map<string, Statement<(string | number)[], Row>>();

  return {
    change: (change, at) => {
      switch (change.op) {
        case 'ask':
          ask.run(change.key, change.kind, change.incident, at, JSON.stringify(change.data));
          return;
        case 'close':
          close.run(change.state, at, JSON.stringify(change.result), change.key);
          return;
        case 'again':
          again.run(change.key);
          return;
        case 'drop':
          drop.run(at, JSON.stringify({ reason: change.reason }), change.key);
          return;
        case 'dropAll':
          dropAll.run(at, JSON.stringify({ reason: change.reason }), change.kind, change.incident);
          return;
        default:
          return change satisfies never;
      }
    },
    claim: (key, at) => claim.run(at, key).changes === 1,
    get: (key) => {
      const row = get.get(key);
      return row === undefined ? null : toEffect(row);
    },
    list: (filter) => {
      const { sql, values } = selectEffects(filter);
      let select = selects.get(sql);
      if (select === undefined) {
        select = db.prepare<(string | number)[], Row>(sql);
        selects.set(sql, select);
      }
      return select.all(...values).map(toEffect);
    },
  };
}

function selectEffects(filter: EffectFilter): { sql: string; values: (string | number)[] } {
  const where: string[] = ['1'];
  const values: (string | number)[] = [];
  const oneOf = (column: string, wanted: readonly string[]): void => {
    where.push(`${column} IN (${wanted.map(() => '?').join(', ')})`);
    values.push(...wanted);
  };
  if (filter.kinds !== undefined) oneOf('kind', filter.kinds);
  if (filter.states !== undefined) {
    oneOf('state', filter.states);
    // Said again for the planner: the partial index covers exactly these.
    if (filter.states.every((state) => state === 'wanted' || state === 'claimed')) {
      where.push("state IN ('wanted', 'claimed')");
    }
  }
  if (filter.incident !== undefined) oneOf('incident', [filter.incident]);
  if (filter.askedSince !== undefined) {
    where.push('asked_at >= ?');
    values.push(filter.askedSince);
  }
  return {
    sql: `SELECT * FROM effect WHERE ${where.join(' AND ')} ORDER BY number LIMIT ?`,
    values: [...values, filter.limit ?? -1],
  };
}

function toEffect(row: Row): Effect {
  return {
    key: row.key,
    kind: row.kind,
    incident: row.incident,
    state: row.state,
    askedAt: row.asked_at,
    claimedAt: row.claimed_at,
    closedAt: row.closed_at,
    data: JSON.parse(row.data) as JsonObject,
    result: row.result === null ? null : (JSON.parse(row.result) as JsonObject),
  };
}
