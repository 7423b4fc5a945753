import { formatDuration } from '../../core/duration.ts';
import type { SimulatedRowJson, SimulationJson } from '../../oncall/simulate/simulation-json.ts';
import { plain, printTime } from '../table.ts';

/** A simulation for people: a line a moment, beneath it everybody who is reached or not, and why. */
export function printSimulation(one: SimulationJson): string {
  const head = [
    ...(one.note === null ? [] : [plain(one.note)]),
    `${one.severity} from ${printTime(one.startsAt)}${one.respondBy === null ? '' : `, respond by ${printTime(one.respondBy)}`}`,
  ];
  if (one.rows.length === 0) return `${[...head, `  ${nobodyText(one)}`].join('\n')}\n`;
  return `${[...head, ...byMoment(one.rows).flatMap(printMoment)].join('\n')}\n`;
}

function nobodyText({ digest }: SimulationJson): string {
  return digest ? 'Nobody is paged: the daily digest tells it.' : 'Nobody is paged: its policy has no levels.';
}

function byMoment(rows: readonly SimulatedRowJson[]): SimulatedRowJson[][] {
  const moments = new Map<string, SimulatedRowJson[]>();
  for (const row of rows) {
    const key = `${row.at} ${row.kind} ${row.level} ${row.repeat}`;
    moments.set(key, [...(moments.get(key) ?? []), row]);
  }
  return [...moments.values()];
}

function printMoment(rows: readonly SimulatedRowJson[]): string[] {
  const [first] = rows;
  if (first === undefined) return [];
  const when = `  ${`+${formatDuration(first.afterSeconds)}`.padEnd(8)} ${printTime(first.at)}  `;
  if (first.target === 'owner') return [`${when}${plain(`${first.kind}: ${first.reason}`)}`];
  return [`${when}${titleOf(first)}`, ...rows.map(printRow)];
}

function titleOf({ kind, level, repeat }: SimulatedRowJson): string {
  if (kind === 'exhausted') return 'exhausted';
  return repeat === 0 ? `level ${level}` : `level ${level}, repeat ${repeat}`;
}

function printRow({ target, person, by, reason }: SimulatedRowJson): string {
  const who = person === null ? target : `${person} (${target})`;
  const how = by.length === 0 ? 'NOT REACHED' : `by ${by.join(', ')}`;
  return `${' '.repeat(11)}${plain(`${who} ${how}: ${reason}`)}`;
}
