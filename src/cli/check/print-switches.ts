import type { ChangedShift, ClockSwitch } from '../../oncall/lookahead/switches.ts';
import { listOf } from '../../oncall/overrides/words.ts';
import { plain } from '../table.ts';

/** `2027-03-28 Europe/Lisbon springs forward 01:00→02:00: ana's shift in primary is 167 h`, a line each. */
export function printSwitches(switches: readonly ClockSwitch[]): string {
  if (switches.length === 0) return '\nNo clock of a schedule is changed in the next year.\n';
  const lines = switches.map(({ day, zone, kind, from, to, shifts }) => {
    const how = kind === 'forward' ? 'springs forward' : 'falls back';
    const what = shifts.length === 0 ? 'no shift is longer or shorter' : shifts.map(shiftText).join('; ');
    return `  ${day} ${zone} ${how} ${from}→${to}: ${plain(what)}\n`;
  });
  return `\nClocks that are changed in the next year:\n${lines.join('')}`;
}

function shiftText({ schedule, people, hours, usualHours }: ChangedShift): string {
  return `${listOf(people)}'s shift in ${schedule} is ${hours} h, not ${usualHours} h`;
}
