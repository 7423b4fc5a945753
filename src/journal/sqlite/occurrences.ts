import type { Database } from 'better-sqlite3';
import type { Occurrence } from '../port.ts';

interface Row {
  incident: string;
  fingerprint: string;
  starts_at: number;
  ends_at: number | null;
  status: number;
  severity: string;
  last_seen: number;
  about: string;
  source: string | null;
  ended_before: number | null;
}

/** Statements on occurrences of alerts. */
export interface OccurrenceTable {
  put(occurrence: Occurrence): void;
  move(fingerprint: string, from: string, to: string): void;
  of(incident: string): Occurrence[];
  latest(fingerprint: string): Occurrence | null;
  since(since: number, limit: number, after?: Pick<Occurrence, 'incident' | 'fingerprint'>): Occurrence[];
}

/** Occurrence table of one handle. */
export function createOccurrences(db: Database): OccurrenceTable {
  const upsert = db.prepare(
    `INSERT INTO occurrence
       (incident, fingerprint, starts_at, ends_at, status, severity, last_seen, about, source, ended_before)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (incident, fingerprint) DO UPDATE SET starts_at = excluded.starts_at, ends_at = excluded.ends_at,
       status = excluded.status, severity = excluded.severity, last_seen = excluded.last_seen, about = excluded.about,
       source = excluded.source, ended_before = excluded.ended_before`,
  );
  const move = db.prepare<[string, string, string]>(
    'UPDATE OR REPLACE occurrence SET incident = ? WHERE incident = ? AND fingerprint = ?',
  );
  const of = db.prepare<[string], Row>('SELECT * FROM occurrence WHERE incident = ? ORDER BY fingerprint');
  const latest = db.prepare<[string], Row>(
    'SELECT * FROM occurrence WHERE fingerprint = ? ORDER BY status, ends_at DESC, starts_at DESC LIMIT 1',
  );
  const since = db.prepare<[string, string, number, number], Row>(
    `SELECT * FROM occurrence WHERE (incident, fingerprint) > (?, ?) AND (ends_at IS NULL OR ends_at >= ?)
     ORDER BY incident, fingerprint LIMIT ?`,
  );
  return {
    put: (one) => {
      const status = one.status === 'firing' ? 0 : 1;
      const { incident, fingerprint, startsAt, endsAt, severity, lastSeen, about, source, endedBefore } = one;
      const optional = [source ?? null, endedBefore ?? null];
      upsert.run(incident, fingerprint, startsAt, endsAt, status, severity, lastSeen, about, ...optional);
    },
    move: (fingerprint, from, to) => {
      move.run(to, from, fingerprint);
    },
    of: (incident) => of.all(incident).map(toOccurrence),
    latest: (fingerprint) => {
      const row = latest.get(fingerprint);
      return row === undefined ? null : toOccurrence(row);
    },
    since: (time, limit, after = { incident: '', fingerprint: '' }) =>
      since.all(after.incident, after.fingerprint, time, limit).map(toOccurrence),
  };
}

function toOccurrence(row: Row): Occurrence {
  return {
    incident: row.incident,
    fingerprint: row.fingerprint,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    status: row.status === 0 ? 'firing' : 'resolved',
    severity: row.severity,
    lastSeen: row.last_seen,
    about: row.about,
    ...(row.source === null ? {} : { source: row.source }),
    ...(row.ended_before === null ? {} : { endedBefore: row.ended_before }),
  };
}
