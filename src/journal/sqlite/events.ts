import type { Database } from 'better-sqlite3';
import { canonicalJson, type JsonObject } from '../../core/json.ts';
import { GENESIS, hashEvent } from '../chain.ts';
import { digestOf } from '../digest.ts';
import type { AggregateChange, StoredEvent } from '../port.ts';
import type { Words } from './words.ts';

/** An event as it lies in the table, words resolved. */
export interface EventRow {
  seq: number;
  at: number;
  kind: string;
  id: string;
  version: number;
  type: string;
  v: number;
  actor: string;
  incident: string | null;
  data: string;
  hash: Buffer;
}

/** Selects whole events; words that were taken away come as null, which no hash will match. */
export const SELECT_EVENTS = `
  SELECT event.seq, event.at, kind.text AS kind, subject.text AS id, event.version, type.text AS type, event.v,
    actor.text AS actor, incident.text AS incident, event.data, event.hash
  FROM event
  LEFT JOIN word AS kind ON kind.id = event.kind
  LEFT JOIN word AS subject ON subject.id = event.subject
  LEFT JOIN word AS type ON type.id = event.type
  LEFT JOIN word AS actor ON actor.id = event.actor
  LEFT JOIN word AS incident ON incident.id = event.incident`;

interface Head {
  seq: number;
  hash: Buffer;
}

/** Statements on the chain and its payloads. */
export interface EventTable {
  /** Appends the events of one aggregate at the end of the chain. */
  append(change: AggregateChange, at: number, actor: string): StoredEvent[];
  after(seq: number, limit: number): StoredEvent[];
  about(incident: string): StoredEvent[];
  of(kind: string, id: string): StoredEvent[];
  head(): Head;
  /** Throws when the text does not belong to the digest. */
  putPayload(digest: string, text: string): void;
  payload(digest: string): string | null;
}

/** Event table of one handle. */
export function createEvents(db: Database, words: Words): EventTable {
  const insert = db.prepare(
    `INSERT INTO event (seq, at, kind, subject, version, type, v, actor, incident, data, hash)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const head = db.prepare<[], Head>('SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1');
  const after = db.prepare<[number, number], EventRow>(`${SELECT_EVENTS} WHERE seq > ? ORDER BY seq LIMIT ?`);
  const about = db.prepare<[number], EventRow>(`${SELECT_EVENTS} WHERE event.incident = ? ORDER BY seq`);
  const of = db.prepare<[number, number], EventRow>(
    `${SELECT_EVENTS} WHERE event.subject = ? AND event.kind = ? ORDER BY seq`,
  );
  const insertPayload = db.prepare<[Buffer, string]>(
    'INSERT INTO payload (digest, text) VALUES (?, ?) ON CONFLICT DO NOTHING',
  );
  const payload = db.prepare<[Buffer], string>('SELECT text FROM payload WHERE digest = ?').pluck();
  const readHead = (): Head => head.get() ?? { seq: 0, hash: GENESIS };

  function write(row: EventRow): void {
    const incident = row.incident === null ? null : words.idOf(row.incident);
    const kind = words.idOf(row.kind);
    const subject = words.idOf(row.id);
    const type = words.idOf(row.type);
    const actor = words.idOf(row.actor);
    insert.run(row.seq, row.at, kind, subject, row.version, type, row.v, actor, incident, row.data, row.hash);
  }

  return {
    append: (change, at, actor) => {
      const stored: StoredEvent[] = [];
      let last = change.events.length === 0 ? { seq: 0, hash: GENESIS } : readHead();
      for (const [index, event] of change.events.entries()) {
        const fields = {
          seq: last.seq + 1,
          at,
          kind: change.kind,
          id: change.id,
          version: change.expected + index + 1,
          type: event.type,
          v: event.v,
          actor,
          incident: change.incident ?? null,
          data: canonicalJson(event.data),
        };
        const hash = hashEvent(last.hash, fields);
        const row = { ...fields, hash };
        write(row);
        stored.push(toStoredEvent(row));
        last = { seq: fields.seq, hash };
      }
      return stored;
    },
    after: (seq, limit) => after.all(seq, limit).map(toStoredEvent),
    about: (incident) => {
      const word = words.find(incident);
      return word === null ? [] : about.all(word).map(toStoredEvent);
    },
    of: (kind, id) => {
      const kindWord = words.find(kind);
      const idWord = words.find(id);
      return kindWord === null || idWord === null ? [] : of.all(idWord, kindWord).map(toStoredEvent);
    },
    head: readHead,
    putPayload: (digest, text) => {
      const written = insertPayload.run(Buffer.from(digest, 'hex'), text);
      if (written.changes > 0 && digestOf(text) !== digest) throw new Error('payload does not belong to its digest');
    },
    payload: (digest) => payload.get(Buffer.from(digest, 'hex')) ?? null,
  };
}

/** The event as the port gives it. */
export function toStoredEvent(row: EventRow): StoredEvent {
  return { ...row, data: JSON.parse(row.data) as JsonObject, hash: row.hash.toString('hex') };
}
