import type { JsonObject } from '../core/json.ts';

/**
 * The store behind an async port: inbox, hash-chained events, aggregates, occurrences, timers, cursors, effects,
 * documents (rows of projections). Everything that changes the truth is one `Batch`, applied in one transaction or
 * not at all; batches that wait at the same moment share one transaction (group commit). Times are epoch
 * milliseconds. A second engine has to pass `test/journal/contract.ts`.
 */
export interface Journal {
  // inbox
  /** Stores what came from outside; resolves after the commit. A known `key` stores nothing and returns the old row's id. */
  put(row: NewInboxRow): Promise<{ id: number; duplicate: boolean }>;
  /**
   * Waiting rows, lane by lane (people, urgent, machines), oldest first; never parked or done ones. No further one is read
   * once their bodies have `mostBytes` together.
   */
  waiting(limit: number, mostBytes?: number): Promise<InboxRow[]>;
  waitingCount(): number;
  /** Records a failed handling; the third one parks the row. Resolves with whether it is parked now. */
  failed(id: number, error: string): Promise<{ parked: boolean }>;
  parked(limit: number): Promise<InboxRow[]>;
  parkedCount(): number;
  /** State of one row; null when it was forgotten or never there. */
  inboxState(id: number): Promise<InboxRow['state'] | null>;
  /** When the oldest waiting row was received; null when none waits. */
  oldestWaitingAt(): Promise<number | null>;
  /** Puts parked rows back to waiting; all of them when no id is given. Resolves with how many. */
  unpark(id?: number): Promise<number>;
  /**
   * Rows of these sources in the order in which they came, handled or not: id > `after`, received at `since` or later.
   * What `replay` and history look at; raw rows are kept for 14 days.
   */
  receivedRows(filter: ReceivedFilter): Promise<InboxRow[]>;
  /** Deletes handled rows that were received before `before`. Resolves with how many. */
  forget(before: number): Promise<number>;

  // truth
  /** Applies a batch in one transaction. A stale `expected` (or a taken unique key) changes nothing and says which. */
  append(batch: Batch): Promise<Appended | Conflict>;
  aggregate<S>(kind: string, id: string): Promise<AggregateRow<S> | null>;
  /** The aggregate that holds `key` now (unique within its kind). */
  aggregateByKey<S>(kind: string, key: string): Promise<AggregateRow<S> | null>;
  /** Newest first (by number). */
  aggregates<S>(kind: string, filter?: AggregateFilter): Promise<AggregateRow<S>[]>;
  /** One more than the highest number ever given to this kind (`GI-<n>`, `RUN-<n>`). Two askers may get the same: the second append conflicts. */
  nextNumber(kind: string): Promise<number>;
  /** Events with seq > `after`, in order. */
  eventsAfter(after: number, limit: number): Promise<StoredEvent[]>;
  /** Events about an incident (of any aggregate), in order. */
  eventsAbout(incident: string): Promise<StoredEvent[]>;
  eventsOf(kind: string, id: string): Promise<StoredEvent[]>;
  head(): Promise<{ seq: number; hash: string }>;
  /** The text stored under a digest; null when it was erased or never there. */
  payload(digest: string): Promise<string | null>;
  payloads(digests: readonly string[]): Promise<Map<string, string>>;

  // occurrences of alerts
  occurrencesOf(incident: string): Promise<Occurrence[]>;
  /** Every stored occurrence of these fingerprints that is open, or the newest ended one when none is open. */
  latestOccurrences(fingerprints: readonly string[]): Promise<Map<string, Occurrence>>;

  /**
   * Occurrences that fire or ended at `since` or later, in pages by (incident, fingerprint): those after `after`, at
   * most `limit`.
   */
  occurrencesSince(
    since: number,
    limit: number,
    after?: { readonly incident: string; readonly fingerprint: string },
  ): Promise<Occurrence[]>;

