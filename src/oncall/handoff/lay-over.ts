import type { OverrideConfig } from '../../core/config/config.ts';
import { defineOverlay } from '../overlay.ts';
import { evolveHandoff, HANDOFF, type HandoffState } from './handoff-state.ts';

/** Nobody says when such a shift ends; it is asked for again long before. */
const NO_END_MS = 366 * 86_400_000;

/**
 * Handoffs that nobody has accepted, as the roster lays them over the schedules: who was on call stays first in line, and
 * who is to come is paged too. Beneath every override: what people decide by hand holds.
 */
export const handoffOverlay = defineOverlay<HandoffState>({
  kind: HANDOFF,
  evolve: evolveHandoff,
  over: (config, states) => {
    const schedules = { ...config.schedules };
    for (const state of states) {
      if (state.status !== 'waiting') continue;
      const schedule = Object.hasOwn(schedules, state.schedule) ? schedules[state.schedule] : undefined;
      const people = [...state.from, ...state.staying, ...state.to].filter((person) =>
        Object.hasOwn(config.people, person),
      );
      if (schedule === undefined || people.length === 0) continue;
      schedules[state.schedule] = { ...schedule, overrides: [spanOf(state, people), ...schedule.overrides] };
    }
    return { ...config, schedules };
  },
});

function spanOf({ at, until }: HandoffState, people: readonly string[]): OverrideConfig {
  const end = until ?? at + NO_END_MS;
  return { from: new Date(at).toISOString(), to: new Date(end).toISOString(), people, why: 'handoff' };
}
