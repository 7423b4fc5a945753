import type { OncallConfig } from '../../core/config/config.ts';
import { readMoment } from '../../core/wall-time.ts';
import { askNotice, type Notice } from '../../journal/notice.ts';
import type { Batch } from '../../journal/port.ts';
import type { Duty } from '../duties.ts';
import { insteadOf } from '../stand-in.ts';
import type { OverrideState } from './override-state.ts';
import { listOf, spanText } from './words.ts';

const MOST_TURNS = 8;

/** An override or a swap that was made or removed. */
export interface Told {
  readonly state: OverrideState;
  readonly what: 'made' | 'removed';
  /** Who did it. */
  readonly by: string;
  /** Moment from which on it matters: what has passed concerns nobody. */
  readonly now: number;
  /** As it was said; null: nothing was. */
  readonly reason: string | null;
  /** Plain name of an actor or of a key of oncall.people. */
  readonly nameOf: (actor: string) => string;
}

type Change = Duty & { readonly insteadOf: readonly string[] };

/**
 * The part of a batch that tells everybody whom a change of the roster concerns: a word to each who stands in, and to each
 * in whose place. Nobody is asked first: it holds from the moment it is said.
 */
export function tellConcerned(oncall: OncallConfig, told: Told): Required<Pick<Batch, 'effects' | 'payloads'>> {
  const changes = changesOf(oncall, told);
  const people = new Set(changes.flatMap((change) => [...change.people, ...change.insteadOf]));
  const notices = [...people].map((person) => askNotice(keyOf(told, person), noticeTo(person, changes, oncall, told)));
  return {
    effects: notices.flatMap(({ effects }) => effects),
    payloads: new Map(notices.flatMap(({ payloads }) => [...payloads])),
  };
}

function changesOf({ schedules }: OncallConfig, { state, now }: Told): Change[] {
  const rules = Object.hasOwn(schedules, state.schedule) ? schedules[state.schedule] : undefined;
  const turns = state.turns.map(({ people, from, to }) => {
    return { people, from: readMoment(state.timezone, from), to: readMoment(state.timezone, to) };
  });
  const ahead = turns.filter(({ to }) => to > now);
  return ahead.map((turn) => ({ ...turn, insteadOf: rules === undefined ? [] : insteadOf(rules, turn) }));
}

function keyOf({ state, what }: Told, person: string): string {
  return `override|${state.id}|${what}|${person}`;
}

function noticeTo(person: string, changes: readonly Change[], { people }: OncallConfig, told: Told): Notice {
  const { state, what, reason, nameOf } = told;
  const zone = people[person]?.timezone ?? state.timezone;
  const named = (keys: readonly string[]) => listOf(keys.map(nameOf));
  const lines = changes.slice(0, MOST_TURNS).map((change) => {
    const place = change.insteadOf.length === 0 ? '' : ` in place of ${named(change.insteadOf)}`;
    return `${named(change.people)}${place} ${spanText(zone, change)}`;
  });
  const hidden = changes.length - lines.length;
  const kind = state.swap === null ? 'override' : 'swap';
  return {
    to: { person },
    title: `On call in ${state.schedule}: ${nameOf(told.by)} ${what} the ${kind} ${state.id}`,
    lines: [
      ...(what === 'made' ? [] : ['This holds no longer:']),
      ...lines,
      ...(hidden > 0 ? [`+${hidden} more`] : []),
      ...(reason === null ? [] : [`Why: ${reason}`]),
      ...(what === 'made' ? [`Not right? /gianna oncall override-remove ${state.id}`] : []),
    ],
  };
}