  // timers
  /** Timers with dueAt <= now, earliest first. */
  dueTimers(now: number, limit: number): Promise<Timer[]>;
  /** dueAt of the earliest timer, or null. */
  nextTimerAt(): Promise<number | null>;
  timersOf(kind: string, id: string): Promise<Timer[]>;

  // effects
  effect(key: string): Promise<Effect | null>;
  effects(filter: {
    kinds?: readonly string[];
    states?: readonly EffectState[];
    incident?: string;
    /** Asked for at this time or later. */
    askedSince?: number;
    limit?: number;
  }): Promise<Effect[]>;
  /** Marks a wanted effect as claimed, durably, before it is executed. False when it is no longer wanted. */
  claim(key: string, at: number): Promise<boolean>;

  // cursors and documents: what projections keep; may be dropped and rebuilt
  cursor(name: string): Promise<number>;
  setCursor(name: string, seq: number): Promise<void>;
  document(collection: string, key: string): Promise<JsonObject | null>;
  documents(collection: string): Promise<Array<{ key: string; value: JsonObject }>>;
  putDocument(collection: string, key: string, value: JsonObject | null): Promise<void>;

  // life
  /** Called after each commit that appended something or stored an inbox row, in this process. Returns the removal. */
  onChange(listener: (change: Change) => void): () => void;
  /** Whether a row can be written now (a probe row in a transaction of its own); never throws. */
  writable(): Promise<boolean>;
  /** Finishes what is being written and closes. */
  close(): Promise<void>;
}

/** The reading half: what the CLI may look at when no bot runs. */
export type JournalReader = Pick<
  Journal,
  | 'waiting'
  | 'waitingCount'
  | 'parked'
  | 'parkedCount'
  | 'inboxState'
  | 'receivedRows'
  | 'oldestWaitingAt'
  | 'aggregate'
  | 'aggregateByKey'
  | 'aggregates'
  | 'nextNumber'
  | 'eventsAfter'
  | 'eventsAbout'
  | 'eventsOf'
  | 'head'
  | 'payload'
  | 'payloads'
  | 'occurrencesOf'
  | 'occurrencesSince'
  | 'latestOccurrences'
  | 'dueTimers'
  | 'nextTimerAt'
  | 'timersOf'
  | 'effect'
  | 'effects'
  | 'cursor'
  | 'document'
  | 'documents'
  | 'close'
>;

export interface Change {
  /** A row was stored in the inbox, or put back to waiting. */
  inbox: boolean;
  /** One of them in a lane that does not wait for the others: people's, or the urgent one. */
  called: boolean;
  events: readonly StoredEvent[];
  timers: boolean;
  effects: boolean;
}

/** In the order in which they are handled; `urgent`: a machine's row about something critical. */
export type Lane = 'people' | 'urgent' | 'machines';

export interface NewInboxRow {
  lane: Lane;
  /** Names the handler: `alertmanager`, `command`. */
  source: string;
  /** Unique for ever; a webhook gets a fresh one, a click its own (DESIGN.md, Inbox). */
  key: string;
  receivedAt: number;
  body: Uint8Array;
}

export interface AggregateFilter {
  /** Only rows whose `key` is not null. */
  readonly open?: boolean;
  /** Only rows whose state names this `service`; open ones, found by an index. */
  readonly service?: string;
  readonly since?: number;
  readonly limit?: number;
}

export interface ReceivedFilter {
  readonly sources: readonly string[];
  readonly since: number;
  readonly after: number;
  readonly limit: number;
}

export interface InboxRow extends NewInboxRow {
  id: number;
  tries: number;
  state: 'waiting' | 'parked' | 'done';
  error: string | null;
}

/** `data` holds ids, numbers, config keys and digests only; free text goes into `Batch.payloads`. */
export interface NewEvent {
  /** `<kind>.<what-happened>`: `incident.opened`. */
  type: string;
  /** Version of the shape of `data`. */
  v: number;
  data: JsonObject;
}

