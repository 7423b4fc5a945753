import { afterAll, describe, expect, it } from 'vitest';
import type { LayerConfig, ScheduleConfig, Weekday } from '../../src/core/config/config.ts';
import { dutiesIn } from '../../src/oncall/duties.ts';
import { peopleOnCall } from '../../src/oncall/schedule.ts';
import { countOf, tellRun } from '../support/large-run.ts';
import { type Random, seededRandom } from '../support/random.ts';
import {
  type OracleLayer,
  type OracleOverride,
  type OracleSchedule,
  type Switch,
  switchesOf,
  walkSchedule,
} from './layered-oracle.ts';

/** Two years of each; a zone that abolished switching around that time. */
const ZONES = [
  { zone: 'Australia/Lord_Howe', from: '2026-01-01', nights: [90, 150] },
  { zone: 'America/Sao_Paulo', from: '2018-01-15', nights: [0, 60] },
  { zone: 'Europe/Lisbon', from: '2026-01-01', nights: [60, 120] },
  { zone: 'Europe/Berlin', from: '2026-01-01', nights: [120, 180] },
  { zone: 'Asia/Tehran', from: '2021-06-15', nights: [0, 60] },
  { zone: 'America/New_York', from: '2026-01-01', nights: [60, 180] },
] as const;
type Place = (typeof ZONES)[number];

const SCHEDULES = countOf(ZONES.length);
const MINUTE_MS = 60_000;
const DAY = 1440;
const YEARS_MS = 731 * DAY * MINUTE_MS;
const SAMPLES = 100;
const PEOPLE = ['ana', 'ben', 'cai', 'dora'];
const WEEKDAYS: readonly Weekday[] = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** What must have happened often enough for a run to count: per six schedules. */
const FLOORS = {
  'handoff in a skipped hour': 2,
  'handoff in a doubled hour': 2,
  'window edge in a switched hour': 1,
  'window over midnight': 1,
  'several people': 3,
  'turn of nobody': 2,
  override: 4,
  'override of nobody': 1,
  'layer that always says the same': 1,
  'three layers': 1,
  'change of people': 500,
};
type Class = keyof typeof FLOORS;
const seen = new Map<Class, number>();

function count(name: Class, times = 1): void {
  seen.set(name, (seen.get(name) ?? 0) + times);
}
function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
function clockText(minute: number): string {
  return `${twoDigits(Math.floor(minute / 60))}:${twoDigits(minute % 60)}`;
}
function dateText(day: number): string {
  return new Date(day * DAY * MINUTE_MS).toISOString().slice(0, 10);
}
function dayOf(date: string): number {
  return Date.parse(`${date}T00:00Z`) / (DAY * MINUTE_MS);
}

interface Pair {
  readonly ours: LayerConfig;
  readonly oracle: OracleLayer;
}

/** A time of day, more often than not where the zone changes its clocks. */
function timeOfDay(random: Random, { nights: [least, most] }: Place): number {
  return random.next() < 0.6 ? random.between(least, most - 1) : random.between(0, DAY - 1);
}

function turn(random: Random): string[] {
  const size = random.pick([1, 1, 1, 1, 2, 2, 3, 0]);
  if (size === 0) count('turn of nobody');
  if (size > 1) count('several people');
  const begin = random.between(0, PEOPLE.length - 1);
  return PEOPLE.map((_, index) => PEOPLE[(begin + index) % PEOPLE.length] ?? '').slice(0, size);
}

function window(random: Random, place: Place, switches: readonly Switch[]) {
  if (random.next() < 0.4) return { ours: null, oracle: null };
  const days = [0, 1, 2, 3, 4, 5, 6].filter(() => random.next() < 0.7);
  if (days.length === 0) days.push(0);
  const begin = timeOfDay(random, place);
  const end = (begin + random.between(1, DAY - 1)) % DAY;
  const isLate = end <= begin;
  if (isLate) count('window over midnight');
  const inSwitch = (edge: number) =>
    switches.some(({ from, to }) => isBetween(edge % DAY, from % DAY, ((to - 1) % DAY) + 1));
  if (inSwitch(begin) || inSwitch(end)) count('window edge in a switched hour');
  return {
    ours: {
      days: days.map((day) => WEEKDAYS[day] ?? 'Sun'),
      from: clockText(begin),
      to: clockText(end),
      holidays: null,
    },
    oracle: { days, begin, end: isLate ? end + DAY : end },
  };
}

function isBetween(value: number, from: number, to: number): boolean {
  return from <= value && value < to;
}

function rhythm(random: Random, place: Place, fromDay: number) {
  const minute = timeOfDay(random, place);
  const start = fromDay * DAY;
  const kind = random.pick(['hourly', 'daily', 'daily', 'weekly', 'days', 'hours'] as const);
  switch (kind) {
    case 'hourly':
      return {
        rotation: 'hourly',
        handoff: `:${twoDigits(minute % 60)}`,
        first: start + (minute % 60),
        step: 60,
      } as const;
    case 'daily':
      return { rotation: 'daily', handoff: clockText(minute), first: start + minute, step: DAY } as const;
    case 'weekly': {
      const weekday = random.pick([0, 0, 0, 6, 1, 4]);
      const ahead = (weekday - ((fromDay + 4) % 7) + 7) % 7;
      const handoff = `${WEEKDAYS[weekday]} ${clockText(minute)}`;
      return { rotation: 'weekly', handoff, first: start + ahead * DAY + minute, step: 7 * DAY } as const;
    }
    case 'days': {
      const days = random.between(2, 9);
      const rotation = { everySeconds: days * 86_400 };
      return { rotation, handoff: clockText(minute), first: start + minute, step: days * DAY } as const;
    }
    case 'hours': {
      const hours = random.between(5, 36);
      const rotation = { everySeconds: hours * 3600 };
      return { rotation, handoff: clockText(minute), first: start + minute, step: hours * 60 } as const;
    }
    default:
      return kind satisfies never;
  }
}

