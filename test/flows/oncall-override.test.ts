import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listOverrides, type OverrideJson } from '../../src/oncall/overrides/override-json.ts';
import { openRosterRoom, type RosterRoom } from '../oncall/roster-room.ts';

const HOUR = 3600;

describe('who stands in is paged, from the moment it is said until it ends by itself', () => {
  let room: RosterRoom;
  beforeEach(async () => {
    room = await openRosterRoom();
  });
  afterEach(() => room.close());

  const listed = (all = false): Promise<OverrideJson[]> =>
    listOverrides(room.journal(), { now: room.clock.now(), all });

  it('pages the stand-in at the next level of an escalation that runs already', async () => {
    await room.fire();
    const said = await room.ask('override', { person: 'marco', schedule: 'primary', seconds: 4 * HOUR });
    await room.pass(5 * 60);

    expect(said).toMatchObject({
      kind: 'done',
      text: 'marco is on call in primary from Mon 2026-11-23 10:00 to Mon 2026-11-23 14:00 (America/Sao_Paulo), in place of ana. It is OVR-1.',
      override: 'OVR-1',
    });
    expect(await room.paged()).toEqual(['1 ana, marco', '2 marco']);
  });

  it('holds after a restart, and after a reload of the configuration', async () => {
    await room.ask('override', { person: 'marco', schedule: 'primary', seconds: 4 * HOUR });
    await room.restart();
    const restarted = room.onCall('primary');
    room.config.swap({ ...room.config.current(), version: 'other' });
    await room.fire();
    await room.pass(5 * 60);

    expect(restarted).toEqual(['marco']);
    expect(room.roster.current().version).toBe('other');
    expect(await room.paged()).toEqual(['1 marco', '2 marco']);
  });

  it('ends by itself: the level after it pages whom the schedule names', async () => {
    await room.fire();
    await room.ask('override', { person: 'marco', schedule: 'primary', seconds: 9 * 60 });
    await room.pass(10 * 60);

    expect(await room.paged()).toEqual(['1 ana, marco', '2 marco', '3 ana']);
    expect(await listed()).toEqual([]);
    expect(await listed(true)).toMatchObject([{ id: 'OVR-1', status: 'over', by: 'slack:U01ONCALL' }]);
  });

  it('ends when it is removed; what it covered before stays as it was', async () => {
    const began = room.clock.now();
    await room.ask('override', { person: 'marco', schedule: 'primary', seconds: 4 * HOUR, reason: 'ana is ill' });
    const [standing] = await listed();
    await room.pass(HOUR);
    const removed = await room.ask('override-remove', { id: 'OVR-1' }, 'local');
    const again = await room.ask('override-remove', { id: 'OVR-1' });

    expect(standing).toMatchObject({ status: 'standing', reason: 'ana is ill', removedAt: null });
    expect(removed).toMatchObject({ text: 'OVR-1 is removed: in primary marco no longer stands in.' });
    expect(again).toMatchObject({ code: 'OVERRIDE_OVER' });
    expect(room.onCall('primary')).toEqual(['ana']);
    expect(await listed(true)).toMatchObject([{ status: 'removed', removedBy: 'local' }]);
    room.clock.jumpTo(began + 1000);
    expect(room.onCall('primary')).toEqual(['marco']);
  });

  it('lies on top of an older one, and beneath nothing', async () => {
    await room.ask('override', { person: 'marco', schedule: 'primary', seconds: 4 * HOUR });
    const said = await room.ask('override', { person: 'ben', schedule: 'primary', seconds: HOUR });
    const now = room.onCall('primary');
    await room.pass(HOUR);

    expect(said.text).toContain('in place of marco');
    expect(now).toEqual(['ben']);
    expect(room.onCall('primary')).toEqual(['marco']);
  });

  it('counts what was asked for, and what came of it', async () => {
    await room.ask('override', { person: 'marco', schedule: 'primary', seconds: HOUR });
    await room.ask('override', { person: 'nora', schedule: 'primary', seconds: HOUR });

    const series = 'gianna_ops_oncall_override_commands_total';
    expect(await room.metrics()).toContain(`${series}{verb="override",outcome="done"} 1`);
    expect(await room.metrics()).toContain(`${series}{verb="override",outcome="PERSON_UNKNOWN"} 1`);
  });
});

describe('two people exchange their shifts in one step', () => {
  let room: RosterRoom;
  beforeEach(async () => {
    room = await openRosterRoom();
  });
  afterEach(() => room.close());

  it('says exactly what changes, and changes that', async () => {
    const said = await room.ask('swap', { person: 'ana', with: 'ben', schedule: 'primary', reason: 'a wedding' });
    const [made] = await room.journal().eventsOf('override', 'OVR-1');
    const now = room.onCall('primary');
    await room.pass(7 * 24 * HOUR);

    expect(said.text).toBe(
      'ana and ben exchange in primary: ben in place of ana from Mon 2026-11-23 10:00 to Mon 2026-11-30 09:00 (America/Sao_Paulo); ' +
        'ana in place of ben from Mon 2026-11-30 09:00 to Mon 2026-12-07 09:00 (America/Sao_Paulo). It is OVR-1.',
    );
    expect(made).toMatchObject({ type: 'override.swapped', actor: 'slack:U01ONCALL' });
    expect(JSON.stringify(made)).not.toContain('wedding');
    expect(now).toEqual(['ben']);
    expect(room.onCall('primary')).toEqual(['ana']);
    expect(room.onCall('backup')).toEqual(['ana']);
  });

  it('is undone whole by removing it', async () => {
    await room.ask('swap', { person: 'ana', with: 'ben', schedule: 'primary' });
    await room.ask('override-remove', { id: 'OVR-1' });
    const now = room.onCall('primary');
    await room.pass(7 * 24 * HOUR);

    expect(now).toEqual(['ana']);
    expect(room.onCall('primary')).toEqual(['ben']);
  });
});
