import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LayerConfig, LayerCover, RotationLayer, ScheduleConfig } from '../../src/core/config/config.ts';
import { WEEKDAYS } from '../../src/core/config/config.ts';
import { loadHolidays } from '../../src/core/holidays.ts';
import { dutiesIn } from '../../src/oncall/duties.ts';
import { oncallReport } from '../../src/oncall/report.ts';
import { onCallAt, peopleOnCall } from '../../src/oncall/schedule.ts';
import { testConfig } from '../support/config.ts';
import { walkRotation } from './schedule-oracle.ts';

const SEED = 20_261_123;
const ZONES = ['America/Sao_Paulo', 'Europe/Berlin', 'Australia/Lord_Howe', 'America/New_York', 'Asia/Kathmandu'];

interface Rotating extends Partial<Omit<RotationLayer, 'turns'>> {
  readonly people?: readonly string[];
}

function layer({ people = ['ana', 'ben', 'cai'], ...rest }: Rotating): RotationLayer {
  return {
    kind: 'rotation',
    rotation: 'daily',
    handoff: '09:00',
    from: '2026-01-05',
    turns: people.map((person) => [person]),
    only: null,
    exceptHolidays: null,
    ...rest,
  };
}
type Only = NonNullable<LayerCover['only']>;
function only(window: Partial<Only>): Only {
  return { days: null, from: null, to: null, holidays: null, ...window };
}
function schedule(
  timezone: string,
  layers: readonly LayerConfig[],
  overrides: ScheduleConfig['overrides'] = [],
): ScheduleConfig {
  return { timezone, layers, overrides };
}
function at(iso: string): number {
  return Date.parse(iso);
}
function iso(moment: number | null): string | null {
  return moment === null ? null : new Date(moment).toISOString();
}

describe('a rotation', () => {
  it('gives the first person the shift that starts at the first handoff on or after `from`, and nobody before', () => {
    const weekly = schedule('America/Sao_Paulo', [
      layer({ rotation: 'weekly', handoff: 'Mon 09:00', from: '2026-01-06', people: ['ana', 'ben'] }),
    ]);

    expect(onCallAt(weekly, at('2026-01-12T11:59:59Z'))).toMatchObject({ now: [], next: ['ana'] });
    expect(iso(onCallAt(weekly, at('2026-01-12T11:59:59Z')).until)).toBe('2026-01-12T12:00:00.000Z');
    expect(onCallAt(weekly, at('2026-01-12T12:00:00Z'))).toMatchObject({ now: ['ana'], next: ['ben'] });
    expect(iso(onCallAt(weekly, at('2026-01-12T12:00:00Z')).until)).toBe('2026-01-19T12:00:00.000Z');
    expect(onCallAt(weekly, at('2026-01-19T12:00:00Z')).now).toEqual(['ben']);
  });

  it('starts at the handoff of the day of `from` itself', () => {
    const daily = schedule('UTC', [layer({ from: '2026-01-05' })]);

    expect(onCallAt(daily, at('2026-01-05T08:59:59Z')).now).toEqual([]);
    expect(onCallAt(daily, at('2026-01-05T09:00:00Z')).now).toEqual(['ana']);
  });

  it('hands over at the jump when the hour is skipped, and at the first of a doubled hour', () => {
    const berlin = schedule('Europe/Berlin', [layer({ handoff: '02:30', from: '2026-03-27' })]);

    expect(iso(onCallAt(berlin, at('2026-03-28T12:00:00Z')).until)).toBe('2026-03-29T01:00:00.000Z');
    expect(iso(onCallAt(berlin, at('2026-10-24T12:00:00Z')).until)).toBe('2026-10-25T00:30:00.000Z');
    expect(iso(onCallAt(berlin, at('2026-10-25T01:30:00Z')).until)).toBe('2026-10-26T01:30:00.000Z');
  });

  it('hands over at the jump of half an hour of Lord Howe', () => {
    const island = schedule('Australia/Lord_Howe', [layer({ handoff: '02:15', from: '2026-10-01' })]);

    expect(iso(onCallAt(island, at('2026-10-03T12:00:00Z')).until)).toBe('2026-10-03T15:30:00.000Z');
  });

  it('hands over every hour at its minute', () => {
    const hourly = schedule('Asia/Kathmandu', [layer({ rotation: 'hourly', handoff: ':15' })]);

    // 2026-01-05T00:15 in Kathmandu.
    expect(onCallAt(hourly, at('2026-01-04T18:30:00Z'))).toEqual({
      now: ['ana'],
      until: at('2026-01-04T19:30:00Z'),
      next: ['ben'],
    });
  });

  it('counts `every` three days by calendar', () => {
    const every = schedule('America/New_York', [
      layer({ rotation: { everySeconds: 3 * 86_400 }, handoff: '09:00', from: '2026-03-07' }),
    ]);

    expect(iso(onCallAt(every, at('2026-03-08T12:00:00Z')).until)).toBe('2026-03-10T13:00:00.000Z');
  });

  it('knows the 29th of February', () => {
    const leap = schedule('UTC', [layer({ handoff: '00:00', from: '2028-02-28' })]);

    expect(['28T12', '29T12'].map((day) => onCallAt(leap, at(`2028-02-${day}:00:00Z`)).now[0])).toEqual(['ana', 'ben']);
    expect(onCallAt(leap, at('2028-03-01T12:00:00Z')).now).toEqual(['cai']);
  });

  it('of one person still names the next handoff', () => {
    const alone = schedule('UTC', [layer({ people: ['ana'] })]);

    expect(onCallAt(alone, at('2026-01-06T00:00:00Z'))).toEqual({
      now: ['ana'],
      until: at('2026-01-06T09:00:00Z'),
      next: ['ana'],
    });
  });
});

