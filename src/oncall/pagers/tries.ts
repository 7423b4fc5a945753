import type { Clock } from '../../core/clock.ts';
import type { Effect } from '../../journal/port.ts';

/** What is remembered of pages that are tried more than once, while this process lives. */
export interface Tries {
  /** `mayBeThere`: an earlier try, perhaps of a process that died, may have been taken. */
  begin(effect: Effect): { readonly isRepeat: boolean; readonly mayBeThere: boolean };
  failed(effect: Effect, mayBeThere: boolean): void;
  /** When this process first tried it, epoch milliseconds. */
  since(effect: Effect): number;
  forget(effect: Effect): void;
}

/** What was asked for before this process began may have been tried by the one before. */
export function createTries(clock: Clock): Tries {
  const startedAt = clock.now();
  const known = new Map<string, { readonly since: number; mayBeThere: boolean; isRepeat: boolean }>();

  function entryOf({ key, askedAt }: Effect) {
    const isOlder = askedAt < startedAt;
    const entry = known.get(key) ?? { since: clock.now(), mayBeThere: isOlder, isRepeat: isOlder };
    known.set(key, entry);
    return entry;
  }
  return {
    begin: (effect) => {
      const { isRepeat, mayBeThere } = entryOf(effect);
      return { isRepeat, mayBeThere };
    },
    failed: (effect, mayBeThere) => {
      const entry = entryOf(effect);
      entry.isRepeat = true;
      entry.mayBeThere ||= mayBeThere;
    },
    since: (effect) => entryOf(effect).since,
    forget: ({ key }) => void known.delete(key),
  };
}
