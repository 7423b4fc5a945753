import { describe, expect, it } from 'vitest';
import type { OncallConfig, OverrideConfig } from '../../src/core/config/config.ts';
import { nextHandoffOf, shiftsOf } from '../../src/oncall/shifts.ts';
import { insteadOf, insteadOfAt, turnsIn } from '../../src/oncall/stand-in.ts';
import { testConfig } from '../support/config.ts';
import { MONDAY_TEN } from './roster-room.ts';

const HOUR = 3_600_000;
const WEEKS = { from: MONDAY_TEN, to: MONDAY_TEN + 28 * 24 * HOUR };
/** Monday 2026-11-30, 09:00 in São Paulo: Ben follows Ana. */
const HANDOFF = Date.UTC(2026, 10, 30, 12);

function withOverrides(...overrides: OverrideConfig[]): OncallConfig {
  const { oncall } = testConfig();
  const { primary } = oncall.schedules;
  if (primary === undefined) throw new Error('there is a schedule');
  return { ...oncall, schedules: { primary: { ...primary, overrides } } };
}
function laid(people: string[], from: number, to: number): OverrideConfig {
  return { people, from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}
function primaryOf(oncall: OncallConfig) {
  const { primary } = oncall.schedules;
  if (primary === undefined) throw new Error('there is a schedule');
  return primary;
}
const shiftsIn = (oncall: OncallConfig, person: string) => shiftsOf(oncall, person, WEEKS)[0]?.shifts ?? [];

describe('the shifts of somebody', () => {
  it('are those of each schedule, with their hours', () => {
    const { oncall } = testConfig();

    const [primary, backup] = shiftsOf(oncall, 'ana', WEEKS);

    expect(primary).toMatchObject({ schedule: 'primary', shifts: [{ from: MONDAY_TEN, to: HANDOFF }, {}, {}] });
    // the third begins in the last hour of the four weeks, and ends a week later
    expect(primary?.shifts[2]).toMatchObject({ from: WEEKS.to - HOUR, to: WEEKS.to + (7 * 24 - 1) * HOUR });
    expect(primary?.seconds).toBe((7 * 24 - 1 + 7 * 24 + 1) * 3600);
    expect(backup?.schedule).toBe('backup');
    expect(shiftsOf(oncall, 'marco', WEEKS)).toEqual([]);
  });

  it('are cut where somebody stands in, and say so on both sides', () => {
    const oncall = withOverrides(laid(['marco'], MONDAY_TEN + HOUR, MONDAY_TEN + 3 * HOUR));

    expect(shiftsIn(oncall, 'ana').slice(0, 3)).toMatchObject([
      { from: MONDAY_TEN, to: MONDAY_TEN + HOUR, standIns: null },
      { from: MONDAY_TEN + HOUR, to: MONDAY_TEN + 3 * HOUR, standIns: ['marco'] },
      { from: MONDAY_TEN + 3 * HOUR, to: HANDOFF, standIns: null },
    ]);
    expect(shiftsIn(oncall, 'marco')).toMatchObject([{ insteadOf: ['ana'], from: MONDAY_TEN + HOUR }]);
  });

  it('name everybody whom one long override covers, each for that time alone', () => {
    const oncall = withOverrides(laid(['marco'], HANDOFF - HOUR, HANDOFF + HOUR));

    expect(shiftsIn(oncall, 'marco')).toMatchObject([
      { from: HANDOFF - HOUR, to: HANDOFF, insteadOf: ['ana'] },
      { from: HANDOFF, to: HANDOFF + HOUR, insteadOf: ['ben'] },
    ]);
    expect(shiftsIn(oncall, 'ben')[0]).toMatchObject({ from: HANDOFF, to: HANDOFF + HOUR, standIns: ['marco'] });
    expect(insteadOf(primaryOf(oncall), { people: ['marco'], from: HANDOFF - HOUR, to: HANDOFF + HOUR })).toEqual([
      'ana',
      'ben',
    ]);
  });

  it('are not on call where nobody is by hand', () => {
    const oncall = withOverrides(laid([], MONDAY_TEN, MONDAY_TEN + HOUR));

    expect(shiftsIn(oncall, 'ana')[0]).toMatchObject({ to: MONDAY_TEN + HOUR, standIns: [] });
    expect(shiftsOf(oncall, 'ana', WEEKS)[0]?.seconds).toBe((7 * 24 - 2 + 7 * 24 + 1) * 3600);
  });

  it('say who is on call beside', () => {
    const oncall = withOverrides(laid(['ana', 'marco'], MONDAY_TEN, MONDAY_TEN + HOUR));

    expect(shiftsIn(oncall, 'ana')[0]).toMatchObject({ together: ['marco'], insteadOf: [], standIns: null });
  });

  it('cover every moment once, whoever stands in', () => {
    const oncall = withOverrides(
      laid(['marco'], MONDAY_TEN + HOUR, HANDOFF + 50 * HOUR),
      laid(['ben'], MONDAY_TEN + 2 * HOUR, MONDAY_TEN + 5 * HOUR),
    );

    const turns = [...turnsIn(primaryOf(oncall), WEEKS)];

    expect(turns[0]?.from).toBe(WEEKS.from);
    expect(turns.at(-1)?.to).toBe(WEEKS.to);
    for (const [index, turn] of turns.slice(1).entries()) expect(turn.from).toBe(turns[index]?.to);
  });
});

describe('in whose place somebody is', () => {
  it('counts from one override to the next beneath it', () => {
    const primary = primaryOf(
      withOverrides(laid(['marco'], MONDAY_TEN, MONDAY_TEN + 4 * HOUR), laid(['ben'], MONDAY_TEN, MONDAY_TEN + HOUR)),
    );

    expect(insteadOfAt(primary, MONDAY_TEN)).toEqual(['marco']);
    expect(insteadOfAt(primary, MONDAY_TEN + HOUR)).toEqual(['ana']);
    expect(insteadOfAt(primary, MONDAY_TEN + 4 * HOUR)).toEqual([]);
  });

  it('is nobody when the schedule names the same', () => {
    expect(insteadOfAt(primaryOf(withOverrides(laid(['ana'], MONDAY_TEN, MONDAY_TEN + HOUR))), MONDAY_TEN)).toEqual([]);
  });
});

describe('the next handoff of somebody', () => {
  const next = (oncall: OncallConfig, person: string) => nextHandoffOf(shiftsOf(oncall, person, WEEKS), WEEKS);

  it('is where a shift ends or begins, whichever comes first', () => {
    const oncall = withOverrides();

    expect(next(oncall, 'ana')).toEqual({ schedule: 'primary', at: HANDOFF, kind: 'hands' });
    expect(next(oncall, 'ben')).toEqual({ schedule: 'primary', at: HANDOFF, kind: 'takes' });
    expect(next(oncall, 'marco')).toBeNull();
  });

  it('is not where the same person goes on', () => {
    const oncall = withOverrides(laid(['ana'], HANDOFF, HANDOFF + 24 * HOUR));

    expect(next(oncall, 'ana')).toEqual({ schedule: 'primary', at: HANDOFF + 24 * HOUR, kind: 'hands' });
  });
});