function layer(random: Random, place: Place, start: number, switches: readonly Switch[]): Pair {
  const { ours: only, oracle: window_ } = window(random, place, switches);
  const cover = { only, exceptHolidays: null };
  if (random.next() < 0.25) {
    count('layer that always says the same');
    const people = turn(random);
    const oracle: OracleLayer = { kind: 'always', first: 0, step: 1, turns: [people], only: window_ };
    return { ours: { kind: 'always', people, ...cover }, oracle };
  }
  const fromDay = start + random.between(-400, 200);
  const { rotation, handoff, first, step } = rhythm(random, place, fromDay);
  const turns = Array.from({ length: random.between(1, 4) }, () => turn(random));
  for (const { kind, from, to } of switches) {
    const next = first + Math.max(0, Math.ceil((from - first) / step)) * step;
    if (next < to && next >= from)
      count(kind === 'skipped' ? 'handoff in a skipped hour' : 'handoff in a doubled hour');
  }
  return {
    ours: { kind: 'rotation', rotation, handoff, from: dateText(fromDay), turns, ...cover },
    oracle: { kind: 'rotation', first, step, turns, only: window_ },
  };
}

function override(random: Random, place: Place, start: number, switches: readonly Switch[]): OracleOverride {
  const near = switches.length > 0 && random.next() < 0.5 ? random.pick(switches).from - random.between(0, 90) : null;
  const from = near ?? (start + random.between(0, 720)) * DAY + timeOfDay(random, place);
  const to = from + random.between(1, random.pick([120, 3 * DAY, 30 * DAY]));
  const people = random.next() < 0.2 ? [] : [random.pick(PEOPLE)];
  count(people.length === 0 ? 'override of nobody' : 'override');
  return { from, to, people };
}

function schedules(random: Random, place: Place): { ours: ScheduleConfig; oracle: OracleSchedule } {
  const { zone } = place;
  const start = dayOf(place.from);
  const begin = start * DAY * MINUTE_MS;
  const switches = switchesOf(zone, begin, begin + YEARS_MS);
  const pairs = Array.from({ length: random.between(1, 3) }, () => layer(random, place, start, switches));
  if (pairs.length === 3) count('three layers');
  const overrides = Array.from({ length: random.between(1, 4) }, () => override(random, place, start, switches));
  const wall = (minute: number) => `${dateText(Math.floor(minute / DAY))}T${clockText(minute % DAY)}`;
  return {
    ours: {
      timezone: zone,
      layers: pairs.map(({ ours }) => ours),
      overrides: overrides.map(({ from, to, people }) => ({ from: wall(from), to: wall(to), people })),
    },
    oracle: { zone, layers: pairs.map(({ oracle }) => oracle), overrides },
  };
}

/** `moment people` wherever the people change. */
function changesOf(minutes: Iterable<[number, string]>): string[] {
  const changes: string[] = [];
  let before: string | null = null;
  for (const [at, people] of minutes) {
    if (people !== before) changes.push(`${new Date(at).toISOString()} ${people}`);
    before = people;
  }
  return changes;
}

function* ourDuties(rules: ScheduleConfig, from: number, to: number): Generator<[number, string]> {
  for (const duty of dutiesIn(rules, { from, to })) yield [duty.from, namesOf(duty.people)];
}

function namesOf(people: readonly string[]): string {
  return [...people].sort().join('+');
}

describe('any schedule over two years, against a wall clock walked minute by minute', () => {
  const random = seededRandom('GIANNA_TEST_SEED', 'schedules', 20_261_130);
  const cases = Array.from({ length: SCHEDULES }, (_, index) => ZONES[index % ZONES.length] ?? ZONES[0]);

  it.each(cases.map((place, index) => [index + 1, place.zone, place] as const))(
    '%i: %s has exactly the expected people at every moment, no gap and no double',
    { timeout: 120_000 },
    (_index, _zone, place) => {
      const { ours, oracle } = schedules(random, place);
      const start = dayOf(place.from) * DAY * MINUTE_MS;
      const samples = new Set(Array.from({ length: SAMPLES }, () => start + random.between(0, 730 * DAY) * MINUTE_MS));
      const sampled: Array<[number, string]> = [];
      const watched = function* (): Generator<[number, string]> {
        for (const minute of walkSchedule(oracle, start, start + YEARS_MS)) {
          if (samples.has(minute[0])) sampled.push(minute);
          yield minute;
        }
      };

      const expected = changesOf(watched());

      count('change of people', expected.length);
      const found = changesOf(ourDuties(ours, start, start + YEARS_MS));
      const wrong = found.findIndex((change, index) => change !== expected[index]);
      const around = (changes: readonly string[]) =>
        wrong < 0 ? [] : changes.slice(Math.max(0, wrong - 1), wrong + 2);
      const rules = wrong < 0 ? '' : JSON.stringify(ours);
      expect({ rules, changes: around(found) }).toEqual({ rules, changes: around(expected) });
      expect(found).toHaveLength(expected.length);
      expect(sampled.map(([at]) => [at, namesOf(peopleOnCall(ours, at))])).toEqual(sampled);
    },
  );

  afterAll(() => {
    tellRun({ seed: random.seed, schedules: SCHEDULES, ...Object.fromEntries(seen) });
    const rounds = Math.floor(SCHEDULES / ZONES.length);
    const short = Object.entries(FLOORS).filter(([name, floor]) => (seen.get(name as Class) ?? 0) < floor * rounds);
    if (short.length > 0) throw new Error(`never struck often enough: ${JSON.stringify(short)}`);
  });
});
