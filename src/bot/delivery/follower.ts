import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import type { Change, Journal, StoredEvent } from '../../journal/port.ts';

/** Follows the journal by a cursor that moves only while everything is shown and recorded. */
export interface Follower {
  /** Reads what was missed since the cursor and goes on from there. */
  start(): Promise<void>;
  /** Hears of nothing more. */
  unfollow(): void;
  /** Resolves once what was read is taken and the cursor is recorded. */
  stop(): Promise<void>;
  /** Everything that is read so far. */
  reading(): Promise<void>;
  /** To be called whenever something was shown or recorded. */
  settle(): void;
  /** Resolves when everything shown is true and recorded. */
  idle(): Promise<void>;
}

const CURSOR = 'slack';
/** The journal's record of each start of the bot. */
const STARTED = 'process.started';
const CURSOR_EVERY_MS = 1_000;
const READ_AT_ONCE = 500;
const EFFECTS_EVERY_MS = 100;

export function createFollower(deps: {
  journal: Journal;
  clock: Clock;
  logger: Logger;
  /** `isBacklog`: before the last start of the bot; a dead process may have begun to show it. */
  take: (event: StoredEvent, isBacklog: boolean) => void;
  /** All that was taken so far lies before a start of the bot. */
  outdate: () => void;
  readEffects: (leftovers: boolean) => Promise<void>;
  /** Events were taken. */
  taken: () => void;
  /** Whether anything is to be shown, on its way or not recorded yet. */
  isBusy: () => boolean;
  isUnsaved: () => boolean;
}): Follower {
  const { journal, clock, logger } = deps;
  let lastSeq = 0;
  let savedSeq = 0;
  let reading: Promise<void> = Promise.resolve();
  let readers = 0;
  let isEffectsWanted = false;
  let effectsReadAt = Number.NEGATIVE_INFINITY;
  let unfollow: (() => void) | null = null;
  let cancelCursor: (() => void) | null = null;
  let isStopped = false;
  let idlers: Array<() => void> = [];

  function take(event: StoredEvent, isBacklog = false): void {
    lastSeq = Math.max(lastSeq, event.seq);
    deps.take(event, isBacklog);
  }

  function follow(change: Change): void {
    const first = change.events[0];
    if (first !== undefined && readers === 0 && first.seq === lastSeq + 1)
      for (const event of change.events) take(event);
    else if (first !== undefined) enqueue(() => eachUnread(take));
    if (change.effects) wantEffects();
    deps.taken();
  }

  /** At once, then at most ten times a second: a flood asks for pages with each of its commits. */
  function wantEffects(): void {
    if (isEffectsWanted) return;
    isEffectsWanted = true;
    const waitMs = effectsReadAt + EFFECTS_EVERY_MS - clock.monotonicMs();
    if (waitMs > 0) clock.after(waitMs, readWantedEffects);
    else readWantedEffects();
  }

  function readWantedEffects(): void {
    isEffectsWanted = false;
    effectsReadAt = clock.monotonicMs();
    if (!isStopped) enqueue(() => deps.readEffects(false));
  }

  /** Reads of the journal, one after another. */
  function enqueue(read: () => Promise<void>): void {
    readers += 1;
    reading = reading
      .then(read)
      .catch((error: unknown) => logger.error({ err: error }, 'journal cannot be followed now'))
      .finally(() => {
        readers -= 1;
        deps.taken();
        settle();
      });
  }

  async function catchUpMissed(): Promise<void> {
    let isBacklog = true;
    await eachUnread((event) => {
      if (event.type === STARTED) {
        deps.outdate();
        isBacklog = false;
      }
      take(event, isBacklog);
    });
  }

  async function eachUnread(look: (event: StoredEvent) => void): Promise<void> {
    for (;;) {
      const events = await journal.eventsAfter(lastSeq, READ_AT_ONCE);
      for (const event of events) look(event);
      if (events.length < READ_AT_ONCE) return;
    }
  }

  function settle(): void {
    if (deps.isBusy() || readers > 0 || isEffectsWanted) return;
    if (savedSeq < lastSeq && cancelCursor === null && !isStopped)
      cancelCursor = clock.after(CURSOR_EVERY_MS, saveCursorSoon);
    const waiting = idlers;
    idlers = [];
    for (const resolve of waiting) resolve();
  }

  function saveCursorSoon(): void {
    cancelCursor = null;
    saveCursor().catch((error: unknown) => logger.warn({ err: error }, 'cursor cannot be recorded yet'));
  }

  async function saveCursor(): Promise<void> {
    if (deps.isUnsaved() || savedSeq === lastSeq) return;
    const seq = lastSeq;
    await journal.setCursor(CURSOR, seq);
    savedSeq = seq;
  }

  return {
    start: async () => {
      lastSeq = await journal.cursor(CURSOR);
      savedSeq = lastSeq;
      enqueue(catchUpMissed);
      enqueue(() => deps.readEffects(true));
      await reading;
      unfollow = journal.onChange(follow);
      enqueue(() => eachUnread(take));
      enqueue(() => deps.readEffects(false));
    },
    unfollow: () => {
      unfollow?.();
      isStopped = true;
      cancelCursor?.();
    },
    stop: async () => {
      await reading;
      await saveCursor();
    },
    reading: () => reading,
    settle,
    idle: () =>
      new Promise<void>((resolve) => {
        idlers.push(resolve);
        settle();
      }),
  };
}
