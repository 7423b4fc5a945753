import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSilenceRoom, type SilenceRoom } from '../support/silence-desk.ts';

const LABELS = { alertname: 'HighErrorRate', severity: 'warning', component: 'application' };
const HELD = '3c540eab-a416-46bb-b710-99b5a6f55886';
const matchers = [{ name: 'alertname', value: 'HighErrorRate', isRegex: false, isEqual: true }];
const foreign = {
  id: HELD,
  comment: 'maintenance',
  createdBy: 'eve',
  matchers,
  startsAt: '2026-11-22T13:00:00.000Z',
  endsAt: '2026-11-22T16:00:00.000Z',
};

describe('what happens to silences in Alertmanager itself', () => {
  let room: SilenceRoom;
  beforeEach(async () => {
    room = await openSilenceRoom();
    await room.deliver([{ fingerprint: 'f1', labels: LABELS }]);
    room.alertmanager.alerts.set('f1', LABELS);
  });
  afterEach(() => room.close());

  const ours = async () => {
    await room.silence('alertname=HighErrorRate', { incident: 'GI-1', seconds: 7200 });
    await room.settled();
    const [held] = room.alertmanager.live();
    if (held === undefined) throw new Error('it was not made');
    return held;
  };

  it('one made there is listed as not made here, and flags incidents like ours', async () => {
    room.alertmanager.silences.push({ ...foreign });
    await room.look();

    expect(await room.desk().ask.list()).toMatchObject([
      { id: HELD, madeHere: false, author: 'eve', reason: 'maintenance', mutes: { alerts: 1, incidentIds: ['GI-1'] } },
    ]);
    expect((await room.incident('GI-1')).quiet).toMatchObject({ by: 'alertmanager', silence: HELD });

    room.alertmanager.silences.length = 0;
    await room.look();
    expect((await room.incident('GI-1')).quiet).toBeNull();
  });

  it('one made there can be lifted from here: it becomes ours first', async () => {
    room.alertmanager.silences.push({ ...foreign });
    await room.look();

    const outcome = await room.ask('lift', { id: HELD });
    await room.settled();

    expect(outcome).toMatchObject({ kind: 'done', silence: 'SIL-1' });
    expect(room.alertmanager.live()).toEqual([]);
    expect(await room.desk().ask.view('SIL-1')).toMatchObject({ status: 'lifted', author: 'eve', held: HELD });
    expect((await room.incident('GI-1')).quiet).toBeNull();
  });

  it('one made there can be extended from here, within the same limits', async () => {
    room.alertmanager.silences.push({ ...foreign });
    await room.look();

    const long = await room.ask('silence-extend', { id: HELD, seconds: 90_000 });
    const fine = await room.ask('silence-extend', { id: HELD, seconds: 14_400 });
    await room.settled();

    expect(long).toMatchObject({ kind: 'refused', code: 'SILENCE_TOO_LONG' });
    expect(fine).toMatchObject({ kind: 'done', silence: 'SIL-1' });
    expect(room.alertmanager.live()).toMatchObject([{ id: HELD, endsAt: '2026-11-22T18:00:00.000Z' }]);
  });

  it('one of ours that somebody ends there is lifted at the next look', async () => {
    const held = await ours();
    room.clock.advance(60_000);
    held.endsAt = new Date(room.clock.now()).toISOString();

    await room.look();

    expect((await room.desk().ask.view('SIL-1'))?.status).toBe('lifted');
    expect((await room.incident('GI-1')).quiet).toBeNull();
    expect(await room.timeline('GI-1')).toContain('alertmanager: SIL-1 was ended in Alertmanager');
  });

  it('one of ours that somebody extends there lasts longer here, once it was seen twice', async () => {
    const held = await ours();
    held.endsAt = '2026-11-22T17:30:00.000Z';

    await room.look();
    expect((await room.desk().ask.view('SIL-1'))?.endsAt).toBe(Date.UTC(2026, 10, 22, 16));
    await room.look();

    expect((await room.desk().ask.view('SIL-1'))?.endsAt).toBe(Date.UTC(2026, 10, 22, 17, 30));
    expect((await room.incident('GI-1')).quiet?.until).toBe(Date.UTC(2026, 10, 22, 17, 30));
  });

  it('one of ours that Alertmanager lost is gone, once it was missed twice', async () => {
    await ours();
    room.alertmanager.silences.length = 0;

    await room.look();
    expect((await room.desk().ask.view('SIL-1'))?.status).toBe('active');
    await room.look();

    expect((await room.desk().ask.view('SIL-1'))?.status).toBe('lifted');
    expect(await room.timeline('GI-1')).toContain('alertmanager: SIL-1 is gone: Alertmanager no longer has it');
  });

  it('is asked for once a minute, and a second copy of ours is ended', async () => {
    const held = await ours();
    room.alertmanager.silences.push({ ...held, id: 'copy' });
    const before = room.alertmanager.asked.length;

    await room.look();

    expect(room.alertmanager.asked.slice(before)).toEqual([
      'GET /api/v2/silences',
      'DELETE /api/v2/silence/copy',
      'GET /api/v2/alerts',
    ]);
    expect(room.alertmanager.live().map(({ id }) => id)).toEqual([held.id]);
  });

  it('changes nothing while it does not answer: what we know holds until its end', async () => {
    await ours();
    room.alertmanager.fault = 'away';

    await room.look();
    await room.look();

    expect((await room.incident('GI-1')).flags).toContain('silenced');
    expect(await room.desk().ask.list()).toMatchObject([{ id: 'SIL-1', mutes: { alerts: 1 } }]);
    expect(await room.metrics()).toContain('gianna_ops_silences_polls_total{result="failed"} 2');
  });
});
