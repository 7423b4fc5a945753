import { DateTime } from 'luxon';
import { parseDuration } from '../../duration.ts';
import type { Written } from '../files.ts';
import type { Path, Report } from '../problem.ts';
import type { WrittenLayer, WrittenRotation, WrittenTurn } from '../schema/oncall.ts';
import { entriesOf, requireName } from './names.ts';
import { NOBODY, peopleOfTurn } from './turns.ts';

const FILE = 'oncall.yml';
const DAY = 86_400;
const WEEKLY = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([01]\d|2[0-3]):[0-5]\d$/;
const DAILY = /^([01]\d|2[0-3]):[0-5]\d$/;
const HOURLY = /^:[0-5]\d$/;

/** oncall.yml: schedules name people who exist, and change hands at times that fit their rotation. */
export function checkSchedules(written: Written, report: Report): void {
  for (const [name, schedule] of entriesOf(written.oncall?.schedules)) {
    const path: Path = ['schedules', name];
    for (const [index, layer] of schedule.layers.entries()) {
      const at = [...path, 'layers', index];
      if ('rotation' in layer) checkRotation(layer, at, written, report);
      if ('always' in layer) checkTurn(layer.always, [...at, 'always'], written, report);
      if ('only' in layer) checkCover(layer, at, report);
      checkOverrides(layer.override, schedule.timezone, [...at, 'override'], written, report);
    }
    if (!schedule.layers.some(namesSomebody)) {
      const message = 'nobody is on call: no layer has a rotation or a calendar, and none has somebody always';
      report({ file: FILE, path: [...path, 'layers'], at: 'key', message });
    }
    checkOverrides(schedule.override, schedule.timezone, [...path, 'override'], written, report);
    checkTopic(schedule.on_handoff?.topic, [...path, 'on_handoff', 'topic'], written, report);
  }
}

function checkRotation(layer: WrittenRotation, at: Path, written: Written, report: Report): void {
  for (const [index, turn] of layer.people.entries()) checkTurn(turn, [...at, 'people', index], written, report);
  checkHandoff(layer, at, report);
}

function checkCover({ only, except_holidays }: Cover, at: Path, report: Report): void {
  if (only?.from !== undefined && only.from === only.to) {
    const message = '"from" and "to" are the same: the layer never applies';
    report({ file: FILE, path: [...at, 'only', 'to'], message });
  }
  if (only?.holidays !== undefined && only.holidays === except_holidays) {
    const message = 'these are the holidays on which alone it applies: the layer never applies';
    report({ file: FILE, path: [...at, 'except_holidays'], message });
  }
}

/** A turn names people who exist, each once; `nobody` stands alone. */
function checkTurn(turn: WrittenTurn, path: Path, written: Written, report: Report): void {
  if (turn === NOBODY) return;
  const people = typeof turn === 'string' ? [turn] : turn;
  for (const [index, person] of people.entries()) {
    const at = typeof turn === 'string' ? path : [...path, index];
    if (person === NOBODY) report({ file: FILE, path: at, message: 'nobody stands alone, not beside people' });
    else if (people.indexOf(person) < index) report({ file: FILE, path: at, message: `"${person}" stands here twice` });
    else knownPerson(written, report, at, person);
  }
}

function namesSomebody(layer: WrittenLayer): boolean {
  if ('rotation' in layer) return layer.people.some((turn) => peopleOfTurn(turn).length > 0);
  if ('calendar' in layer) return true;
  return 'always' in layer && peopleOfTurn(layer.always).length > 0;
}

function checkTopic(topic: string | undefined, path: Path, { names }: Written, report: Report): void {
  if (topic === undefined) return;
  const asked = { what: 'channel', name: topic, known: names.channels, knownIn: 'slack.yml' };
  requireName(report, { file: FILE, path }, asked);
}

type Overrides = WrittenLayer['override'];
type Cover = Pick<WrittenRotation, 'only' | 'except_holidays'>;

function checkOverrides(overrides: Overrides, zone: string, path: Path, written: Written, report: Report): void {
  for (const [index, override] of (overrides ?? []).entries()) {
    checkTurn(override.person, [...path, index, 'person'], written, report);
    if (DateTime.fromISO(override.from, { zone }) < DateTime.fromISO(override.to, { zone })) continue;
    report({ file: FILE, path: [...path, index, 'to'], message: 'must be later than "from"' });
  }
}

function knownPerson({ names }: Written, report: Report, path: Path, name: string): void {
  requireName(report, { file: FILE, path }, { what: 'person', name, known: names.people, knownIn: 'people' });
}

/** CONFIG.md, oncall.yml: `"Mon 09:00"`, `"09:00"`, `":00"`, in the zone of the schedule. */
function checkHandoff({ rotation, handoff }: WrittenRotation, path: Path, report: Report): void {
  const allowed = handoffsOf(rotation);
  if (allowed.some(({ form }) => form.test(handoff))) return;
  const examples = allowed.map(({ example }) => example).join(' or ');
  const named = typeof rotation === 'string' ? rotation : `every ${rotation.every}`;
  report({
    file: FILE,
    path: [...path, 'handoff'],
    message: `a handoff of a rotation ${named} is written ${examples}`,
  });
}

function handoffsOf(rotation: WrittenRotation['rotation']): Array<{ form: RegExp; example: string }> {
  const week = { form: WEEKLY, example: '"Mon 09:00"' };
  const day = { form: DAILY, example: '"09:00"' };
  const hour = { form: HOURLY, example: '":00"' };
  if (rotation === 'weekly') return [week];
  if (rotation === 'daily') return [day];
  if (rotation === 'hourly') return [hour];
  const seconds = parseDuration(rotation.every) ?? 0;
  if (seconds % (7 * DAY) === 0) return [week, day];
  return seconds % DAY === 0 ? [day] : [day, hour];
}
