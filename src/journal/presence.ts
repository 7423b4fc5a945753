import type { Clock } from '../core/clock.ts';
import type { JsonObject } from '../core/json.ts';
import type { Effect, Journal, StoredEvent, Timer } from './port.ts';

/** The process aggregate: when the bot ran. Kind `process`, id `bot`. */
export interface PresenceState {
  readonly starts: number;
  readonly startedAt: number;
  readonly stoppedAt: number | null;
}

/** What was found at a start: the blind window and what fell due in it. */
export interface StartFacts {
  readonly at: number;
  /** When the process was last known to live; null at the first start of this store. */
  readonly downSince: number | null;
  readonly overdueTimers: readonly Timer[];
  /** Rows that were taken in before and wait to be handled. */
  readonly waitingRows: number;
  /** Effects that were under way when the process ended. */
  readonly interrupted: readonly Effect[];
}

export interface Presence {
  /** Records the start as an event and says what fell due while nobody was here. */
  start(version: string): Promise<StartFacts>;
  /** Notes that the process lives; called every few seconds, so that a kill leaves a trace of when. */
  beat(): Promise<void>;
  /** Records that another configuration is in force, and what differs (dotted paths, no values). */
  reloaded(version: string, changes: readonly string[]): Promise<void>;
  /** Records that a changed configuration was refused; the old one stays in force. */
  reloadRefused(version: string, errors: number): Promise<void>;
  /** Records an orderly end. */
  stop(): Promise<void>;
}

const KIND = 'process';
const ID = 'bot';
const MOST_LISTED = 200;

/** Keeps the record of when the bot ran, for the honest restart notice (DESIGN.md, What nobody else has, 6). */
export function createPresence(deps: { journal: Journal; clock: Clock }): Presence {
  const { journal, clock } = deps;
  async function record(type: string, data: JsonObject): Promise<void> {
    const row = await journal.aggregate<PresenceState>(KIND, ID);
    const at = clock.now();
    const event = { type, v: 1, data };
    const stored: StoredEvent = {
      ...event,
      seq: 0,
      at,
      kind: KIND,
      id: ID,
      version: 0,
      actor: 'auto',
      incident: null,
      hash: '',
    };
    const state = evolvePresence(row?.state ?? null, stored);
    await journal.append({
      at,
      actor: 'auto',
      aggregates: [{ kind: KIND, id: ID, expected: row?.version ?? 0, key: null, state, events: [event] }],
    });
  }
  async function beat(): Promise<void> {
    await journal.putDocument(KIND, 'alive', { at: clock.now() });
  }
  return {
    start: async (version) => {
      const facts = await findFacts(journal, clock.now());
      await record('process.started', {
        version,
        downSince: facts.downSince,
        overdueTimers: facts.overdueTimers.length,
        waitingRows: facts.waitingRows,
        interrupted: facts.interrupted.length,
      });
      await beat();
      return facts;
    },
    beat,
    reloaded: (version, changes) => record('process.config-reloaded', { version, changes }),
    reloadRefused: (version, errors) => record('process.config-refused', { version, errors }),
    stop: async () => {
      await beat();
      await record('process.stopped', {});
    },
  };
}

async function findFacts(journal: Journal, at: number): Promise<StartFacts> {
  const alive = await journal.document(KIND, 'alive');
  return {
    at,
    downSince: typeof alive?.at === 'number' ? alive.at : null,
    overdueTimers: await journal.dueTimers(at, MOST_LISTED),
    waitingRows: journal.waitingCount(),
    interrupted: await journal.effects({ states: ['claimed'], limit: MOST_LISTED }),
  };
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
