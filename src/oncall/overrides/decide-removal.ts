import { readMoment } from '../../core/wall-time.ts';
import type { OverrideState } from './override-state.ts';
import { type Refusal, refusal } from './read-asked.ts';
import { listOf } from './words.ts';

/** An id that none has. */
export function unknownOverride(id: string): Refusal {
  const what = id === '' ? 'Which one?' : `There is no override ${id}.`;
  return refusal('OVERRIDE_UNKNOWN', what, 'List them with: oncall overrides');
}

/** `override-remove { id }`: what has not passed yet holds no longer; what has passed stays as it was. */
export function decideRemoval(state: OverrideState, now: number): { readonly text: string } | Refusal {
  const { id } = state;
  if (state.removedAt !== null) return refusal('OVERRIDE_OVER', `${id} was removed already.`, 'See: oncall overrides');
  const left = state.turns.filter(({ to }) => readMoment(state.timezone, to) > now);
  if (left.length === 0) return refusal('OVERRIDE_OVER', `${id} has ended already.`, 'See: oncall overrides');
  const people = new Set(left.flatMap((turn) => turn.people));
  const what = state.swap === null ? `${listOf([...people])} no longer stands in` : 'nobody is exchanged any more';
  return { text: `${id} is removed: in ${state.schedule} ${what}.` };
}
