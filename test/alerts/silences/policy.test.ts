import { describe, expect, it } from 'vitest';
import type { MutedAlert } from '../../../src/alerts/silences/blast.ts';
import type { Case } from '../../../src/alerts/silences/case.ts';
import { parseMatchers } from '../../../src/alerts/silences/matcher.ts';
import { judgeSilence } from '../../../src/alerts/silences/policy.ts';

const HOUR = 3600;
const routed = {
  severity: 'P2',
  channel: 'ops',
  service: 'gianna',
  runbooks: [],
  policyContact: null,
  route: 7,
} as const;

function alert(rest: Partial<MutedAlert> = {}): MutedAlert {
  const labels = { alertname: 'HighErrorRate', severity: 'warning', component: 'application' };
  return { fingerprint: 'f1', incident: 'GI-1', severity: 'P2', service: 'gianna', firing: true, labels, ...rest };
}

function given(text: string, rest: Partial<Case> = {}, request: Partial<Case['request']> = {}): Case {
  const read = parseMatchers(text);
  if (read.kind === 'wrong') throw new Error(read.text);
  return {
    request: { matchers: read.matchers, seconds: HOUR, reason: 'a known cause', ...request },
    incident: null,
    now: [],
    week: [],
    openP0: new Set(),
    routed,
    longest: { P1: 4 * HOUR, P2: 24 * HOUR, P3: 168 * HOUR },
    watchdog: 'Watchdog',
    ...rest,
  };
}

const p0 = alert({
  fingerprint: 'f0',
  incident: 'GI-12',
  severity: 'P0',
  labels: { alertname: 'HighErrorRate', severity: 'critical', component: 'application' },
});

describe('what may be silenced', () => {
  it('is what mutes alerts of one service, none of them a P0', () => {
    expect(judgeSilence(given('alertname=HighErrorRate', { now: [alert()], week: [alert()] }))).toBeNull();
  });

  it('is something that never fired too', () => {
    expect(judgeSilence(given('alertname=Planned'))).toBeNull();
  });

  it('is no P0 that fires now, and the refusal says what leaves it out', () => {
    const refused = judgeSilence(given('alertname=HighErrorRate', { now: [alert(), p0], week: [alert(), p0] }));

    expect(refused).toEqual({
      field: 'matchers',
      code: 'WOULD_MUTE_P0',
      text: 'It would mute a P0 that fires now: HighErrorRate (GI-12).',
      remedy: 'Narrow it: severity="warning" would leave it out.',
    });
  });

  it('is no P0 of the last seven days', () => {
    const week = [alert(), { ...p0, firing: false }, { ...p0, incident: 'GI-14', firing: false }];

    const refused = judgeSilence(given('alertname=HighErrorRate', { week }));

    expect(refused?.code).toBe('WOULD_MUTE_P0');
    expect(refused?.text).toBe(
      'In the last 7 days it would have muted 2 P0: HighErrorRate (GI-12), HighErrorRate (GI-14).',
    );
  });

  it('is nothing that fires in an open P0 incident, whatever its own severity', () => {
    const refused = judgeSilence(given('alertname=HighErrorRate', { now: [alert()], openP0: new Set(['GI-1']) }));

    expect(refused?.code).toBe('WOULD_MUTE_P0');
  });

  it('is no P0 incident, and nothing that routes.yml would make a P0', () => {
    const incident = { id: 'GI-1', severity: 'P0', service: 'gianna' } as const;

    expect(judgeSilence(given('alertname=X', { incident }))?.field).toBe('incident');
    expect(judgeSilence(given('alertname=X', { routed: { ...routed, severity: 'P0' } }))?.code).toBe('WOULD_MUTE_P0');
  });

  it("is no alert of another service than the incident's", () => {
    const other = alert({ fingerprint: 'f2', service: 'redis', labels: { alertname: 'X', component: 'redis' } });
    const incident = { id: 'GI-1', severity: 'P2', service: 'gianna' } as const;

    const refused = judgeSilence(given('alertname=X', { incident, now: [alert(), other] }));

    expect(refused?.code).toBe('WOULD_MUTE_OTHER_SERVICE');
    expect(refused?.text).toBe('It would mute another service than that of GI-1 (gianna): redis, X (GI-1).');
    expect(refused?.remedy).toBe('Narrow it: component="application" would leave it out.');
  });

  it('is no alert of another service than the one that the matchers name', () => {
    const other = alert({ service: 'redis' });

    expect(judgeSilence(given('service=gianna', { week: [other] }))?.code).toBe('WOULD_MUTE_OTHER_SERVICE');
    expect(judgeSilence(given('service=gianna', { week: [alert()] }))).toBeNull();
  });

  it('is not two services at once when neither incident nor matchers name one', () => {
    const refused = judgeSilence(given('alertname=X', { now: [alert(), alert({ fingerprint: 'f2', service: null })] }));

    expect(refused?.text).toBe('It would mute alerts of 2 services: gianna, no configured service.');
  });

  it('is not the watchdog', () => {
    expect(judgeSilence(given('alertname=Watchdog'))?.code).toBe('WOULD_MUTE_WATCHDOG');
    expect(judgeSilence(given('alertname=~"Watch.*" severity=none'))?.code).toBe('WOULD_MUTE_WATCHDOG');
    expect(judgeSilence(given('service=gianna'))).toBeNull();
  });

  it.each([
    ['P1', 4 * HOUR],
    ['P2', 24 * HOUR],
    ['P3', 168 * HOUR],
  ] as const)('lasts for %s as long as configured and no longer', (severity, seconds) => {
    const now = [alert({ severity })];

    expect(judgeSilence(given('alertname=X', { now }, { seconds }))).toBeNull();
    expect(judgeSilence(given('alertname=X', { now }, { seconds: seconds + 1 }))?.code).toBe('SILENCE_TOO_LONG');
  });

  it('is limited by the most urgent of what it mutes, mutes lately and is for', () => {
    const incident = { id: 'GI-1', severity: 'P1', service: 'gianna' } as const;
    const seconds = 5 * HOUR;

    expect(judgeSilence(given('alertname=X', { week: [alert({ severity: 'P1' })] }, { seconds }))?.field).toBe(
      'duration',
    );
    expect(judgeSilence(given('alertname=X', { incident, now: [alert()] }, { seconds }))?.field).toBe('duration');
    expect(judgeSilence(given('alertname=X', {}, { seconds: 25 * HOUR }))?.text).toBe(
      '1d1h is too long for P2: 1d is the longest.',
    );
  });

  it.each([
    ['alertname=X', { reason: 'no' }, 'reason', 'REASON_INVALID'],
    ['alertname=X', { reason: 'x'.repeat(301) }, 'reason', 'REASON_INVALID'],
    ['alertname=X', { reason: '     ' }, 'reason', 'REASON_INVALID'],
    ['alertname=X', { seconds: 9 }, 'duration', 'DURATION_INVALID'],
    ['alertname=X', { seconds: Number.NaN }, 'duration', 'DURATION_INVALID'],
    ['severity=warning', {}, 'matchers', 'MATCHES_EVERYTHING'],
    ['alertname=X alertname=Y', {}, 'matchers', 'MATCHES_NOTHING'],
  ] as const)('is not %s with %j', (text, request, field, code) => {
    expect(judgeSilence(given(text, {}, request))).toMatchObject({ field, code });
  });
});
