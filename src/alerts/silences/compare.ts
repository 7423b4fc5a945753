/** What Alertmanager holds against what the journal knows of our own silences. Pure. */
import type { HeldSilence } from '../alertmanager.ts';
import { type SilenceEvent, silenceEvent } from './silence-events.ts';
import type { SilenceState } from './silence-state.ts';

/** Something that happened to a silence of ours outside. */
export interface Difference {
  readonly silence: string;
  readonly event: SilenceEvent;
  /** Peers of a cluster tell each other late: what may be that alone has to be seen twice. */
  readonly isSure: boolean;
}

/** Alertmanager keeps times to the millisecond; what is nearer than this is the same end. */
const SAME_MS = 1_000;

/** Compares the silences in force by the journal with those that Alertmanager holds. */
export function differencesIn(
  own: readonly SilenceState[],
  held: readonly HeldSilence[],
  now: number,
): readonly Difference[] {
  const byId = new Map(held.map((silence) => [silence.id, silence]));
  return own.flatMap((state) => {
    const isSettled = state.status === 'active' && state.pending === null && state.held !== null && state.endsAt > now;
    return isSettled ? differenceOf(state, byId.get(state.held ?? '') ?? null) : [];
  });
}

function differenceOf(state: SilenceState, held: HeldSilence | null): readonly Difference[] {
  const { id: silence } = state;
  if (held === null) return [{ silence, event: silenceEvent('silence.lifted', { where: 'lost' }), isSure: false }];
  const isSame = Math.abs(held.endsAt - state.endsAt) <= SAME_MS;
  if (held.state === 'expired') {
    // ended before its time: by its own end the timer ends it
    if (isSame) return [];
    return [{ silence, event: silenceEvent('silence.lifted', { where: 'elsewhere' }), isSure: true }];
  }
  if (isSame) return [];
  return [{ silence, event: silenceEvent('silence.end-changed', { endsAt: held.endsAt }), isSure: false }];
}
