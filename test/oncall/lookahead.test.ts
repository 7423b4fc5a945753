import { describe, expect, it } from 'vitest';
import type { LayerConfig, OverrideConfig, ScheduleConfig } from '../../src/core/config/config.ts';
import { gapsIn } from '../../src/oncall/lookahead/gaps.ts';
import { overlapsIn } from '../../src/oncall/lookahead/overlaps.ts';
import { switchesIn } from '../../src/oncall/lookahead/switches.ts';

const cover = { only: null, exceptHolidays: null };
const weekly = (zone: string): ScheduleConfig => ({
  timezone: zone,
  layers: [
    {
      kind: 'rotation',
      rotation: 'weekly',
      handoff: 'Mon 09:00',
      from: '2026-01-05',
      turns: [['ana'], ['ben']],
      ...cover,
    },
  ],
  overrides: [],
});
function span(from: string, to: string) {
  return { from: Date.parse(from), to: Date.parse(to) };
}
function printed(found: ReadonlyArray<{ from: number; to: number }>): string[] {
  return found.map(({ from, to }) => `${new Date(from).toISOString()} ${new Date(to).toISOString()}`);
}

describe('gaps', () => {
  const office: LayerConfig = {
    kind: 'always',
    people: ['ana'],
    only: { days: ['Mon', 'Tue'], from: '09:00', to: '18:00', holidays: null },
    exceptHolidays: null,
  };

  it('are the times that no layer says anything about, neighbours in one', () => {
    const rules = { timezone: 'UTC', layers: [office], overrides: [] };

    expect(printed(gapsIn(rules, span('2026-11-30T12:00Z', '2026-12-07T12:00Z')))).toEqual([
      '2026-11-30T18:00:00.000Z 2026-12-01T09:00:00.000Z',
      '2026-12-01T18:00:00.000Z 2026-12-07T09:00:00.000Z',
    ]);
  });

  it('are not where nobody is meant', () => {
    const nobody: LayerConfig = { kind: 'always', people: [], ...cover };
    const rules = { timezone: 'UTC', layers: [nobody, office], overrides: [] };

    expect(gapsIn(rules, span('2026-11-30T12:00Z', '2026-12-07T12:00Z'))).toEqual([]);
  });

  it('are the whole span where nothing is', () => {
    const rules = { timezone: 'UTC', layers: [], overrides: [] };

    expect(gapsIn(rules, { from: 1, to: 5 })).toEqual([{ from: 1, to: 5 }]);
  });
});

describe('overlaps', () => {
  const rules = (...overrides: OverrideConfig[]): ScheduleConfig => ({ ...weekly('UTC'), overrides });
  const year = span('2026-12-01T00:00Z', '2027-12-01T00:00Z');
  const ana = { from: '2026-12-24', to: '2026-12-26', people: ['ana'] };

  it('are overrides of different people at the same time', () => {
    const [found] = overlapsIn(rules(ana, { from: '2026-12-25', to: '2026-12-27', people: ['ben'] }), year);

    expect(found).toEqual({ ...span('2026-12-25T00:00Z', '2026-12-26T00:00Z'), hidden: ['ana'], shown: ['ben'] });
  });

  it.each([
    ['of the same person', { from: '2026-12-25', to: '2026-12-27', people: ['ana'] }],
    ['that follow each other', { from: '2026-12-26', to: '2026-12-27', people: ['ben'] }],
  ])('are none %s', (_what, other) => {
    expect(overlapsIn(rules(ana, other), year)).toEqual([]);
  });

  it('are none that have passed', () => {
    const other = { from: '2026-12-25', to: '2026-12-27', people: ['ben'] };

    expect(overlapsIn(rules(ana, other), span('2027-01-01T00:00Z', '2027-12-01T00:00Z'))).toEqual([]);
  });
});

describe('switches of clocks', () => {
  const year = span('2026-11-30T00:00Z', '2027-11-30T00:00Z');

  it('are named with the shift that they make shorter or longer', () => {
    expect(switchesIn({ schedules: { primary: weekly('Europe/Lisbon') } }, year)).toEqual([
      {
        at: '2027-03-28T01:00:00.000Z',
        zone: 'Europe/Lisbon',
        kind: 'forward',
        day: '2027-03-28',
        from: '01:00',
        to: '02:00',
        shifts: [
          {
            schedule: 'primary',
            people: ['ben'],
            from: '2027-03-22T09:00:00.000Z',
            to: '2027-03-29T08:00:00.000Z',
            hours: 167,
            usualHours: 168,
          },
        ],
      },
      expect.objectContaining({
        at: '2027-10-31T01:00:00.000Z',
        kind: 'back',
        from: '02:00',
        to: '01:00',
        shifts: [expect.objectContaining({ hours: 169, usualHours: 168 })],
      }),
    ]);
  });

  it('are half an hour on Lord Howe, and none where switching was abolished', () => {
    const schedules = { island: weekly('Australia/Lord_Howe'), coast: weekly('America/Sao_Paulo') };

    expect(switchesIn({ schedules }, year).map(({ zone, shifts }) => [zone, shifts[0]?.hours])).toEqual([
      ['Australia/Lord_Howe', 168.5],
      ['Australia/Lord_Howe', 167.5],
    ]);
  });

  it('change no shift of somebody who is always on call', () => {
    const rules: ScheduleConfig = {
      timezone: 'Europe/Lisbon',
      layers: [{ kind: 'always', people: ['ana'], ...cover }],
      overrides: [],
    };

    expect(switchesIn({ schedules: { rules } }, year).map(({ shifts }) => shifts)).toEqual([[], []]);
  });
});