export interface StoredEvent extends NewEvent {
  seq: number;
  at: number;
  kind: string;
  id: string;
  /** The aggregate's version after this event, from 1. */
  version: number;
  actor: string;
  /** The incident it is about, when there is one. */
  incident: string | null;
  hash: string;
}

export interface AggregateChange {
  kind: string;
  id: string;
  /** The number in the id, for `nextNumber`; absent for kinds without numbers. */
  number?: number;
  /** Version the decision was made on; 0 for a new aggregate, which begins with at least one event. The new version is `expected + events.length`. */
  expected: number;
  /** Unique within the kind while held; null gives it up. */
  key: string | null;
  /** The state after the events. */
  state: object;
  events: readonly NewEvent[];
  /** The incident these events are about. */
  incident?: string;
}

export interface Batch {
  at: number;
  actor: string;
  aggregates?: readonly AggregateChange[];
  /** Texts by their digest (`digestOf`); kept once however often they are put. */
  payloads?: ReadonlyMap<string, string>;
  occurrences?: readonly Occurrence[];
  /** Occurrences that belong to another incident from now on; they leave no row behind. Before `occurrences`. */
  moved?: ReadonlyArray<{ readonly fingerprint: string; readonly from: string; readonly to: string }>;
  timers?: readonly TimerChange[];
  effects?: readonly EffectChange[];
  documents?: ReadonlyArray<{ collection: string; key: string; value: JsonObject | null }>;
  /** Inbox rows that this batch has dealt with. */
  done?: readonly number[];
}

export interface Appended {
  kind: 'appended';
  events: readonly StoredEvent[];
}
export interface Conflict {
  kind: 'conflict';
  aggregate: { kind: string; id: string };
}

export interface AggregateRow<S> {
  kind: string;
  id: string;
  version: number;
  key: string | null;
  state: S;
  updatedAt: number;
}

/** One firing of one alert. (fingerprint, startsAt) names it; upserted by (incident, fingerprint). */
export interface Occurrence {
  incident: string;
  fingerprint: string;
  startsAt: number;
  endsAt: number | null;
  status: 'firing' | 'resolved';
  severity: string;
  lastSeen: number;
  /** Digest of the JSON `{labels, annotations, generatorURL}`. */
  about: string;
  /** Who told of it; absent: Alertmanager's webhook, so that Alertmanager can be asked about it. */
  source?: string;
  /** It went on firing after this end was told: an end that is not later closes nothing. */
  endedBefore?: number;
}

export interface Timer {
  kind: string;
  id: string;
  /** One per aggregate and purpose: setting it again moves it. */
  purpose: string;
  dueAt: number;
  data: JsonObject;
}
export type TimerChange =
  | ({ op: 'set' } & Timer)
  /** Without a purpose every timer of the aggregate is cancelled; with `dueAt` only one that is still set to it. */
  | { op: 'cancel'; kind: string; id: string; purpose?: string; dueAt?: number };

/** wanted → claimed → done | failed | unknown; wanted → dropped when nobody wants it any more. */
export type EffectState = 'wanted' | 'claimed' | 'done' | 'failed' | 'unknown' | 'dropped';

export interface Effect {
  key: string;
  /** `page`, `diagnose`, `step`, … names the executor. */
  kind: string;
  incident: string | null;
  state: EffectState;
  askedAt: number;
  claimedAt: number | null;
  closedAt: number | null;
  data: JsonObject;
  result: JsonObject | null;
}
export type EffectChange =
  /** A key that exists already is left as it is: an effect is asked for once, for ever. */
  | { op: 'ask'; key: string; kind: string; incident: string | null; data: JsonObject }
  | { op: 'close'; key: string; state: 'done' | 'failed' | 'unknown'; result: JsonObject }
  /** Back to wanted, for an effect that is idempotent or known not to have happened. */
  | { op: 'again'; key: string }
  /** Drops what is still wanted: one key, or all of a kind for an incident. */
  | { op: 'drop'; key: string; reason: string }
  | { op: 'dropAll'; kind: string; incident: string; reason: string };
