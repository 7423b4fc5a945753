import type { HandoffConfig, OncallConfig, ScheduleConfig } from '../../core/config/config.ts';
import { onCallAt, peopleOnCall } from '../schedule.ts';
import type { HandoffTold } from './handoff-state.ts';

/** A change of people that is to come, as `handoff.told` says it. */
export type ComingHandoff = HandoffTold;

/** Handoffs within one shift of somebody who only keeps it: a rotation of one person. */
const MOST_SHIFTS = 400;

/**
 * The first handoff after `after` at which somebody new comes on call, by rotations and overrides; null: there is none.
 * A shift that passes to the same people, or that only loses somebody, changes no hands.
 */
export function nextHandoff({ schedules }: OncallConfig, name: string, after: number): ComingHandoff | null {
  const written = schedules[name];
  if (written === undefined) return null;
  const schedule = withoutWaiting(written);
  let at = after;
  for (let shifts = 0; shifts < MOST_SHIFTS; shifts += 1) {
    const { now, until, next } = onCallAt(schedule, at);
    if (until === null) return null;
    const to = next.filter((person) => !now.includes(person));
    if (to.length > 0) {
      const from = now.filter((person) => !next.includes(person));
      const staying = now.filter((person) => next.includes(person));
      const end = onCallAt(schedule, until).until;
      return { schedule: name, at: until, until: end, from, staying, to, agreed: isAgreed(schedule, until, next) };
    }
    at = until;
  }
  return null;
}

/** What goes with the handoffs of a schedule. */
export function handoffRules({ onHandoff }: ScheduleConfig): HandoffConfig {
  return onHandoff ?? { briefBeforeSeconds: 1800, accept: true, usergroup: null, topic: null };
}

/** The schedule as rotations and overrides have it, whatever waits to be accepted. */
function withoutWaiting(schedule: ScheduleConfig): ScheduleConfig {
  return { ...schedule, overrides: schedule.overrides.filter(({ why }) => why !== 'handoff') };
}

/** Whoever stands in by an override has agreed to it, and a schedule may do without acceptance. */
function isAgreed(schedule: ScheduleConfig, at: number, people: readonly string[]): boolean {
  if (!handoffRules(schedule).accept) return true;
  const byRotation = peopleOnCall({ ...schedule, overrides: [] }, at);
  return byRotation.join() !== people.join();
}

/** When the brief of a handoff goes out: `brief_before` ahead, or a quarter of a short shift. */
export function briefAt(schedule: ScheduleConfig, { at, until }: ComingHandoff): number {
  const ahead = handoffRules(schedule).briefBeforeSeconds * 1000;
  return at - Math.min(ahead, until === null ? ahead : Math.floor((until - at) / 4));
}
