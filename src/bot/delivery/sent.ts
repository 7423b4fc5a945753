import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import type { Journal } from '../../journal/port.ts';
import type { Beyond } from '../../oncall/page.ts';

/** Where a message is, and what it says: a document of the collection `slack` by the message's key. */
export type SentMessage = {
  readonly channel: string;
  /** Empty: it may be there, but cannot be found again (no right to read the channel). */
  readonly ts: string;
  /** ts of the thread's parent; null for a message of its own. */
  readonly thread: string | null;
  /** Digest of what it says; empty when that is not known. */
  readonly hash: string;
  readonly incident: string | null;
  readonly sentAt: number;
  /** A page beside the policy's own steps. */
  readonly beyond?: Pick<Beyond, 'why' | 'number'>;
  /** A page for several: every incident that it names. */
  readonly names?: readonly string[];
  /** What the pages are known by that were added to it. */
  readonly aliases?: readonly string[];
};

export interface SentMessages {
  load(): Promise<void>;
  get(key: string): SentMessage | null;
  set(key: string, message: SentMessage | null): void;
  /** Keys of the pages of an incident that are still shown as waited on. */
  pagesOf(incident: string): string[];
  /** Incidents (null: messages of none) with messages sent before this time, epoch milliseconds. */
  incidentsBefore(time: number): Array<string | null>;
  /** Drops an incident's messages that were sent before this time. */
  forget(incident: string | null, before: number): void;
  /** Who has a copy of the request that a run makes: user ids. */
  copiesOf(run: string): string[];
  /** Ids of rosters that a message is recorded of. */
  rosters(): string[];
  incidentAt(channel: string, ts: string): string | null;
  /** How many changes are not durable yet. */
  unsaved(): number;
}

const COLLECTION = 'slack';
const ROSTER = 'roster:';
const RETRY_MS = 1_000;
const TOGETHER = 100;

/** What was sent, in memory, written behind to the journal until it is there. `saved` is called when all of it is. */
export function createSentMessages(deps: {
  journal: Journal;
  clock: Clock;
  logger: Logger;
  saved: () => void;
}): SentMessages {
  const messages = new Map<string, SentMessage>();
  const pages = new Map<string, Set<string>>();
  const parents = new Map<string, string>();
  const pending = new Map<string, SentMessage | null>();
  let isSaving = false;

  function remember(key: string, message: SentMessage | null): void {
    const before = messages.get(key);
    if (message === null) messages.delete(key);
    else messages.set(key, message);
    const incident = message?.incident ?? before?.incident;
    if (incident == null) return;
    if (key.startsWith('page:'))
      for (const named of (message ?? before)?.names ?? [incident]) indexPage(named, key, message !== null);
    if (!key.startsWith('parent:')) return;
    if (message !== null) parents.set(`${message.channel}/${message.ts}`, incident);
    else if (before !== undefined) parents.delete(`${before.channel}/${before.ts}`);
  }

  function indexPage(incident: string, key: string, isThere: boolean): void {
    const keys = pages.get(incident) ?? new Set();
    if (isThere) keys.add(key);
    else keys.delete(key);
    if (keys.size === 0) pages.delete(incident);
    else pages.set(incident, keys);
  }

  async function save(): Promise<void> {
    if (isSaving) return;
    isSaving = true;
    try {
      while (pending.size > 0) {
        // together, so that they share one sync
        const next = [...pending].slice(0, TOGETHER);
        await Promise.all(next.map(([key, message]) => deps.journal.putDocument(COLLECTION, key, message)));
        for (const [key, message] of next) if (pending.get(key) === message) pending.delete(key);
      }
    } catch (error) {
      deps.logger.warn({ err: error, waiting: pending.size }, 'sent messages cannot be recorded yet');
      deps.clock.after(RETRY_MS, () => void save());
    } finally {
      isSaving = false;
    }
    if (pending.size === 0) deps.saved();
  }

  function set(key: string, message: SentMessage | null): void {
    remember(key, message);
    pending.set(key, message);
    void save();
  }

  return {
    load: async () => {
      for (const { key, value } of await deps.journal.documents(COLLECTION)) remember(key, value as SentMessage);
    },
    get: (key) => messages.get(key) ?? null,
    set,
    incidentsBefore: (time) => [
      ...new Set([...messages.values()].filter(({ sentAt }) => sentAt < time).map(({ incident }) => incident)),
    ],
    forget: (incident, before) => {
      for (const [key, message] of messages) {
        if (message.incident === incident && message.sentAt < before) set(key, null);
      }
    },
    pagesOf: (incident) => [...(pages.get(incident) ?? [])],
    copiesOf: (run) => {
      const prefix = `asking:${run}/`;
      return [...messages.keys()].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
    },
    rosters: () => [...messages.keys()].filter((key) => key.startsWith(ROSTER)).map((key) => key.slice(ROSTER.length)),
    incidentAt: (channel, ts) => parents.get(`${channel}/${ts}`) ?? null,
    unsaved: () => pending.size,
  };
}
