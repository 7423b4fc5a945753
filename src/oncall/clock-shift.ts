import type { NewEvent } from '../journal/port.ts';

/** The moments of an escalation, epoch ms, and whether it runs. */
interface Moments {
  readonly status: string;
  readonly base: { readonly at: number; readonly afterSeconds: number };
  readonly respondBy: number | null;
  readonly next: { readonly at: number; readonly deferred: boolean } | null;
  readonly ack?: {
    readonly next: { readonly at: number };
    readonly askedAt: number | null;
    readonly since: number;
  } | null;
}

/** Started this shortly before the jump was noticed: by the new time already. */
const NOTICED_WITHIN_MS = 2_000;

/**
 * What a jump of the wall clock does to an escalation that runs (FAULTS.md, 34): its moments move with the clock, so that
 * what is due in five minutes is due in five minutes. null: nothing is due, or it began by the new time. A page that
 * waits for a time of day waits for it all the same.
 */
export function shiftFor(state: Moments, byMs: number, now: number): NewEvent | null {
  const isDue = (state.status === 'running' && state.next !== null) || state.ack != null;
  if (!isDue) return null;
  const beganAt = Math.max(state.base.at, state.ack?.since ?? 0);
  const isByNewTime = beganAt >= now - NOTICED_WITHIN_MS && beganAt <= now;
  return isByNewTime ? null : { type: 'escalation.shifted', v: 1, data: { byMs } };
}

/** Folds `escalation.shifted`. */
export function shifted<S extends Moments>(state: S, byMs: number): S {
  const { base, respondBy, next, ack } = state;
  return {
    ...state,
    base: { ...base, at: base.at + byMs },
    respondBy: respondBy === null ? null : respondBy + byMs,
    next: next === null || next.deferred ? next : { ...next, at: next.at + byMs },
    ...(ack == null
      ? {}
      : {
          ack: {
            ...ack,
            next: { ...ack.next, at: ack.next.at + byMs },
            askedAt: ack.askedAt === null ? null : ack.askedAt + byMs,
            since: ack.since + byMs,
          },
        }),
  };
}