describe('layers and overrides', () => {
  const nights = layer({ people: ['cai'], only: { days: ['Fri'], from: '22:00', to: '06:00', holidays: null } });
  const covered = schedule('UTC', [
    layer({ rotation: 'weekly', handoff: 'Mon 09:00', people: ['ana', 'ben'] }),
    nights,
  ]);

  it('let a later layer cover an earlier one where it applies, over midnight too', () => {
    const people = ['2026-01-09T21:59Z', '2026-01-09T22:00Z', '2026-01-10T05:59Z', '2026-01-10T06:00Z'].map(
      (moment) => onCallAt(covered, at(moment)).now[0],
    );

    expect(people).toEqual(['ana', 'cai', 'cai', 'ana']);
  });

  it('hand over where the covering layer begins and ends', () => {
    expect(onCallAt(covered, at('2026-01-09T12:00Z'))).toMatchObject({ until: at('2026-01-09T22:00Z'), next: ['cai'] });
    expect(onCallAt(covered, at('2026-01-10T01:00Z'))).toMatchObject({ until: at('2026-01-10T06:00Z'), next: ['ana'] });
  });

  it('let an override cover everything, read in the zone of the schedule', () => {
    const override = { from: '2026-01-09T20:00', to: '2026-01-09T23:00', people: ['ben'] };
    const overridden = schedule('America/Sao_Paulo', covered.layers, [override]);

    expect(onCallAt(overridden, at('2026-01-09T22:59Z')).now).toEqual(['ana']);
    expect(onCallAt(overridden, at('2026-01-09T23:00Z'))).toMatchObject({
      now: ['ben'],
      until: at('2026-01-10T02:00Z'),
    });
  });
});

describe('the report', () => {
  it('names every schedule with keys of oncall.yml and ISO times', () => {
    expect(oncallReport(testConfig().oncall, at('2026-11-23T13:00:00Z'))).toEqual([
      { schedule: 'primary', now: ['ana'], until: '2026-11-30T12:00:00.000Z', next: ['ben'] },
      { schedule: 'backup', now: ['ben'], until: '2026-11-30T12:00:00.000Z', next: ['ana'] },
    ]);
  });
});

