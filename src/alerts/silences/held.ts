import type { HeldSilence } from '../alertmanager.ts';

/** What Alertmanager was last seen to hold. */
export interface HeldSilences {
  /** Silences in force at `now` by what was last seen; empty before the first look. */
  active(now: number): readonly HeldSilence[];
  /** When Alertmanager last answered; null: not yet. */
  seenAt(): number | null;
  saw(silences: readonly HeldSilence[], at: number): void;
}

/** Remembers the last answer; a new process begins without one. */
export function createHeldSilences(): HeldSilences {
  let held: readonly HeldSilence[] = [];
  let at: number | null = null;
  return {
    active: (now) =>
      held.filter(({ state, startsAt, endsAt }) => state !== 'expired' && startsAt <= now && endsAt > now),
    seenAt: () => at,
    saw: (silences, seenAt) => {
      held = silences;
      at = seenAt;
    },
  };
}
