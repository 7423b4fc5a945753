import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSilenceRoom, type SilenceRoom } from '../support/silence-desk.ts';

const P0 = { alertname: 'ApiErrors', severity: 'critical', component: 'application' };
const P2 = { alertname: 'ApiErrors', severity: 'warning', component: 'application' };
const REDIS = { alertname: 'ApiErrors', severity: 'warning', service: 'redis' };

describe('a silence is refused, and nothing is asked of Alertmanager', () => {
  let room: SilenceRoom;
  beforeEach(async () => {
    room = await openSilenceRoom();
  });
  afterEach(async () => {
    await room.settled();
    expect(room.alertmanager.asked.filter((each) => each.startsWith('POST'))).toEqual([]);
    await room.close();
  });

  it('when it would mute a P0 that fires now', async () => {
    await room.deliver([{ fingerprint: 'f1', labels: P2 }], { groupLabels: { a: 'b' } });
    await room.deliver([{ fingerprint: 'f0', labels: P0 }], { groupLabels: { a: 'c' } });

    expect(await room.silence('alertname=ApiErrors')).toEqual({
      kind: 'refused',
      code: 'WOULD_MUTE_P0',
      text: 'It would mute a P0 that fires now: ApiErrors (GI-2).',
      remedy: 'Narrow it: severity="warning" would leave it out.',
    });
  });

  it('when what it would mute belongs to a P0, however urgent it is itself', async () => {
    await room.deliver(
      [
        { fingerprint: 'f1', labels: P2 },
        { fingerprint: 'f0', labels: P0 },
      ],
      { groupLabels: { a: 'b' } },
    );

    expect((await room.incident('GI-1')).severity).toBe('P0');
    expect(await room.silence('alertname=ApiErrors, severity=warning')).toMatchObject({ code: 'WOULD_MUTE_P0' });
    expect(await room.silence('alertname=ApiErrors', { incident: 'GI-1' })).toMatchObject({
      text: 'GI-1 is a P0, and a P0 is never muted.',
    });
  });

  it('when it would have muted a P0 within the last seven days, and not for one before', async () => {
    await room.deliver([{ fingerprint: 'f0', labels: P0 }]);
    room.clock.advance(60_000);
    await room.deliver([{ fingerprint: 'f0', labels: P0, status: 'resolved', endsAt: room.clock.now() }]);
    await room.ask('resolve', {}, { incident: 'GI-1' });
    await room.pass(6 * 86_400);

    const within = await room.desk().ask.preview({
      matchers: [{ name: 'alertname', value: 'ApiErrors', isRegex: false, isEqual: true }],
      seconds: 3600,
      reason: 'a known cause',
    });
    const outcome = await room.silence('alertname=ApiErrors');

    expect(within.refused?.text).toBe('In the last 7 days it would have muted 1 P0: ApiErrors (GI-1).');
    expect(outcome).toMatchObject({ kind: 'refused', code: 'WOULD_MUTE_P0' });

    await room.pass(86_401);
    const later = await room.desk().ask.preview({
      matchers: [{ name: 'alertname', value: 'ApiErrors', isRegex: false, isEqual: true }],
      seconds: 3600,
      reason: 'a known cause',
    });
    expect(later.refused).toBeUndefined();
    expect(later.warnings).toEqual(['It matches nothing, now or in the last 7 days: look for a slip in the matchers.']);
  });

  it("when it would mute another service than the incident's", async () => {
    await room.deliver([{ fingerprint: 'f1', labels: P2 }]);
    await room.deliver([{ fingerprint: 'f2', labels: REDIS }], { groupLabels: { service: 'redis' } });

    expect(await room.silence('alertname=ApiErrors', { incident: 'GI-1' })).toEqual({
      kind: 'refused',
      code: 'WOULD_MUTE_OTHER_SERVICE',
      text: 'It would mute another service than that of GI-1 (gianna): redis, ApiErrors (GI-2).',
      remedy: 'Narrow it: component="application" would leave it out.',
    });
  });

  it('when the person may not, by the risk that its duration has', async () => {
    await room.deliver([{ fingerprint: 'f1', labels: P2 }]);
    const asked: unknown[] = [];
    room.may = async (...each) => {
      asked.push(each);
      return { allowed: false, reason: 'needs the role responder, or being on call now' };
    };

    const short = await room.silence('alertname=ApiErrors', { seconds: 4 * 3600, incident: 'GI-1', by: 'slack:UVIC' });
    const long = await room.silence('alertname=ApiErrors', { seconds: 4 * 3600 + 1, by: 'slack:UVIC' });

    expect(short).toMatchObject({
      code: 'NOT_ALLOWED',
      text: 'Silencing needs the role responder, or being on call now.',
    });
    expect(long.kind).toBe('refused');
    expect(asked).toEqual([
      ['slack:UVIC', 'R1', 'ops'],
      ['slack:UVIC', 'R2', null],
    ]);
  });

  it.each([
    [{ matchers: 'x', seconds: 3600, reason: 'why' }, 'BAD_REQUEST'],
    [{ matchers: [], seconds: 3600, reason: 'a known cause' }, 'MATCHER_INVALID'],
    [
      { matchers: [{ name: 'severity', value: 'warning' }], seconds: 3600, reason: 'a known cause' },
      'MATCHES_EVERYTHING',
    ],
    [{ matchers: [{ name: 'alertname', value: 'X' }], seconds: 3600, reason: '' }, 'REASON_INVALID'],
    [{ matchers: [{ name: 'alertname', value: 'X' }], seconds: 1e9, reason: 'a known cause' }, 'SILENCE_TOO_LONG'],
    [
      { matchers: [{ name: 'alertname', value: 'Watchdog' }], seconds: 60, reason: 'a known cause' },
      'WOULD_MUTE_WATCHDOG',
    ],
  ])('for %j', async (args, code) => {
    expect(await room.ask('silence', args)).toMatchObject({ kind: 'refused', code });
  });

  it('for an incident that is not there, and a silence that is not there', async () => {
    expect(await room.silence('alertname=X', { incident: 'GI-9' })).toMatchObject({ code: 'INCIDENT_UNKNOWN' });
    expect(await room.ask('lift', { id: 'SIL-9' })).toMatchObject({ code: 'SILENCE_UNKNOWN' });
    expect(await room.ask('lift', { id: 'nonsense' })).toMatchObject({ code: 'SILENCE_UNKNOWN' });
    expect(await room.ask('silence-extend', { id: '3c540eab-a416-46bb-b710-99b5a6f55886', seconds: 60 })).toMatchObject(
      {
        code: 'SILENCE_UNKNOWN',
      },
    );
  });

  it('without an Alertmanager', async () => {
    const config = room.config.current();
    room.config.swap({ ...config, routing: { ...config.routing, alertmanager: null } });

    expect(await room.silence('alertname=X')).toMatchObject({ code: 'NO_ALERTMANAGER' });
  });
});
