import { describe, expect, it } from 'vitest';
import type { OncallConfig } from '../../src/core/config/config.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { decideOverride } from '../../src/oncall/overrides/decide-override.ts';
import { decideSwap } from '../../src/oncall/overrides/decide-swap.ts';
import { describeOverride } from '../../src/oncall/overrides/describe.ts';
import { testConfig } from '../support/config.ts';
import { MONDAY_TEN } from './roster-room.ts';

const { oncall } = testConfig();
const ASKED = { person: 'marco', schedule: 'primary', seconds: 3600 };

function overriding(args: JsonObject, config: OncallConfig = oncall, now = MONDAY_TEN) {
  return decideOverride(config, { ...ASKED, ...args }, now);
}
function swapping(args: JsonObject, config: OncallConfig = oncall) {
  return decideSwap(config, { person: 'ana', with: 'ben', schedule: 'primary', ...args }, MONDAY_TEN);
}
function inZone(timezone: string): OncallConfig {
  const { primary } = oncall.schedules;
  if (primary === undefined) throw new Error('there is a schedule');
  return { ...oncall, schedules: { primary: { ...primary, timezone } } };
}

describe('an override', () => {
  it.each([
    ['somebody unknown', { person: 'marcp' }, 'PERSON_UNKNOWN', 'Did you mean marco?'],
    ['nobody', { person: '' }, 'PERSON_UNKNOWN', 'There are: ana, ben, marco.'],
    ['what every object inherits', { person: 'constructor' }, 'PERSON_UNKNOWN', 'There are: ana, ben, marco.'],
    ['an unknown schedule', { schedule: 'primry' }, 'SCHEDULE_UNKNOWN', 'Did you mean primary?'],
    ['a begin that has passed', { from: '2026-11-23T09:58' }, 'TIME_PAST', 'Leave the begin out: it begins now.'],
    ['no end', { seconds: null }, 'TIME_WRONG', 'Times look like'],
    ['a time that is none', { to: 'tomorrow', seconds: null }, 'TIME_WRONG', 'Times look like'],
    ['a day that does not exist', { to: '2026-13-45T10:00' }, 'TIME_WRONG', 'Times look like'],
    ['an end before the begin', { from: '2026-11-24T10:00', to: '2026-11-24T09:59' }, 'SPAN_EMPTY', 'later end'],
    ['an end at the begin', { from: '2026-11-24T10:00', to: '2026-11-24T10:00' }, 'SPAN_EMPTY', 'later end'],
    ['more than sixty days', { seconds: 60 * 86_400 + 1 }, 'SPAN_TOO_LONG', 'Make it shorter'],
    ['a novel for a reason', { reason: 'x'.repeat(501) }, 'REASON_TOO_LONG', 'Shorten it.'],
  ])('is refused for %s', (_what, args, code, remedy) => {
    expect(overriding(args as JsonObject)).toMatchObject({
      code,
      remedy: expect.stringContaining(remedy),
      text: expect.stringContaining('Nothing was changed.'),
    });
  });

  it('needs no schedule when there is one alone, and asks which when there are two', () => {
    const { schedule: _, ...args } = ASKED;

    expect(decideOverride(inZone('UTC'), args, MONDAY_TEN)).toMatchObject({ made: { schedule: 'primary' } });
    expect(decideOverride(oncall, args, MONDAY_TEN)).toMatchObject({ text: expect.stringContaining('which schedule') });
  });

  it('is stored as wall time in the zone of the schedule, however it was said', () => {
    const said = overriding({ from: '2026-12-24T21:00Z', to: '2026-12-25 09:00' });

    expect(said).toMatchObject({
      made: {
        timezone: 'America/Sao_Paulo',
        turns: [{ people: ['marco'], from: '2026-12-24T18:00', to: '2026-12-25T09:00' }],
      },
    });
  });

  it('begins in the second copy of a doubled hour when that is when it was said', () => {
    // 02:30 for the second time that night in Berlin.
    const now = Date.parse('2026-10-25T01:30:00Z');

    expect(overriding({ seconds: 1800 }, inZone('Europe/Berlin'), now)).toMatchObject({
      made: { turns: [{ from: '2026-10-25T01:30:00.000Z', to: '2026-10-25T03:00' }] },
    });
  });

  it('says that the schedule has the same person anyway, or nobody', () => {
    expect(overriding({ person: 'ana' })).toMatchObject({ text: expect.stringContaining('as the schedule says too') });
    const { primary } = oncall.schedules;
    const empty = { ...oncall, schedules: { primary: { timezone: 'UTC', overrides: [], layers: [] } } };
    expect(primary).toBeDefined();
    expect(overriding({}, empty)).toMatchObject({ text: expect.stringContaining('when nobody would be') });
  });

  it('names everybody whom it displaces', () => {
    expect(overriding({ seconds: 10 * 86_400 })).toMatchObject({ text: expect.stringContaining('of ana and ben') });
  });
});

