import type { JsonObject } from '../../core/json.ts';
import type { NewEvent, StoredEvent } from '../../journal/port.ts';

/** Aggregate kind of the record of who is on call: one a schedule, by its name. */
export const DUTY = 'duty';

/** Why who is on call changed. `started`: the record begins here. */
export type DutyWhy = 'started' | 'rotation' | 'override' | 'configuration';

/** Who is on call in a schedule, as it was recorded last. */
export type DutyState = {
  readonly people: readonly string[];
  /** Epoch ms. */
  readonly since: number;
  readonly why: DutyWhy;
  /** Version of the configuration that said so. */
  readonly version: string;
};

/** `duty.changed`; `lateSeconds`: how long after the change it was recorded, because nobody was here. */
export function dutyChanged(state: DutyState, now: number): NewEvent {
  const { people, since, why, version } = state;
  const lateSeconds = Math.max(0, Math.round((now - since) / 1000));
  return { type: 'duty.changed', v: 1, data: { people, since, why, version, lateSeconds } };
}

/** Folds the record of one schedule. */
export function evolveDuty(_state: DutyState | null, event: Pick<StoredEvent, 'data'>): DutyState {
  return dutyIn(event.data);
}

/** The state that a `duty.changed` tells. */
export function dutyIn({ people, since, why, version }: JsonObject): DutyState {
  return {
    people: Array.isArray(people) ? people.map(String) : [],
    since: Number(since),
    why: why as DutyWhy,
    version: String(version),
  };
}
