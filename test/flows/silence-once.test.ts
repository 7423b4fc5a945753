import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSilenceRoom, type SilenceRoom } from '../support/silence-desk.ts';

describe('a silence is made once, or its asker is told that it was not', () => {
  let room: SilenceRoom;
  beforeEach(async () => {
    room = await openSilenceRoom();
    await room.deliver([{ fingerprint: 'f1' }]);
  });
  afterEach(() => room.close());

  it('in Alertmanager, in the name of who asked, with the incident, its number and why', async () => {
    const outcome = await room.silence('alertname=HighErrorRate', { incident: 'GI-1', seconds: 7200 });
    await room.settled();

    expect(outcome).toMatchObject({ kind: 'done', silence: 'SIL-1', incident: 'GI-1' });
    expect(outcome.text).toBe(
      'SIL-1 silences alertname="HighErrorRate" until 2026-11-22 16:00 UTC. Mutes 1 alert now (1 P2) in GI-1.',
    );
    expect(room.alertmanager.live()).toMatchObject([
      {
        comment: 'GI-1 SIL-1 by Ana Souza: a known cause',
        createdBy: 'Ana Souza',
        endsAt: '2026-11-22T16:00:00.000Z',
        matchers: [{ name: 'alertname', value: 'HighErrorRate', isRegex: false, isEqual: true }],
      },
    ]);
    expect(await room.desk().ask.view('SIL-1')).toMatchObject({ status: 'active', author: 'Ana Souza', failure: null });
    expect(await room.timeline('GI-1')).toContain(
      'slack:U01ONCALL: silenced until 2026-11-22 16:00 UTC: a known cause (SIL-1: alertname="HighErrorRate")',
    );
  });

  it('when the answer is lost after Alertmanager took it', async () => {
    room.alertmanager.fault = 'lost';
    await room.silence('alertname=HighErrorRate');
    await expect.poll(() => room.alertmanager.silences.length).toBe(1);
    room.alertmanager.fault = 'none';
    await until(room, async () => (await room.desk().ask.view('SIL-1'))?.status === 'active', 200);

    expect(room.alertmanager.live()).toHaveLength(1);
    expect(await room.desk().ask.view('SIL-1')).toMatchObject({
      status: 'active',
      held: room.alertmanager.live()[0]?.id,
    });
  });

  it('when the process dies between asking Alertmanager and writing down its answer', async () => {
    room.alertmanager.fault = 'hangs';
    await room.silence('alertname=HighErrorRate');
    await expect.poll(() => room.alertmanager.silences.length).toBe(1);
    room.alertmanager.fault = 'none';
    await room.crash();
    await room.settled();

    expect(room.alertmanager.silences).toHaveLength(1);
    expect((await room.desk().ask.view('SIL-1'))?.status).toBe('active');
  });

  it('and not taken for its own when somebody wrote the same words for another time', async () => {
    const matchers = [{ name: 'alertname', value: 'HighErrorRate', isRegex: false, isEqual: true }];
    const comment = 'SIL-1 by Ana Souza: a known cause';
    const times = { startsAt: '2026-11-22T13:00:00.000Z', endsAt: '2026-11-22T20:00:00.000Z' };
    room.alertmanager.silences.push({ id: 'x', comment, createdBy: 'Ana Souza', matchers, ...times });

    await room.silence('alertname=HighErrorRate');
    await room.settled();

    expect(room.alertmanager.live()).toHaveLength(2);
    expect((await room.desk().ask.view('SIL-1'))?.held).not.toBe('x');
  });

  it('and given up with words after two minutes of an Alertmanager that is away', async () => {
    room.alertmanager.fault = 'away';
    await room.silence('alertname=HighErrorRate', { incident: 'GI-1' });
    await until(room, async () => (await room.desk().ask.view('SIL-1'))?.status === 'failed', 2_000);

    expect(room.alertmanager.silences).toEqual([]);
    const failure = (await room.desk().ask.view('SIL-1'))?.failure ?? '';
    expect(failure).toMatch(
      /^Alertmanager at 127\.0\.0\.1:\d+ does not answer: it answered 503\. Look at alertmanager:/,
    );
    expect(await room.notices()).toMatchObject([
      { to: { actor: 'slack:U01ONCALL' }, title: 'SIL-1 was not made', lines: [failure], incident: 'GI-1' },
    ]);
    expect(await room.timeline('GI-1')).toContain(`auto: SIL-1 was not made: ${failure}`);
  });

  it('and ended when Alertmanager took it although we had given it up', async () => {
    room.alertmanager.fault = 'lost';
    await room.silence('alertname=HighErrorRate');
    await expect.poll(() => room.alertmanager.silences.length).toBe(1);
    room.alertmanager.fault = 'away';
    await until(room, async () => (await room.desk().ask.view('SIL-1'))?.status === 'failed', 2_000);
    room.alertmanager.fault = 'none';

    await room.look();

    expect(room.alertmanager.live()).toEqual([]);
    expect(await room.desk().ask.list()).toEqual([]);
  });

  it('and not made when Alertmanager knows of a P0 that our store has not seen', async () => {
    room.alertmanager.alerts.set('f9', { alertname: 'HighErrorRate', severity: 'critical', component: 'application' });
    const outcome = await room.silence('alertname=HighErrorRate');
    await room.settled();

    expect(outcome.kind).toBe('done');
    expect(room.alertmanager.silences).toEqual([]);
    expect((await room.desk().ask.view('SIL-1'))?.failure).toBe(
      'It would mute a P0 that fires now: HighErrorRate. Narrow it: severity="warning" would leave it out.',
    );
  });

  it('and not twice for the same matchers', async () => {
    await room.silence('alertname=HighErrorRate, component=application');
    await room.settled();

    const again = await room.silence('component="application" alertname="HighErrorRate"');

    expect(again).toEqual({
      kind: 'refused',
      code: 'ALREADY_SILENCED',
      text: 'SIL-1 silences exactly this already, until 2026-11-22 15:00 UTC.',
      remedy: 'Extend it: silence extend SIL-1',
    });
  });
});

/** Moves time step by step while the effect tries again, until something is so. */
async function until(room: SilenceRoom, condition: () => Promise<boolean>, stepMs: number): Promise<void> {
  const moved = async () => {
    room.clock.advance(stepMs);
    return condition();
  };
  await expect.poll(moved, { interval: 20, timeout: 25_000 }).toBe(true);
}
