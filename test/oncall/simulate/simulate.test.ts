import { describe, expect, it } from 'vitest';
import type { Config } from '../../../src/core/config/config.ts';
import { SLACK_MEANS } from '../../../src/oncall/escalation-context.ts';
import type { SimulatedRow } from '../../../src/oncall/simulate/rows.ts';
import { type SimulationAsked, simulate } from '../../../src/oncall/simulate/simulate.ts';
import { testConfig } from '../../support/config.ts';
import { MONDAY_TEN, openEscalationRoom } from '../escalation-room.ts';

const ASKED: SimulationAsked = { severity: 'P0', at: null, ackAfterSeconds: null, route: null, contact: null };

async function rowsOf(asked: Partial<SimulationAsked>, config: Config = testConfig(), now = MONDAY_TEN) {
  return (await simulate({ config, means: SLACK_MEANS }, { ...ASKED, ...asked }, now)).rows;
}

function brief({ afterSeconds, level, target, person, by }: SimulatedRow): unknown[] {
  return [afterSeconds, level, target, person, by.join(' ')];
}

describe('simulate', () => {
  it('names for each level every target as written, the person behind it and the means', async () => {
    const rows = await rowsOf({});

    expect(rows.filter(({ afterSeconds }) => afterSeconds <= 300).map(brief)).toEqual([
      [0, 1, 'schedule:primary', 'ana', 'thread dm'],
      [0, 1, 'contact:manager', 'marco', 'thread dm'],
      [300, 2, 'schedule:primary', 'ana', 'thread dm'],
    ]);
    expect(rows.at(-1)).toMatchObject({ kind: 'exhausted', afterSeconds: 9000, target: 'channel:ops', person: null });
  });

  it('says which layer or override puts somebody there, and until when', async () => {
    const config = testConfig();
    const override = { from: '2026-11-23T10:04', to: '2026-11-23T10:08', people: ['marco'] };
    const primary = {
      ...config.oncall.schedules.primary,
      overrides: [override],
    } as Config['oncall']['schedules'][string];
    const schedules = { ...config.oncall.schedules, primary };
    const changed = testConfig({ oncall: { ...config.oncall, schedules } });

    const rows = (await rowsOf({}, changed)).filter(
      ({ target, round }) => target === 'schedule:primary' && round === 0,
    );

    expect(rows.map(({ level, person, reason }) => [level, person, reason.split(';')[0]])).toEqual([
      [1, 'ana', 'on call in primary by layer 1 (weekly, handoff Mon 09:00) until 2026-11-23 13:04 UTC'],
      [2, 'marco', 'on call in primary by an override until 2026-11-23 13:08 UTC'],
      [3, 'ana', 'on call in primary by layer 1 (weekly, handoff Mon 09:00) until 2026-11-30 12:00 UTC'],
    ]);
  });

  it('says why somebody is not reached: no address, nobody on call', async () => {
    const config = testConfig();
    const schedules = { ...config.oncall.schedules, primary: { timezone: 'UTC', layers: [], overrides: [] } };
    const changed = testConfig({ oncall: { ...config.oncall, schedules } });

    const [nobody, manager] = await rowsOf({}, changed);

    expect(nobody).toMatchObject({ target: 'schedule:primary', person: null, by: [] });
    expect(nobody?.reason).toBe('nobody is on call in primary');
    expect(manager?.reason).toBe('contact manager is marco; not by sms, voice (no such address)');
  });

  it('says that a page waited for business time', async () => {
    const rows = await rowsOf({ severity: 'P2', at: '2026-11-28 10:00' });

    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ at: Date.UTC(2026, 10, 30, 12), by: ['thread'] });
    expect(rows[0]?.reason).toContain('waited for business time');
  });

  it('stops at an ack, says what it stops, and then what the ack’s clock does', async () => {
    const rows = await rowsOf({ ackAfterSeconds: 420 });

    expect(rows.map(({ kind, afterSeconds, level }) => [kind, afterSeconds, level])).toEqual([
      ['page', 0, 1],
      ['page', 0, 1],
      ['page', 300, 2],
      ['ack', 420, 2],
      ['ask', 420 + 1800, 2],
      ['page-owner', 420 + 2100, 2],
      ['next-level', 420 + 2400, 3],
    ]);
    expect(rows[3]?.reason).toBe('acknowledged: every page stops; not sent any more: level 3, level 4, 8 repeats');
  });

  it('takes severity and contact of a route, and a contact that is named', async () => {
    const routed = await rowsOf({ severity: null, route: 1 });
    const named = await rowsOf({ severity: 'P1', contact: 'manager' });

    expect(routed.find(({ target }) => target === 'contact:security')?.reason).toContain('added to every level');
    expect(named.filter(({ target }) => target === 'contact:manager')).toHaveLength(3);
  });

  it('reads a time in the schedule’s zone, and says what does not exist there', async () => {
    const config = testConfig();
    const { primary } = config.oncall.schedules;
    const lisbon = { ...primary, timezone: 'Europe/Lisbon' } as Config['oncall']['schedules'][string];
    const changed = testConfig({
      oncall: { ...config.oncall, schedules: { ...config.oncall.schedules, primary: lisbon } },
    });

    const simulation = await simulate(
      { config: changed, means: SLACK_MEANS },
      { ...ASKED, at: '2027-03-28 01:30' },
      MONDAY_TEN,
    );

    expect(simulation.startsAt).toBe(Date.UTC(2027, 2, 28, 1));
    expect(simulation.note).toContain('does not exist in Europe/Lisbon');
  });

  it('lets the clock of an acknowledgement run in business time where the severity does', async () => {
    const config = testConfig();
    const ackExpires = { askAfterSeconds: 4 * 3600, pageOwnerAfterSeconds: 3600, nextLevelAfterSeconds: 3600 };
    const severities = { ...config.severities, P2: { ...config.severities.P2, ackExpires } };
    const friday = Date.UTC(2026, 10, 27, 18, 0, 0);

    const rows = await rowsOf({ severity: 'P2', ackAfterSeconds: 0 }, testConfig({ severities }), friday);

    const clock = rows
      .filter(({ target }) => target === 'owner')
      .map(({ kind, at }) => [kind, new Date(at).toISOString()]);
    expect(clock).toEqual([
      ['ack', '2026-11-27T18:00:00.000Z'],
      ['ask', '2026-11-30T13:00:00.000Z'],
      ['page-owner', '2026-11-30T14:00:00.000Z'],
      ['next-level', '2026-11-30T15:00:00.000Z'],
    ]);
  });

  it.each([
    [{ contact: 'managr' }, 'Did you mean manager?'],
    [{ route: 99 }, 'It has 7.'],
    [{ severity: null }, 'Name one'],
    [{ at: 'soon' }, 'Write 2027-03-28'],
  ])('refuses %j', async (asked, remedy) => {
    await expect(rowsOf(asked)).rejects.toMatchObject({ remedy: expect.stringContaining(remedy) });
  });

  it('has nobody to page for a P3', async () => {
    expect(await rowsOf({ severity: 'P3' })).toEqual([]);
  });

  it.each(['P0', 'P1', 'P2'] as const)(
    'foretells exactly whom the escalation of a %s pages, by what',
    async (severity) => {
      const room = await openEscalationRoom();
      await room.move({ severity });
      await room.pass(4 * 86_400);

      const asked = (await room.effects()).flatMap(({ askedAt, data }) => {
        const who = [...(data.people as string[]), ...(data.targets as string[])];
        return who.map((each) => `${askedAt} ${data.level} ${each} ${data.means}`);
      });
      const rows = await rowsOf({ severity });
      const foretold = rows.flatMap(({ at, level, person, target, by }) =>
        by.map((means) => `${at} ${level} ${person ?? target} ${means}`),
      );

      expect([...new Set(foretold)].sort()).toEqual([...new Set(asked)].sort());
      await room.close();
    },
  );
});
