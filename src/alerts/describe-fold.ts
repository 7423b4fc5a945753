import type { NameKey } from './change.ts';
import type { IncidentEvent } from './events.ts';

type FoldEvent = Extract<
  IncidentEvent,
  { type: 'incident.folded' | 'incident.unfolded' | 'incident.child-folded' | 'incident.child-unfolded' }
>;

const UNFOLDED = {
  recovered: 'has recovered and this still fires',
  resolved: 'is resolved and this still fires',
  'more-urgent': 'is less urgent than this now',
  asked: 'is no longer what this belongs to',
} as const;

/** Words for folding beneath another incident and coming out again; `because` is empty or `: the reason`. */
export function describeFold(event: FoldEvent, because: string, nameOf: NameKey): string {
  switch (event.type) {
    case 'incident.folded': {
      const { under, by } = event.data;
      return by === 'dependency'
        ? `folded under ${under}, which this depends on: no pages of its own`
        : `merged into ${under} by ${nameOf(by)}: no pages of its own${because}`;
    }
    case 'incident.unfolded':
      return `no longer folded under ${event.data.from}, which ${UNFOLDED[event.data.because]}${because}`;
    case 'incident.child-folded':
      return event.data.by === 'dependency'
        ? `${event.data.child} depends on this: folded beneath it`
        : `${event.data.child} merged into this`;
    case 'incident.child-unfolded':
      return `${event.data.child} stands on its own again`;
    default:
      return event satisfies never;
  }
}
