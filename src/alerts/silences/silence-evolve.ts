import type { Actor } from '../../core/command.ts';
import type { StoredEvent } from '../../journal/port.ts';
import { asSilenceEvent, type SilenceEvent, type SilenceStamp } from './silence-events.ts';
import type { SilenceState } from './silence-state.ts';

/** Folds one event into a silence's state. The state is what its events say and nothing else. */
export function evolveSilence(state: SilenceState | null, event: SilenceEvent & SilenceStamp): SilenceState {
  if (event.type === 'silence.requested') {
    const { seconds: _seconds, ...asked } = event.data;
    return { ...begun(event), ...asked, status: 'requested', startsAt: null, held: null, firstEndsAt: asked.endsAt };
  }
  if (event.type === 'silence.adopted') {
    return { ...begun(event), ...event.data, status: 'active', firstEndsAt: event.data.endsAt };
  }
  if (state === null) throw new Error(`${event.type} of ${event.id}, which was never asked for`);
  return evolveKnown(state, event);
}

/** Folds a stored event, for `journal verify --state`. */
export function evolveStoredSilence(state: SilenceState | null, event: StoredEvent): SilenceState {
  const own = asSilenceEvent(event);
  if (own === null) throw new Error(`${event.kind} ${event.id} is no silence`);
  return evolveSilence(state, own);
}

type Later = Exclude<SilenceEvent, { type: 'silence.requested' | 'silence.adopted' }> & SilenceStamp;

function evolveKnown(state: SilenceState, event: Later): SilenceState {
  const by = event.actor as Actor;
  switch (event.type) {
    case 'silence.created':
      return { ...state, status: 'active', held: event.data.held, startsAt: event.at };
    case 'silence.failed':
      return { ...state, status: 'failed', why: event.data.why, endedAt: event.at };
    case 'silence.extend-asked':
      return { ...state, pending: { kind: 'extend', endsAt: event.data.endsAt, by } };
    case 'silence.extended':
      return { ...state, ...event.data, pending: null, why: null };
    case 'silence.lift-asked':
      return { ...state, pending: { kind: 'lift', by } };
    case 'silence.lifted':
      return { ...state, status: 'lifted', pending: null, liftedBy: by, endedAt: event.at };
    case 'silence.change-failed':
      return { ...state, pending: null, why: event.data.why };
    case 'silence.end-changed':
      return { ...state, endsAt: event.data.endsAt };
    case 'silence.warned':
      return state;
    case 'silence.expired':
      return { ...state, status: 'expired', pending: null, endedAt: event.at };
    default:
      return event satisfies never;
  }
}

function begun(stamp: SilenceStamp) {
  return {
    id: stamp.id,
    by: stamp.actor as Actor,
    requestedAt: stamp.at,
    pending: null,
    why: null,
    liftedBy: null,
    endedAt: null,
  } as const;
}
