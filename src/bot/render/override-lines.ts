import type { OncallConfig } from '../../core/config/config.ts';
import type { OverrideJson } from '../../oncall/overrides/override-json.ts';
import { insteadOf } from '../../oncall/stand-in.ts';
import { code, dateToken, foreign } from '../mrkdwn.ts';

const MOST_TURNS = 4;

/** A turn as people are shown it: who, in whose place, from when to when in the reader's own zone. */
export interface ShownTurn {
  readonly people: readonly string[];
  readonly insteadOf: readonly string[];
  readonly from: number;
  readonly to: number;
}

/** `*Ben* in place of Ana · Mon 09:00 – Tue 09:00`. */
export function turnLine(turn: ShownTurn, nameOfPerson: (person: string) => string): string {
  const named = (people: readonly string[]) => people.map((person) => foreign(nameOfPerson(person), 60)).join(', ');
  const place = turn.insteadOf.length === 0 ? '' : ` in place of ${named(turn.insteadOf)}`;
  const who = turn.people.length === 0 ? '*nobody*' : `*${named(turn.people)}*`;
  return `${who}${place} · ${spanWords(turn)}`;
}

/** From when to when, in the reader's own zone. */
export function spanWords({ from, to }: { readonly from: number; readonly to: number }): string {
  return `${dateToken(from)} – ${dateToken(to)}`;
}

/** An override or a swap: its id and schedule, then what it changes, a line each. */
export function overrideLines(
  { id, schedule, swap, status, turns }: OverrideJson,
  oncall: OncallConfig,
  nameOfPerson: (person: string) => string,
): string[] {
  const rules = oncall.schedules[schedule];
  const named = swap?.map((person) => foreign(nameOfPerson(person), 60)).join(' and ');
  const what = named === undefined ? '' : ` · ${named} exchange`;
  const head = `*${foreign(id, 20)}* · ${code(schedule)}${what}${status === 'removed' ? ' · removed' : ''}`;
  const lines = turns.slice(0, MOST_TURNS).map(({ people, from, to }) => {
    const turn = { people, from: Date.parse(from), to: Date.parse(to) };
    return turnLine({ ...turn, insteadOf: rules === undefined ? [] : insteadOf(rules, turn) }, nameOfPerson);
  });
  const hidden = turns.length - lines.length;
  const more = hidden > 0 ? [`+${hidden} more`] : [];
  if (lines.length === 1 && hidden <= 0) return [`${head} · ${lines.join('')}`];
  return [head, ...[...lines, ...more].map((line) => `    ↳ ${line}`)];
}
