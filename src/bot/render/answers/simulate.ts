import { formatDuration } from '../../../core/duration.ts';
import type { SimulatedRow } from '../../../oncall/simulate/rows.ts';
import type { Simulation } from '../../../oncall/simulate/simulate.ts';
import { code, dateToken, foreign } from '../../mrkdwn.ts';
import { type Answer, answerOf } from './answer.ts';

const LONGEST_REASON = 300;

type NameOfPerson = (person: string) => string;

/** Who would be reached, a paragraph a moment, times in the reader's own zone. Names only: nobody is mentioned. */
export function renderSimulation(simulation: Simulation, nameOf: NameOfPerson): Answer {
  const { severity, startsAt, respondBy, note, rows } = simulation;
  const respond = respondBy === null ? '' : ` · respond by ${dateToken(respondBy, '{time}')}`;
  const head = `*${severity} at ${dateToken(startsAt)}*${respond}`;
  const said = note === null ? '' : foreign(note, LONGEST_REASON);
  if (rows.length === 0) return answerOf([head, said, 'Nobody is paged: the daily digest tells it.']);
  return answerOf([head, said, ...momentsOf(rows).map((moment) => momentText(moment, nameOf))]);
}

interface Moment {
  readonly rows: readonly SimulatedRow[];
  readonly last: SimulatedRow;
  readonly times: number;
}

/** Rows of one moment together; repeats that reach the same people stand once. */
function momentsOf(rows: readonly SimulatedRow[]): Moment[] {
  const moments: Moment[] = [];
  for (const group of grouped(rows)) {
    const [first] = group;
    const before = moments.at(-1);
    if (first === undefined) continue;
    if (before !== undefined && first.round > 1 && sameReach(before.rows, group)) {
      moments.splice(-1, 1, { ...before, last: first, times: before.times + 1 });
    } else moments.push({ rows: group, last: first, times: 1 });
  }
  return moments;
}

function grouped(rows: readonly SimulatedRow[]): SimulatedRow[][] {
  const groups = new Map<string, SimulatedRow[]>();
  for (const row of rows) {
    const key = `${row.at} ${row.kind}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()];
}

function sameReach(one: readonly SimulatedRow[], other: readonly SimulatedRow[]): boolean {
  const reach = (rows: readonly SimulatedRow[]) =>
    JSON.stringify(rows.map(({ kind, level, target, person, by }) => [kind, level, target, person, by]));
  return reach(one) === reach(other);
}

function momentText({ rows, last, times }: Moment, nameOf: NameOfPerson): string {
  const [first] = rows;
  if (first === undefined) return '';
  const when = `*+${formatDuration(first.afterSeconds)}* ${dateToken(first.at)}`;
  if (first.target === 'owner') return `${when} · ${foreign(first.reason, LONGEST_REASON)}`;
  const more = times === 1 ? '' : ` · ${times} times, to +${formatDuration(last.afterSeconds)}`;
  return [`${when} · ${titleOf(first)}${more}`, ...rows.map((row) => rowText(row, nameOf))].join('\n');
}

function titleOf({ kind, level, round }: SimulatedRow): string {
  if (kind === 'exhausted') return 'exhausted';
  return round === 0 ? `level ${level}` : `repeat of level ${level}`;
}

function rowText({ target, person, by, reason }: SimulatedRow, nameOf: NameOfPerson): string {
  const who = person === null ? code(target) : `*${foreign(nameOf(person), 60)}*`;
  const how = by.length === 0 ? '✖ not reached' : by.join(', ');
  return `• ${who} · ${how} · ${foreign(reason, LONGEST_REASON)}`;
}
