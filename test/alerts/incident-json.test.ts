import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeIncidentEvent } from '../../src/alerts/describe.ts';
import { type IncidentJsonDeps, incidentJson, incidentsJson } from '../../src/alerts/incident-json.ts';
import { listIncidents } from '../../src/alerts/views.ts';
import { openTestDesk, type TestDesk } from '../support/alert-desk.ts';
import { T0 } from '../support/payloads.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const LABELS = { alertname: 'DatabaseConnectionIssue', severity: 'critical', component: 'database' };

describe('the JSON of incidents', () => {
  let desk: TestDesk;
  let deps: IncidentJsonDeps;
  beforeEach(async () => {
    desk = await openTestDesk();
    const escalationOf = async () => ({ level: 1, nextAt: T0 + 30 * MINUTE, ackExpiresAt: null });
    deps = { journal: desk.journal, escalationOf, describers: [describeIncidentEvent] };
    await desk.deliver([{ labels: LABELS, annotations: { summary: 'Database\nerrors' } }]);
  });
  afterEach(() => desk.verifyAndRemove());

  it('lists an incident with counts and escalation', async () => {
    const list = await incidentsJson(deps, { now: T0 });

    expect(list).toMatchObject([
      {
        id: 'GI-1',
        title: 'Database errors',
        severity: 'P1',
        status: 'firing',
        flags: [],
        service: 'gianna',
        channel: 'ops',
        owner: null,
        openedAt: '2026-11-22T14:00:00.000Z',
        acknowledgedAt: null,
        resolvedAt: null,
        alerts: { firing: 1, resolved: 0 },
        escalation: { level: 1, nextAt: '2026-11-22T14:30:00.000Z' },
      },
    ]);
  });

  it('lists the alerts in place of the counts when asked to', async () => {
    const list = await incidentsJson(deps, { now: T0, alerts: true });

    expect(list[0]?.alerts).toEqual([
      { fingerprint: 'f1', startsAt: '2026-11-22T14:00:00.000Z', endsAt: null, status: 'firing', labels: LABELS },
    ]);
  });

  it('shows one with its alerts and its timeline', async () => {
    await desk.ask('ack', 'GI-1');

    const one = await incidentJson(deps, 'GI-1');

    expect(one?.alerts).toHaveLength(1);
    expect(one?.timeline).toEqual([
      {
        at: '2026-11-22T14:00:00.000Z',
        kind: 'incident.opened',
        by: 'alertmanager',
        text: 'fired: DatabaseConnectionIssue (P1)',
      },
      { at: '2026-11-22T14:00:00.000Z', kind: 'incident.acknowledged', by: 'slack:U01ONCALL', text: 'acknowledged' },
    ]);
    expect(await incidentJson(deps, 'GI-2')).toBeNull();
  });

  it('lists what ended within a day, and all of them when asked to', async () => {
    await desk.ask('resolve', 'GI-1');
    await desk.pass(HOUR);
    const recent = await listIncidents(desk.journal, { now: desk.clock.now() });
    await desk.pass(25 * HOUR);
    const later = await listIncidents(desk.journal, { now: desk.clock.now() });
    const all = await listIncidents(desk.journal, { now: desk.clock.now(), all: true });

    expect(recent.map(({ status }) => status)).toEqual(['closed']);
    expect(later).toEqual([]);
    expect(all).toHaveLength(1);
  });
});