describe('a swap', () => {
  it.each([
    ['oneself', { with: 'ana' }, 'SWAP_SELF'],
    ['somebody unknown', { with: 'bean' }, 'PERSON_UNKNOWN'],
    ['somebody without a shift', { with: 'marco' }, 'SWAP_NOTHING'],
    ['a span in which one has none', { from: '2026-11-24', to: '2026-11-25' }, 'SWAP_NOTHING'],
    ['a time that has passed', { from: '2026-11-20' }, 'TIME_PAST'],
  ])('is refused with %s', (_what, args, code) => {
    expect(swapping(args as JsonObject)).toMatchObject({ code });
  });

  it('exchanges the first shifts from a moment on', () => {
    expect(swapping({ from: '2026-11-30T09:00' })).toMatchObject({
      made: {
        swap: ['ana', 'ben'],
        turns: [
          { people: ['ana'], from: '2026-11-30T09:00', to: '2026-12-07T09:00' },
          { people: ['ben'], from: '2026-12-07T09:00', to: '2026-12-14T09:00' },
        ],
      },
    });
  });

  it('exchanges all that either has in a span, neighbouring shifts in one', () => {
    expect(swapping({ from: '2026-11-29T12:00', to: '2026-12-01T12:00' })).toMatchObject({
      made: {
        turns: [
          { people: ['ben'], from: '2026-11-29T12:00', to: '2026-11-30T09:00' },
          { people: ['ana'], from: '2026-11-30T09:00', to: '2026-12-01T12:00' },
        ],
      },
    });
  });
});

describe('the words', () => {
  const about = {
    seq: 1,
    at: 0,
    kind: 'override',
    id: 'OVR-7',
    version: 1,
    v: 1,
    actor: 'local',
    incident: null,
    hash: '',
  };
  const nameOf = (key: string) => key.toUpperCase();
  const data = {
    schedule: 'primary',
    timezone: 'Europe/Lisbon',
    turns: [{ people: ['ana'], from: '2026-12-24T18:00', to: '2026-12-25T09:00' }],
    swap: null,
    reason: null,
  };

  it('say who stands in where and when, by name', () => {
    expect(describeOverride({ ...about, type: 'override.made', data }, new Map(), nameOf)).toBe(
      'OVR-7: on call in place of others in primary: ANA from Thu 2026-12-24 18:00 to Fri 2026-12-25 09:00 (Europe/Lisbon)',
    );
    expect(
      describeOverride({ ...about, type: 'override.swapped', data: { ...data, swap: ['ana', 'ben'] } }, new Map()),
    ).toContain('ana and ben exchange in primary');
    expect(describeOverride({ ...about, type: 'override.removed', data: {} }, new Map())).toBe(
      'override OVR-7 removed',
    );
  });

  it('are silent about what is none of theirs', () => {
    expect(describeOverride({ ...about, kind: 'incident', type: 'incident.opened', data: {} }, new Map())).toBeNull();
  });
});
