import { NOTICE } from '../../journal/notice.ts';
import type { Effect, Journal } from '../../journal/port.ts';

/** A notice on its way, with what this process has learnt about it. */
export interface WantedNotice {
  readonly effect: Effect;
  /** From now on it says that it may have come before. */
  isRepeat: boolean;
  /** Its own place takes nothing: it goes to the operations channel. */
  isRerouted: boolean;
  /** Its picture at Slack; undefined: not uploaded yet. */
  file?: string;
}

/** The notices that the journal asks for and that are not closed yet. */
export interface WantedNotices {
  /** Reads new ones; resolves with them. With `leftovers` also those that a dead process had claimed. */
  refresh(options: { leftovers: boolean }): Promise<WantedNotice[]>;
  get(key: string): WantedNotice | null;
  forget(key: string): void;
}

export function createWantedNotices(journal: Journal): WantedNotices {
  const notices = new Map<string, WantedNotice>();
  return {
    refresh: async ({ leftovers }) => {
      const states = leftovers ? (['wanted', 'claimed'] as const) : (['wanted'] as const);
      const found = await journal.effects({ kinds: [NOTICE], states });
      const fresh = found.filter(({ key }) => !notices.has(key));
      return fresh.map((effect) => {
        const notice: WantedNotice = { effect, isRepeat: false, isRerouted: false };
        notices.set(effect.key, notice);
        return notice;
      });
    },
    get: (key) => notices.get(key) ?? null,
    forget: (key) => void notices.delete(key),
  };
}
