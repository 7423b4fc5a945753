import type { OncallNow } from '../../listen/deps.ts';
import { code, dateToken, foreign } from '../../mrkdwn.ts';
import { type Answer, answerOf } from './answer.ts';

export interface OncallFacts {
  readonly schedules: readonly OncallNow[];
  /** The person of contact `manager`, by key. */
  readonly manager: string | null;
  readonly now: number;
  /** A person's own zone, null when it is not set. */
  readonly zoneOf: (person: string) => string | null;
  readonly nameOfPerson: (person: string) => string;
}

/** Who is on call now and next, with each one's local time (UX.md 3.7). Names only: nobody is mentioned. */
export function renderOncall(facts: OncallFacts): Answer {
  if (facts.schedules.length === 0) return answerOf(['No schedule is configured: see `oncall.yml`.']);
  const lines = facts.schedules.map((schedule) => scheduleLine(schedule, facts));
  if (facts.manager !== null) lines.push(`• manager ${personWords(facts.manager, facts)}`);
  return answerOf([`*On call now*\n${lines.join('\n')}`]);
}

function scheduleLine(schedule: OncallNow, facts: OncallFacts): string {
  const now = schedule.now.map((person) => personWords(person, facts)).join(', ') || '*nobody*';
  const until = schedule.until === null ? '' : ` until ${dateToken(Date.parse(schedule.until))}`;
  const next = schedule.next.map((person) => foreign(facts.nameOfPerson(person), 60)).join(', ');
  return `• ${code(schedule.schedule)} ${now}${until}${next === '' ? '' : `, then ${next}`}`;
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
