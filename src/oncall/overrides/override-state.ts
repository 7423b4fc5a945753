import type { NewEvent, StoredEvent } from '../../journal/port.ts';

/** The aggregate's kind; its ids are `OVR-<n>`. */
export const OVERRIDE = 'override';

/** Who is on call when, in place of the schedule. Wall time in the zone (UTC with a Z where wall time is not enough). */
export type OverrideTurn = {
  readonly people: readonly string[];
  readonly from: string;
  readonly to: string;
};

/** One override, or a swap: the turns of both in one. */
export type OverrideState = {
  readonly id: string;
  readonly schedule: string;
  /** The schedule's zone when it was made: a later one moves no override. */
  readonly timezone: string;
  readonly turns: readonly OverrideTurn[];
  /** The two who exchange; null: an override. */
  readonly swap: readonly [string, string] | null;
  /** Digest of why; null: nothing was said. */
  readonly reason: string | null;
  readonly by: string;
  readonly madeAt: number;
  readonly removedAt: number | null;
  readonly removedBy: string | null;
};

/** What an event that begins one says. */
export type OverrideMade = Pick<OverrideState, 'schedule' | 'timezone' | 'turns' | 'swap' | 'reason'>;

/** Folds one event: `override.made` or `override.swapped`, then perhaps `override.removed`. */
export function evolveOverride(
  state: OverrideState | null,
  { type, id, data, at, actor }: NewEvent & Pick<StoredEvent, 'id' | 'at' | 'actor'>,
): OverrideState {
  if (type === 'override.made' || type === 'override.swapped') {
    const { schedule, timezone, turns, swap, reason } = data as unknown as OverrideMade;
    return { id, schedule, timezone, turns, swap, reason, by: actor, madeAt: at, removedAt: null, removedBy: null };
  }
  if (state === null) throw new Error(`override begins with ${type}`);
  return type === 'override.removed' ? { ...state, removedAt: at, removedBy: actor } : state;
}