describe('any rotation, against a wall clock walked a quarter of an hour at a time', () => {
  it(`names the same person at every quarter of an hour of a year (seed ${SEED})`, { timeout: 60_000 }, () => {
    const rotations = fc.record({
      zone: fc.constantFrom(...ZONES),
      minuteOfDay: fc.oneof(fc.integer({ min: 0, max: 95 }), fc.integer({ min: 4, max: 14 })).map((part) => part * 15),
      weekday: fc.option(fc.integer({ min: 0, max: 6 }), { nil: null }),
      people: fc.constantFrom(['ana'], ['ana', 'ben'], ['ana', 'ben', 'cai']),
    });

    fc.assert(
      fc.property(rotations, ({ zone, minuteOfDay, weekday, people }) => {
        const clock = `${String(Math.floor(minuteOfDay / 60)).padStart(2, '0')}:${String(minuteOfDay % 60).padStart(2, '0')}`;
        const day = weekday === null ? null : WEEKDAYS[(weekday + 6) % 7];
        const own = schedule(zone, [
          layer(
            day === null
              ? { rotation: 'daily', handoff: clock, from: '2026-01-05', people }
              : { rotation: 'weekly', handoff: `${day} ${clock}`, from: '2026-01-05', people },
          ),
        ]);
        const start = at('2026-01-03T00:00Z');
        let before: string | null = null;
        let looks = 0;
        for (const [moment, person] of walkRotation(
          { zone, minuteOfDay, weekday, from: '2026-01-05', people },
          start,
          start + 366 * 86_400_000,
        )) {
          looks += 1;
          if (person === before && looks % 29 !== 0) continue;
          const earlier = looks === 1 ? null : (peopleOnCall(own, moment - 15 * 60_000)[0] ?? null);
          expect([iso(moment), earlier, peopleOnCall(own, moment)[0] ?? null]).toEqual([iso(moment), before, person]);
          before = person;
        }
      }),
      { seed: SEED, numRuns: 8 },
    );
  });

  it(`names as until the very moment at which the person changes (seed ${SEED})`, () => {
    const moments = fc.record({
      zone: fc.constantFrom(...ZONES),
      minute: fc.integer({ min: 0, max: 1439 }),
      moment: fc.integer({ min: at('2026-01-10T00:00Z'), max: at('2027-12-31T00:00Z') }),
    });

    fc.assert(
      fc.property(moments, ({ zone, minute, moment }) => {
        const clock = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
        const own = schedule(zone, [layer({ handoff: clock })]);

        const { now, until, next } = onCallAt(own, moment);

        expect(until).not.toBeNull();
        expect(onCallAt(own, (until ?? 0) - 1).now).toEqual(now);
        expect(onCallAt(own, until ?? 0).now).toEqual(next);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });
});

describe('turns of several people, of nobody, and layers that are always the same', () => {
  const cover = { only: null, exceptHolidays: null };

  it('have several people on call at once, turn by turn', () => {
    const pairs = schedule('UTC', [{ ...layer({}), turns: [['ana', 'ben'], ['marco']] }]);

    expect(onCallAt(pairs, at('2026-01-05T09:00Z'))).toEqual({
      now: ['ana', 'ben'],
      until: at('2026-01-06T09:00Z'),
      next: ['marco'],
    });
  });

  it('have nobody on call in a turn of nobody, whatever lies beneath', () => {
    const gap = schedule('UTC', [
      layer({ people: ['ana'] }),
      { ...layer({}), turns: [['ben'], []], from: '2026-01-06' },
    ]);

    expect(onCallAt(gap, at('2026-01-06T12:00Z'))).toMatchObject({ now: ['ben'], until: at('2026-01-07T09:00Z') });
    expect(onCallAt(gap, at('2026-01-07T12:00Z'))).toEqual({
      now: [],
      until: at('2026-01-08T09:00Z'),
      next: ['ben'],
    });
  });

  it('cover what lies beneath by a layer or an override of nobody', () => {
    const sundays = { kind: 'always', people: [], ...cover, only: only({ days: ['Sun'] }) } as const;
    const closed = { from: '2026-01-09T00:00', to: '2026-01-10T00:00', people: [] };
    const rules = schedule('UTC', [layer({ people: ['ana'] }), sundays], [closed]);

    expect(
      ['2026-01-08T12:00Z', '2026-01-09T12:00Z', '2026-01-10T12:00Z', '2026-01-11T12:00Z'].map((moment) =>
        peopleOnCall(rules, at(moment)),
      ),
    ).toEqual([['ana'], [], ['ana'], []]);
  });

  it('never end when somebody is always on call', () => {
    const always = schedule('UTC', [{ kind: 'always', people: ['ana', 'ben'], ...cover }]);

    expect(onCallAt(always, at('2026-01-06T00:00Z'))).toEqual({ now: ['ana', 'ben'], until: null, next: [] });
  });

  it('are told through a span however long nothing changes in it', () => {
    const hidden = layer({ rotation: 'hourly', handoff: ':00' });
    const always: LayerConfig = { kind: 'always', people: ['cai'], only: null, exceptHolidays: null };
    const later = { from: '2027-11-01T10:00', to: '2027-11-01T12:00', people: ['ana'] };
    const rules = schedule('UTC', [hidden, always], [later]);

    const found = [...dutiesIn(rules, { from: Date.UTC(2026, 0, 5), to: Date.UTC(2028, 0, 1) })];

    expect(found.map(({ from, people }) => [new Date(from).toISOString().slice(0, 16), ...people])).toEqual([
      ['2026-01-05T00:00', 'cai'],
      ['2027-11-01T10:00', 'ana'],
      ['2027-11-01T12:00', 'cai'],
    ]);
    expect([...dutiesIn(rules, { from: 5, to: 5 })]).toEqual([]);
  });

  it('are the same people in whatever order they are written', () => {
    const turned = schedule('UTC', [
      { kind: 'always', people: ['ana', 'ben'], ...cover },
      { kind: 'always', people: ['ben', 'ana'], ...cover, only: only({ from: '12:00', to: '13:00' }) },
    ]);

    expect(onCallAt(turned, at('2026-01-06T00:00Z')).until).toBeNull();
  });
});

describe('windows of a layer', () => {
  const beneath = layer({ people: ['ana'] });
  const cover = (zone: string, window: Partial<Only>) =>
    schedule(zone, [beneath, { kind: 'always', people: ['cai'], only: only(window), exceptHolidays: null }]);

  it.each([
    ['begins at the jump of a skipped hour', '02:30', '05:00', '2026-03-29T01:00:00.000Z', '2026-03-29T03:00:00.000Z'],
    ['ends at the jump of a skipped hour', '01:00', '02:30', '2026-03-29T00:00:00.000Z', '2026-03-29T01:00:00.000Z'],
    ['begins at the first of a doubled hour', '02:30', '05:00', '2026-10-25T00:30:00.000Z', '2026-10-25T04:00:00.000Z'],
    ['ends at the first of a doubled hour', '01:00', '02:30', '2026-10-24T23:00:00.000Z', '2026-10-25T00:30:00.000Z'],
  ])('%s', (_what, from, to, begin, end) => {
    const berlin = cover('Europe/Berlin', { from, to });
    const [before, first, last, after] = [at(begin) - 1, at(begin), at(end) - 1, at(end)];

    expect([before, first, last, after].map((moment) => peopleOnCall(berlin, moment)[0])).toEqual([
      'ana',
      'cai',
      'cai',
      'ana',
    ]);
    expect(iso(onCallAt(berlin, first).until)).toBe(end);
  });

  it('of a skipped hour alone does not come on that day', () => {
    const berlin = cover('Europe/Berlin', { from: '02:10', to: '02:50' });

    expect(iso(onCallAt(berlin, at('2026-03-28T12:00Z')).until)).toBe('2026-03-29T07:00:00.000Z');
    expect(iso(onCallAt(berlin, at('2026-03-29T12:00Z')).until)).toBe('2026-03-30T00:10:00.000Z');
  });

  it('over midnight belong to the day on which they begin', () => {
    const nights = cover('UTC', { days: ['Fri'], from: '22:00', to: '06:00' });

    expect(
      ['2026-01-09T05:00Z', '2026-01-09T23:00Z', '2026-01-10T05:00Z', '2026-01-10T23:00Z'].map(
        (moment) => peopleOnCall(nights, at(moment))[0],
      ),
    ).toEqual(['ana', 'cai', 'cai', 'ana']);
  });
});

describe('holidays', () => {
  it('are the only days of a layer, or the days on which it is not', async () => {
    const brazil = await loadHolidays('BR');
    const always = (person: string, rest: Partial<LayerCover>) =>
      ({ kind: 'always', people: [person], only: null, exceptHolidays: null, ...rest }) as const;
    const rules = schedule('America/Sao_Paulo', [
      always('ana', {}),
      always('ben', { only: only({ holidays: brazil }) }),
      always('cai', { only: only({ from: '09:00', to: '18:00' }), exceptHolidays: brazil }),
    ]);
    const noon = (day: string) => peopleOnCall(rules, at(`${day}T15:00Z`))[0];

    // Independence Day is a Monday; the day after is none.
    expect(['2026-09-06', '2026-09-07', '2026-09-08'].map(noon)).toEqual(['cai', 'ben', 'cai']);
    expect(onCallAt(rules, at('2026-09-07T15:00Z'))).toEqual({
      now: ['ben'],
      until: at('2026-09-08T03:00Z'),
      next: ['ana'],
    });
    expect(onCallAt(rules, at('2026-09-06T22:00Z'))).toMatchObject({ now: ['ana'], until: at('2026-09-07T03:00Z') });
  });

  it('are found however far away they are', async () => {
    const brazil = await loadHolidays('BR');
    const rules = schedule('UTC', [
      { kind: 'always', people: ['ben'], only: only({ holidays: brazil }), exceptHolidays: null },
    ]);

    expect(iso(onCallAt(rules, at('2026-02-20T00:00Z')).until)).toBe('2026-04-03T00:00:00.000Z');
  });
});
