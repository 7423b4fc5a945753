import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EscalationRoom, MONDAY_TEN, openEscalationRoom } from '../oncall/escalation-room.ts';
import { testConfig, withoutAckClock } from '../support/config.ts';

const MINUTE = 60_000;

describe('an incident that recovers and fires again without an owner', () => {
  let room: EscalationRoom;
  beforeEach(async () => {
    room = await openEscalationRoom();
    await room.move({ severity: 'P0' });
  });
  afterEach(() => room.close());

  it('goes on at the level it had reached, the next page counted from then', async () => {
    await room.pass(6 * 60);
    await room.sendAll();
    await room.move({ status: 'recovered', recoveredAt: room.clock.now() });
    const before = (await room.pages()).length;
    await room.pass(60 * 60);
    await room.move({ status: 'firing', recoveredAt: null });

    expect(await room.pages()).toHaveLength(before);
    expect(await room.journal().nextTimerAt()).toBe(room.clock.now() + 5 * MINUTE);
    await room.pass(5 * 60);
    expect((await room.pages(['wanted'])).map(({ level }) => level)).toEqual([3, 3]);
  });

  it('asks again for a level whose pages were dropped before they went out', async () => {
    await room.move({ status: 'recovered', recoveredAt: room.clock.now() });
    await room.move({ status: 'firing', recoveredAt: null });

    const wanted = await room.pages(['wanted']);
    expect(wanted.map(({ level, means }) => [level, means])).toEqual([
      [1, 'thread'],
      [1, 'dm'],
      [1, 'dm'],
    ]);
    expect(await room.journal().nextTimerAt()).toBe(MONDAY_TEN + 5 * MINUTE);
  });

  it('stops its pages while it has recovered, and records that', async () => {
    await room.move({ status: 'recovered', recoveredAt: room.clock.now() });

    await room.pass(24 * 3600);

    expect(await room.effects(['wanted'])).toEqual([]);
    expect((await room.events()).at(-1)).toMatchObject({
      type: 'escalation.stopped',
      data: { because: 'recovered' },
    });
  });

  it.each(['resolved', 'closed'] as const)('starts anew at level 0 when it was %s and is reopened', async (status) => {
    await room.pass(11 * 60);
    await room.move({ status });
    await room.move({ status: 'firing', reopened: 1 });

    const wanted = await room.pages(['wanted']);
    expect(new Set(wanted.map(({ cycle, level }) => `${cycle}/${level}`))).toEqual(new Set(['2/1']));
  });
});

describe('a raise of severity', () => {
  let room: EscalationRoom;
  beforeEach(async () => {
    room = await openEscalationRoom();
    await room.move({ severity: 'P1' });
  });
  afterEach(() => room.close());

  it('starts the policy of the new severity at its level 0 and gives up what was still wanted of the old one', async () => {
    await room.pass(40 * 60);

    await room.move({ severity: 'P0' });

    const wanted = await room.pages(['wanted']);
    expect(wanted.every(({ cycle, level, severity }) => cycle === 2 && level === 1 && severity === 'P0')).toBe(true);
    expect(wanted).toHaveLength(3);
    expect(await room.journal().nextTimerAt()).toBe(room.clock.now() + 5 * MINUTE);
  });

  it('of an owned incident tells its people once, and nothing follows', async () => {
    room.config.swap(withoutAckClock());
    await room.sendAll();
    await room.move({ status: 'acknowledged', owner: 'slack:U01ONCALL' });

    await room.move({ severity: 'P0' });
    await room.pass(24 * 3600);

    expect(await room.pages(['wanted'])).toHaveLength(3);
    expect((await room.escalation.viewOf('GI-1'))?.nextAt).toBeNull();
  });
});

describe('a policy that the configuration changes under way', () => {
  it('tells channel ops when the level that was next is gone, and never falls silent', async () => {
    const room = await openEscalationRoom();
    await room.move({ severity: 'P0' });
    const { severities } = testConfig();
    const short = { ...severities.P0, levels: severities.P0.levels.slice(0, 1), repeat: null };
    room.config.swap(testConfig({ severities: { ...severities, P0: short } }));

    await room.pass(3600);

    expect((await room.pages()).at(-1)).toMatchObject({ targets: ['channel:ops'] });
    expect(await room.types()).toContain('escalation.exhausted');
    await room.close();
  });

  it('falls back to channel ops when a level reaches nobody', async () => {
    const config = testConfig();
    const primary = { timezone: 'UTC', layers: [], overrides: [] };
    const room = await openEscalationRoom({
      config: { ...config, oncall: { ...config.oncall, schedules: { ...config.oncall.schedules, primary } } },
    });

    await room.move({ severity: 'P1' });

    expect(await room.pages(['wanted'])).toMatchObject([{ means: 'thread', people: [], targets: ['channel:ops'] }]);
    expect(await room.types()).toContain('escalation.unreachable');
    await room.close();
  });
});
