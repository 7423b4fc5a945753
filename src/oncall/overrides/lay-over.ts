import type { OncallConfig, OverrideConfig } from '../../core/config/config.ts';
import { readMoment } from '../../core/wall-time.ts';
import { defineOverlay } from '../overlay.ts';
import { evolveOverride, OVERRIDE, type OverrideState } from './override-state.ts';

/** Overrides and swaps as the roster lays them over the schedules, the newest on top. */
export const overrideOverlay = defineOverlay<OverrideState>({
  kind: OVERRIDE,
  evolve: evolveOverride,
  over: (config, states) => {
    const schedules = { ...config.schedules };
    for (const state of states) {
      const schedule = Object.hasOwn(schedules, state.schedule) ? schedules[state.schedule] : undefined;
      if (schedule === undefined) continue;
      const overrides = [...schedule.overrides, ...overridesOf(state, config.people)];
      schedules[state.schedule] = { ...schedule, overrides };
    }
    return { ...config, schedules };
  },
});

/** What it says until it was removed. Who is no longer in oncall.yml stands in for nobody. */
function overridesOf(state: OverrideState, known: OncallConfig['people']): OverrideConfig[] {
  const { timezone, removedAt } = state;
  return state.turns.flatMap((turn) => {
    const from = readMoment(timezone, turn.from);
    const to = Math.min(readMoment(timezone, turn.to), removedAt ?? Number.POSITIVE_INFINITY);
    const people = turn.people.filter((person) => Object.hasOwn(known, person));
    if (people.length === 0 || to <= from) return [];
    return [{ from: new Date(from).toISOString(), to: new Date(to).toISOString(), people }];
  });
}
