import type { OncallConfig, ScheduleConfig } from '../../core/config/config.ts';
import type { JsonObject } from '../../core/json.ts';
import { writeMoment } from '../../core/wall-time.ts';
import type { Span } from '../coverage.ts';
import { type Duty, dutiesIn } from '../duties.ts';
import type { Planned } from './decide-override.ts';
import {
  type AskedSchedule,
  isRefusal,
  type Refusal,
  readPerson,
  readReason,
  readSchedule,
  readSpan,
  refusal,
} from './read-asked.ts';
import { listOf, spanText } from './words.ts';

const DAY_MS = 86_400_000;
/** How far ahead a next shift is looked for: ten people who change weekly, twice around. */
const LOOK_AHEAD_MS = 140 * DAY_MS;
/** More pieces than people can keep in mind. */
const MOST_TURNS = 100;

type Pair = readonly [string, string];

/**
 * `swap { person, with, schedule?, from?, to?, reason? }`: two exchange their next shifts (the rest of one that runs
 * counts), or with `to` (or `seconds`) everything that either has in that span.
 */
export function decideSwap(oncall: OncallConfig, args: JsonObject, now: number): Planned | Refusal {
  const schedule = readSchedule(oncall, args);
  if (isRefusal(schedule)) return schedule;
  const pair = readPair(oncall, args);
  if (isRefusal(pair)) return pair;
  const { timezone } = schedule.rules;
  const isSpan = args.to !== undefined || args.seconds !== undefined;
  const span = isSpan ? readSpan(args, timezone, now) : lookAhead(args, timezone, now);
  if (isRefusal(span)) return span;
  const reason = readReason(args);
  if (isRefusal(reason)) return reason;
  const theirs = isSpan ? dutiesOf(schedule.rules, pair, span) : nextShifts(schedule.rules, pair, span);
  const idle = pair.find((person) => !theirs.some(({ people }) => people.includes(person)));
  if (idle !== undefined) {
    const what = `${idle} has no shift in ${schedule.name} ${spanText(timezone, span)} that could be exchanged.`;
    return refusal('SWAP_NOTHING', what, 'Give another span, or use an override: one stands in without a return.');
  }
  if (theirs.length > MOST_TURNS) {
    return refusal('SWAP_TOO_MANY', `${theirs.length} turns would change.`, 'Give a shorter span.');
  }
  return planSwap(schedule, pair, theirs, reason.text);
}

function planSwap({ name, rules }: AskedSchedule, pair: Pair, theirs: readonly Duty[], reason: string | null): Planned {
  const { timezone } = rules;
  const turns = theirs.map(({ people, from, to }) => {
    return { people: exchange(people, pair), from: writeMoment(timezone, from), to: writeMoment(timezone, to) };
  });
  const changes = theirs.map((duty) => {
    return `${listOf(exchange(duty.people, pair))} in place of ${listOf(duty.people)} ${spanText(timezone, duty)}`;
  });
  const text = `${pair[0]} and ${pair[1]} exchange in ${name}: ${changes.join('; ')}.`;
  return { made: { schedule: name, timezone, turns, swap: pair }, reason, text };
}

function readPair(oncall: OncallConfig, args: JsonObject): Pair | Refusal {
  const one = readPerson(oncall, args.person);
  if (isRefusal(one)) return one;
  const other = readPerson(oncall, args.with);
  if (isRefusal(other)) return other;
  if (one.key !== other.key) return [one.key, other.key];
  return refusal('SWAP_SELF', `${one.key} cannot exchange with ${one.key}.`, 'Name two people.');
}

/** Where to look for shifts: a `from` far ahead is no span that is too long. */
function lookAhead(args: JsonObject, zone: string, now: number): Span | Refusal {
  const begin = readSpan({ ...args, seconds: 1 }, zone, now);
  return isRefusal(begin) ? begin : { from: begin.from, to: begin.from + LOOK_AHEAD_MS };
}

/** Every duty of either, in neighbouring pieces joined; not those that both have. */
function dutiesOf(rules: ScheduleConfig, pair: Pair, span: Span): Duty[] {
  const found: Duty[] = [];
  for (const duty of dutiesIn(rules, span)) {
    if (!isOfOne(duty, pair)) continue;
    const before = found.at(-1);
    if (before?.to === duty.from && before.people.join() === duty.people.join()) {
      found.splice(-1, 1, { ...before, to: duty.to });
    } else found.push(duty);
  }
  return found;
}

function nextShifts(rules: ScheduleConfig, pair: Pair, span: Span): Duty[] {
  const found = new Map<string, Duty>();
  for (const duty of dutiesIn(rules, span)) {
    const whose = isOfOne(duty, pair) ? pair.find((person) => duty.people.includes(person)) : undefined;
    if (whose !== undefined && !found.has(whose)) found.set(whose, duty);
    if (found.size === pair.length) break;
  }
  return [...found.values()];
}

function isOfOne({ people }: Duty, [one, other]: Pair): boolean {
  return people.includes(one) !== people.includes(other);
}

function exchange(people: readonly string[], [one, other]: Pair): string[] {
  return people.map((person) => (person === one ? other : person === other ? one : person));
}
