import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSilenceRoom, type SilenceRoom } from '../support/silence-desk.ts';

const LABELS = { alertname: 'HighErrorRate', severity: 'warning', component: 'application' };

describe('the author of a silence is told before it ends', () => {
  let room: SilenceRoom;
  beforeEach(async () => {
    room = await openSilenceRoom();
  });
  afterEach(() => room.close());

  const silence = async (seconds: number, rest: Parameters<SilenceRoom['silence']>[1] = {}) => {
    await room.silence('alertname=HighErrorRate', { seconds, ...rest });
    await room.settled();
  };

  it('fifteen minutes before, with what it mutes and how to go on', async () => {
    await room.deliver([{ fingerprint: 'f1', labels: LABELS }]);
    room.alertmanager.alerts.set('f1', LABELS);
    room.alertmanager.alerts.set('f2', LABELS);
    await silence(4 * 3600);

    await room.pass(4 * 3600 - 901);
    expect(await room.notices()).toEqual([]);
    await room.pass(1);

    expect(await room.notices()).toEqual([
      {
        to: { actor: 'slack:U01ONCALL' },
        title: 'SIL-1 ends in 15m (2026-11-22 18:00 UTC) and mutes 2 alerts',
        lines: [
          'Mutes 2 alerts now (2 P2) in GI-1.',
          'Silenced: alertname="HighErrorRate" (a known cause)',
          'To go on: /gianna silence extend SIL-1 --for 1h, or gianna-ops silence extend SIL-1 --for 1h',
          'To let it end: do nothing. What still fires then goes on paging.',
        ],
      },
    ]);
  });

  it('when four fifths of a short one are over', async () => {
    room.alertmanager.alerts.set('f1', LABELS);
    await silence(600);

    await room.pass(479);
    expect(await room.notices()).toEqual([]);
    await room.pass(1);
    expect(await room.notices()).toMatchObject([{ title: expect.stringContaining('SIL-1 ends in 2m') }]);
  });

  it('not when it mutes nothing', async () => {
    await silence(600);

    await room.pass(700);

    expect(await room.notices()).toEqual([]);
    expect((await room.desk().ask.view('SIL-1'))?.status).toBe('expired');
  });

  it('by what the store knows when Alertmanager is away', async () => {
    await room.deliver([{ fingerprint: 'f1', labels: LABELS }]);
    await silence(600);
    room.alertmanager.fault = 'away';

    await room.pass(500);

    expect(await room.notices()).toHaveLength(1);
  });

  it('again before the new end when it was extended', async () => {
    room.alertmanager.alerts.set('f1', LABELS);
    await silence(600);
    await room.pass(500);
    await room.ask('silence-extend', { id: 'SIL-1', seconds: 600 });
    await room.settled();
    await room.pass(500);

    expect(await room.notices()).toHaveLength(2);
    expect((await room.desk().ask.view('SIL-1'))?.status).toBe('active');
  });

  it('not when it was lifted before', async () => {
    room.alertmanager.alerts.set('f1', LABELS);
    await silence(600);
    await room.ask('lift', { id: 'SIL-1' });
    await room.settled();

    await room.pass(700);

    expect(await room.notices()).toEqual([]);
    expect(await room.journal().timersOf('silence', 'SIL-1')).toEqual([]);
  });

  it('in the channel when the command line is its author, whose user Alertmanager names', async () => {
    room.alertmanager.alerts.set('f1', LABELS);
    const matchers = [{ name: 'alertname', value: 'HighErrorRate', isRegex: false, isEqual: true }];
    const args = { matchers, seconds: 600, reason: 'a known cause', author: 'ana\u0007' };
    await room.ask('silence', args, { by: 'local', via: 'cli' });
    await room.settled();
    await room.pass(500);

    expect(room.alertmanager.live()[0]?.createdBy).toBe('ana (command line)');
    expect(await room.notices()).toMatchObject([{ to: { channel: 'ops' } }]);
  });
});
