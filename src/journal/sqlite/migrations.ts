import type { Database } from 'better-sqlite3';
import { refuse } from '../../core/errors.ts';

/** Forward only: entry n brings a file from version n to n + 1. Never edit one that was released. */
export const MIGRATIONS: readonly string[] = [
  `
  -- state: 2 waiting, 3 parked, 4 done. One byte each, so that marking a row rewrites one page and not its body.
  -- lane: 2 people, 3 machines (later: urgent), 4 (later) machines.
  CREATE TABLE inbox (
    id INTEGER PRIMARY KEY,
    state INTEGER NOT NULL,
    lane INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    source TEXT NOT NULL,
    key TEXT NOT NULL UNIQUE,
    error TEXT,
    body BLOB NOT NULL
  ) STRICT;
  CREATE INDEX inbox_waiting ON inbox (lane, id) WHERE state = 2;
  CREATE INDEX inbox_parked ON inbox (id) WHERE state = 3;

  -- Every text that an event repeats, once.
  CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE event (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    kind INTEGER NOT NULL REFERENCES word,
    subject INTEGER NOT NULL REFERENCES word,
    version INTEGER NOT NULL,
    type INTEGER NOT NULL REFERENCES word,
    v INTEGER NOT NULL,
    actor INTEGER NOT NULL REFERENCES word,
    incident INTEGER REFERENCES word,
    data TEXT NOT NULL,
    hash BLOB NOT NULL
  ) STRICT;
  CREATE INDEX event_subject ON event (subject, kind);
  CREATE INDEX event_incident ON event (incident) WHERE incident IS NOT NULL;
  CREATE TABLE payload (digest BLOB PRIMARY KEY, text TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE aggregate (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    number INTEGER,
    version INTEGER NOT NULL,
    key TEXT,
    updated_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    UNIQUE (kind, id)
  ) STRICT;
  CREATE UNIQUE INDEX aggregate_key ON aggregate (kind, key) WHERE key IS NOT NULL;
  CREATE UNIQUE INDEX aggregate_number ON aggregate (kind, number) WHERE number IS NOT NULL;
  CREATE INDEX aggregate_updated ON aggregate (kind, updated_at);

  -- status: 0 firing, 1 resolved, so that an open occurrence sorts first.
  CREATE TABLE occurrence (
    incident TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER,
    status INTEGER NOT NULL,
    severity TEXT NOT NULL,
    last_seen INTEGER NOT NULL,
    about TEXT NOT NULL,
    PRIMARY KEY (incident, fingerprint)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX occurrence_latest ON occurrence (fingerprint, status, ends_at DESC, starts_at DESC);

  CREATE TABLE timer (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    purpose TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (kind, id, purpose)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX timer_due ON timer (due_at);

  CREATE TABLE effect (
    number INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    incident TEXT,
    state TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    claimed_at INTEGER,
    closed_at INTEGER,
    data TEXT NOT NULL,
    result TEXT
  ) STRICT;
  CREATE INDEX effect_open ON effect (state, kind) WHERE state IN ('wanted', 'claimed');
  CREATE INDEX effect_incident ON effect (incident) WHERE incident IS NOT NULL;

  CREATE TABLE cursor (name TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE document (
    collection TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (collection, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE probe (id INTEGER PRIMARY KEY CHECK (id = 1), at INTEGER NOT NULL) STRICT;
  `,
  // Which incidents of a service are open: asked for each incident of a service that others depend on.
  `
  CREATE INDEX aggregate_service ON aggregate (kind, json_extract(state, '$.service')) WHERE key IS NOT NULL;
  `,
  `
  ALTER TABLE occurrence ADD COLUMN source TEXT;
  ALTER TABLE occurrence ADD COLUMN ended_before INTEGER;
  `,
  `
  -- Texts in the order in which they came: under their digests each new one would rewrite a page of its own.
  ALTER TABLE payload RENAME TO payload_by_digest;
  CREATE TABLE payload (id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, text TEXT NOT NULL) STRICT;
  INSERT INTO payload (digest, text) SELECT digest, text FROM payload_by_digest;
  DROP TABLE payload_by_digest;
  `,
  // A lane between people (2) and machines, which were 3 and are 4; of what is done with, nobody asks.
  `
  UPDATE inbox SET lane = 4 WHERE lane = 3 AND state = 2;
  UPDATE inbox SET lane = 4 WHERE lane = 3 AND state = 3;
  `,
];

/** Brings the file to the newest version, each step in a transaction of its own. Refuses a file of a newer release. */
export function migrate(db: Database, migrations: readonly string[] = MIGRATIONS): void {
  const version = versionOf(db);
  if (version > migrations.length) throw newer(version, migrations.length);
  for (const [index, sql] of migrations.entries()) {
    if (index < version) continue;
    db.transaction(() => {
      db.exec(sql);
      db.pragma(`user_version = ${index + 1}`);
    }).immediate();
  }
}

/** For handles that cannot migrate: refuses a file of an older or newer release. */
export function expectNewest(db: Database): void {
  const version = versionOf(db);
  if (version > MIGRATIONS.length) throw newer(version, MIGRATIONS.length);
  if (version === MIGRATIONS.length) return;
  throw refuse(
    'STORE_OLDER',
    `The database is of an older format (${version}, this gianna-ops reads ${MIGRATIONS.length}).`,
    'Start the bot once, it brings the database forward: npm start',
  );
}

function versionOf(db: Database): number {
  return Number(db.pragma('user_version', { simple: true }));
}

function newer(version: number, known: number): Error {
  return refuse(
    'STORE_NEWER',
    `The database was written by a newer gianna-ops (format ${version}, this one knows ${known}).`,
    'Start the newer release, or restore a backup made by this one.',
  );
}
