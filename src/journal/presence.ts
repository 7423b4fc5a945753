import type { Clock } from '../core/clock.ts';
import type { JsonObject } from '../core/json.ts';
import { type DueTimer, keepUntold, lateDocuments, REPORT, SETTLE_MS, type Untold } from './absence.ts';
import type { Batch, Journal, StoredEvent } from './port.ts';

/** The process aggregate: when the bot ran. Kind `process`, id `bot`. */
export interface PresenceState {
  readonly starts: number;
  readonly startedAt: number;
  readonly stoppedAt: number | null;
}

export interface Presence {
  /** Records the start as an event, keeps what fell due while nobody was here, and sets when that is told. */
  start(version: string): Promise<{ readonly downSince: number | null; readonly overdue: number }>;
  /**
   * Notes that the process lives; called every few seconds, so that a kill leaves a trace of when. One that comes much
   * too late was made by a process that was suspended: that is an absence too.
   */
  beat(): Promise<void>;
  /** For the batch that carries out a late timer: what became of it, where that is still to be told. */
  late(timer: DueTimer, result: 'fired' | 'dropped', now: number): NonNullable<Batch['documents']>;
  /** Records that another configuration is in force, and what differs (dotted paths, no values). */
  reloaded(version: string, changes: readonly string[]): Promise<void>;
  /** Records that a changed configuration was refused; the old one stays in force. */
  reloadRefused(version: string, errors: number): Promise<void>;
  /** Records that the wall clock jumped, ahead or back. */
  clockJumped(byMs: number): Promise<void>;
  /** Records an orderly end. */
  stop(): Promise<void>;
}

const KIND = REPORT.kind;
const ID = REPORT.id;
const MOST_LISTED = 200;
const SUSPENDED_MS = 60_000;

/** Keeps the record of when the bot ran, for the honest restart message (DESIGN.md, What nobody else has, 6). */
export function createPresence(deps: { readonly journal: Journal; readonly clock: Clock }): Presence {
  const { journal, clock } = deps;
  let version: string | null = null;
  let beatAt: { readonly wall: number; readonly monotonic: number } | null = null;
  /** Timers that fell due before this are late because nobody was here. */
  let awakeSince = 0;

  async function record(type: string, data: JsonObject, part: Partial<Batch> = {}): Promise<void> {
    const row = await journal.aggregate<PresenceState>(KIND, ID);
    const at = clock.now();
    const event = { type, v: 1, data };
    const unstored = { seq: 0, at, kind: KIND, id: ID, version: 0, actor: 'auto', incident: null, hash: '' };
    const state = evolvePresence(row?.state ?? null, { ...event, ...unstored });
    const change = { kind: KIND, id: ID, expected: row?.version ?? 0, key: null, state, events: [event] };
    await journal.append({ at, actor: 'auto', aggregates: [change], ...part });
  }

  async function note(): Promise<void> {
    beatAt = { wall: clock.now(), monotonic: clock.monotonicMs() };
    await journal.putDocument(KIND, 'alive', { at: beatAt.wall, version });
  }

  async function returned(how: Untold['how'], from: number | null, before: string | null): Promise<number> {
    awakeSince = clock.now();
    const timers = await overdueTimers(journal, awakeSince);
    const waiting = journal.waitingCount();
    const untold: Untold = {
      startedAt: awakeSince,
      how,
      windows: from === null ? [] : [{ from, to: awakeSince }],
      head: (await journal.head()).seq,
      timers,
      waiting,
      versions: [before, version],
    };
    const facts = { downSince: from, overdueTimers: timers.length, waitingRows: waiting };
    const part = await keepUntold(journal, untold, awakeSince + SETTLE_MS);
    const claimed = await journal.effects({ states: ['claimed'], limit: MOST_LISTED });
    await record(`process.${how}`, { version, ...facts, interrupted: claimed.length }, part);
    return timers.length;
  }

  return {
    start: async (now) => {
      const alive = await journal.document(KIND, 'alive');
      const downSince = typeof alive?.at === 'number' ? alive.at : null;
      version = now;
      const overdue = await returned('started', downSince, typeof alive?.version === 'string' ? alive.version : null);
      await note();
      return { downSince, overdue };
    },
    beat: async () => {
      const last = beatAt;
      if (last !== null && clock.monotonicMs() - last.monotonic > SUSPENDED_MS) {
        await returned('woke', last.wall, version);
      }
      await note();
    },
    late: (timer, result, now) => {
      const isTold = timer.kind !== KIND && timer.dueAt < awakeSince;
      return isTold ? lateDocuments(timer, { result, at: now }) : [];
    },
    reloaded: async (next, changes) => {
      version = next;
      await record('process.config-reloaded', { version, changes });
    },
    reloadRefused: (refused, errors) => record('process.config-refused', { version: refused, errors }),
    clockJumped: (byMs) => record('process.clock-jumped', { bySeconds: Math.round(byMs / 1000) }),
    stop: async () => {
      await note();
      await record('process.stopped', {});
    },
  };
}

async function overdueTimers(journal: Journal, at: number): Promise<DueTimer[]> {
  const due = await journal.dueTimers(at, MOST_LISTED);
  const others = due.filter(({ kind }) => kind !== KIND);
  return others.map(({ kind, id, purpose, dueAt }) => ({ kind, id, purpose, dueAt }));
}

/** Folds the process's events. */
export function evolvePresence(state: PresenceState | null, event: StoredEvent): PresenceState {
  const before = state ?? { starts: 0, startedAt: event.at, stoppedAt: null };
  switch (event.type) {
    case 'process.started':
      return { starts: before.starts + 1, startedAt: event.at, stoppedAt: null };
    case 'process.stopped':
      return { ...before, stoppedAt: event.at };
    default:
      return before;
  }
}
