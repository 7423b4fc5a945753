import type { NewEvent, StoredEvent } from '../../journal/port.ts';

/** The aggregate's kind; its ids are `HND-<n>`. */
export const HANDOFF = 'handoff';

/** A shift that changes hands. */
export type HandoffState = {
  readonly id: string;
  readonly schedule: string;
  /** When the shift begins, epoch ms. */
  readonly at: number;
  /** When it ends by the schedule: then nothing is left to accept. null: nobody knows. */
  readonly until: number | null;
  /** Who leaves, who stays and who is new; keys of oncall.people. */
  readonly from: readonly string[];
  readonly staying: readonly string[];
  readonly to: readonly string[];
  /** `waiting`: nobody has accepted. `over`: the shift has ended, accepted or not. */
  readonly status: 'waiting' | 'accepted' | 'over';
  /** Who accepted; `agreed` when it was agreed before (an override, or a schedule without acceptance). */
  readonly acceptedBy: string | null;
};

/** What the event that begins one says. */
export type HandoffTold = Pick<HandoffState, 'schedule' | 'at' | 'until' | 'from' | 'staying' | 'to'> & {
  readonly agreed: boolean;
};

/** Folds one event: `handoff.told`, then `handoff.accepted`, `handoff.late` or `handoff.over`. */
export function evolveHandoff(
  state: HandoffState | null,
  { type, id, data }: NewEvent & Pick<StoredEvent, 'id'>,
): HandoffState {
  if (type === 'handoff.told') {
    const { schedule, at, until, from, staying, to, agreed } = data as unknown as HandoffTold;
    const status = agreed ? 'accepted' : 'waiting';
    return { id, schedule, at, until, from, staying, to, status, acceptedBy: agreed ? 'agreed' : null };
  }
  if (state === null) throw new Error(`a handoff begins with ${type}`);
  switch (type) {
    case 'handoff.accepted':
      return { ...state, status: 'accepted', acceptedBy: String(data.by) };
    case 'handoff.over':
      return { ...state, status: 'over' };
    default:
      return state;
  }
}
