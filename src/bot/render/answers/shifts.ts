import { formatDuration } from '../../../core/duration.ts';
import type { NextHandoff, ScheduleShifts, Shift } from '../../../oncall/shifts.ts';
import { code, dateToken, foreign } from '../../mrkdwn.ts';
import { spanWords } from '../override-lines.ts';
import { type Answer, answerOf } from './answer.ts';

const MOST_SHIFTS = 20;

export interface ShiftsFacts {
  /** Key of oncall.yml. */
  readonly person: string;
  /** Whoever asks is that person. */
  readonly isAsker: boolean;
  readonly schedules: readonly ScheduleShifts[];
  readonly next: NextHandoff | null;
  readonly span: { readonly from: number; readonly to: number };
  readonly nameOfPerson: (person: string) => string;
}

/** Somebody's shifts ahead, by schedule, in the reader's own zone; who stands in for whom is marked. */
export function renderShifts(facts: ShiftsFacts): Answer {
  const { isAsker, schedules, span } = facts;
  const name = foreign(facts.nameOfPerson(facts.person), 60);
  const until = `until ${dateToken(span.to)}`;
  if (schedules.length === 0) {
    return answerOf([`${isAsker ? 'You are' : `*${name}* is`} not on call ${until}.`]);
  }
  const head = `*${isAsker ? 'Your shifts' : `Shifts of ${name}`}* ${until}`;
  return answerOf([`${head}\n${nextWords(facts, name)}`, ...schedules.map((each) => scheduleText(each, facts))]);
}

function nextWords({ isAsker, next }: ShiftsFacts, name: string): string {
  if (next === null) return 'No handoff in that time.';
  const who = isAsker ? 'you' : name;
  const deed = next.kind === 'takes' ? (isAsker ? 'take over' : 'takes over') : isAsker ? 'hand over' : 'hands over';
  return `Next handoff: ${who} ${deed} ${code(next.schedule)} ${dateToken(next.at)}.`;
}

function scheduleText({ schedule, shifts, seconds }: ScheduleShifts, facts: ShiftsFacts): string {
  const lines = shifts.slice(0, MOST_SHIFTS).map((shift) => `• ${shiftLine(shift, facts)}`);
  const hidden = shifts.length - lines.length;
  const hours = Math.round(seconds / 360) / 10;
  return [`${code(schedule)} · ${hours} h on call`, ...lines, ...(hidden > 0 ? [`+${hidden} more`] : [])].join('\n');
}

function shiftLine(shift: Shift, { span, isAsker, nameOfPerson }: ShiftsFacts): string {
  const named = (people: readonly string[]) => people.map((person) => foreign(nameOfPerson(person), 60)).join(', ');
  const isNow = shift.from === span.from;
  const when = isNow ? `now – ${dateToken(shift.to)}` : spanWords(shift);
  const length = formatDuration((shift.to - shift.from) / 1000);
  const marks = [
    shift.insteadOf.length === 0 ? '' : `in place of ${named(shift.insteadOf)}`,
    shift.together.length === 0 ? '' : `with ${named(shift.together)}`,
  ].filter((mark) => mark !== '');
  if (shift.standIns !== null) {
    const who = shift.standIns.length === 0 ? 'nobody is' : `*${named(shift.standIns)}* stands in`;
    return `${when} · not ${isAsker ? 'you' : 'on call'}: ${who}`;
  }
  return [when, length, ...marks].join(' · ');
}
