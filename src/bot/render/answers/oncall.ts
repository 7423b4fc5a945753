import type { HandoffState } from '../../../oncall/handoff/handoff-state.ts';
import { readButtonPrint } from '../../button.ts';
import type { OncallNow } from '../../listen/deps.ts';
import { code, dateToken, foreign } from '../../mrkdwn.ts';
import { actions, type PlainBlock } from '../payload.ts';
import { type Answer, answerOf } from './answer.ts';

const MOST_ACCEPTS = 3;

export interface OncallFacts {
  readonly schedules: readonly ShownSchedule[];
  /** The person of contact `manager`, by key. */
  readonly manager: string | null;
  readonly now: number;
  /** A person's own zone, null when it is not set. */
  readonly zoneOf: (person: string) => string | null;
  readonly nameOfPerson: (person: string) => string;
  /** Those that nobody has accepted. */
  readonly handoffs: readonly HandoffState[];
  /** Key of whoever asks; null: nobody of oncall.yml. */
  readonly asker: string | null;
  /** How many overrides and swaps stand or are planned. */
  readonly overrides: number;
}

/** A schedule as it is now; people by key. */
export interface ShownSchedule extends OncallNow {
  /** In whose place those on call are. */
  readonly insteadOf: readonly string[];
}

/** Who is on call now and next, with each one's local time (UX.md 3.7). Names only: nobody is mentioned. */
export function renderOncall(facts: OncallFacts): Answer {
  if (facts.schedules.length === 0) return answerOf(['No schedule is configured: see `oncall.yml`.']);
  const lines = facts.schedules.map((schedule) => scheduleLine(schedule, facts));
  if (facts.manager !== null) lines.push(`• manager ${personWords(facts.manager, facts)}`);
  const waiting = facts.handoffs.map((handoff) => handoffLine(handoff, facts));
  if (waiting.length > 0) lines.push('', ...waiting);
  return answerOf([`*On call now*\n${lines.join('\n')}`], [buttons(facts)]);
}

function scheduleLine(schedule: ShownSchedule, facts: OncallFacts): string {
  const named = (people: readonly string[]) => people.map((each) => foreign(facts.nameOfPerson(each), 60)).join(', ');
  const now = schedule.now.map((person) => personWords(person, facts)).join(', ') || '*nobody*';
  const place = schedule.insteadOf.length === 0 ? '' : ` in place of ${named(schedule.insteadOf)}`;
  const until = schedule.until === null ? '' : ` until ${dateToken(Date.parse(schedule.until))}`;
  const next = named(schedule.next);
  return `• ${code(schedule.schedule)} ${now}${place}${until}${next === '' ? '' : `, then ${next}`}`;
}

function handoffLine({ id, schedule, at, from, staying, to }: HandoffState, facts: OncallFacts): string {
  const named = (people: readonly string[]) => people.map((each) => foreign(facts.nameOfPerson(each), 60)).join(', ');
  const first = named([...from, ...staying]);
  const keeps = first === '' ? '' : `: ${first} stays first in line`;
  const state = at > facts.now ? `takes over ${dateToken(at)}` : `should have taken over ${dateToken(at)}`;
  return `⏳ *${named(to)}* ${state} in ${code(schedule)} and has not accepted (${id})${at > facts.now ? '' : keeps}`;
}

function buttons({ overrides, handoffs, asker }: OncallFacts): PlainBlock {
  const own = handoffs.filter(({ to }) => asker !== null && to.includes(asker)).slice(0, MOST_ACCEPTS);
  const value = readButtonPrint(null);
  const list = { verb: 'overrides', label: `Overrides (${overrides})`, spoken: 'Show overrides and swaps', value };
  return actions('oncall', [
    ...own.map(({ id, schedule }) => ({
      verb: 'handoff-accept',
      label: `Accept ${id}`,
      spoken: `Take the shift of ${schedule}`,
      value: readButtonPrint(id),
      isPrimary: true,
    })),
    { verb: 'page', label: 'Page…', spoken: 'Page somebody by name', value },
    { verb: 'override', label: 'Override…', spoken: 'Put somebody on call for a while', value },
    { verb: 'swap', label: 'Swap…', spoken: 'Swap shifts with somebody', value },
    { verb: 'shifts', label: 'My shifts', spoken: 'Show when I am on call', value },
    ...(overrides === 0 ? [] : [list]),
  ]);
}

function personWords(person: string, facts: OncallFacts): string {
  const name = `*${foreign(facts.nameOfPerson(person), 60)}*`;
  const time = localTime(facts.zoneOf(person), facts.now);
  return time === null ? name : `${name} (${time} there)`;
}

function localTime(zone: string | null, now: number): string | null {
  if (zone === null) return null;
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' }).format(now);
  } catch {
    return null;
  }
}
