import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LayerConfig, ScheduleConfig } from '../../src/core/config/config.ts';
import { WEEKDAYS } from '../../src/core/config/config.ts';
import { oncallReport } from '../../src/oncall/report.ts';
import { onCallAt, peopleOnCall } from '../../src/oncall/schedule.ts';
import { testConfig } from '../support/config.ts';
import { walkRotation } from './schedule-oracle.ts';

const SEED = 20_261_123;
const ZONES = ['America/Sao_Paulo', 'Europe/Berlin', 'Australia/Lord_Howe', 'America/New_York', 'Asia/Kathmandu'];

function layer(rest: Partial<LayerConfig>): LayerConfig {
  return {
    rotation: 'daily',
    handoff: '09:00',
    from: '2026-01-05',
    people: ['ana', 'ben', 'cai'],
    only: null,
    ...rest,
  };
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

  it('without people names nobody', () => {
    expect(onCallAt(schedule('UTC', [layer({ people: [] })]), at('2026-02-01T00:00:00Z'))).toEqual({
      now: [],
      until: null,
      next: [],
    });
  });
});

describe('layers and overrides', () => {
  const nights = layer({ people: ['cai'], only: { days: ['Fri'], from: '22:00', to: '06:00' } });
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
