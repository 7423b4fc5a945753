import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestDesk, type TestDesk } from '../support/alert-desk.ts';
import { T0 } from '../support/payloads.ts';

const MINUTE = 60_000;
const CRITICAL = { alertname: 'DatabaseConnectionIssue', severity: 'critical', component: 'database' };
const WARNING = { alertname: 'HighErrorRate', severity: 'warning', component: 'application' };

describe('an incident lives from firing to closed', () => {
  let desk: TestDesk;
  beforeEach(async () => {
    desk = await openTestDesk();
  });
  afterEach(() => desk.verifyAndRemove());

  it('waits for a person when its severity says so, reminding once, then closes', async () => {
    await desk.deliver([{ labels: CRITICAL }]);
    const acked = await desk.ask('ack', 'GI-1');
    await desk.deliver([{ labels: CRITICAL, status: 'resolved', endsAt: T0 + MINUTE }]);
    await desk.pass(3 * 60 * MINUTE);
    const waiting = await desk.incident('GI-1');
    await desk.ask('resolve', 'GI-1');
    await desk.pass(31 * MINUTE);

    const closed = await desk.incident('GI-1');
    const kinds = (await desk.timeline('GI-1')).map((entry) => entry.kind);

    expect(acked.kind).toBe('done');
    expect(waiting.status).toBe('recovered');
    expect(closed).toMatchObject({ status: 'closed', owner: 'slack:U01ONCALL', severity: 'P1', service: 'gianna' });
    expect(kinds).toEqual([
      'incident.opened',
      'incident.acknowledged',
      'incident.recovered',
      'incident.reminded',
      'incident.resolved',
      'incident.closed',
    ]);
    expect(await desk.timers('GI-1')).toEqual([]);
  });

  it('resolves by itself after five quiet minutes when its severity says so', async () => {
    await desk.deliver([{ labels: WARNING }]);
    await desk.deliver([{ labels: WARNING, status: 'resolved' }]);
    await desk.pass(5 * MINUTE - 1);
    const before = await desk.incident('GI-1');
    await desk.pass(1);

    const after = await desk.incident('GI-1');

    expect(before.status).toBe('recovered');
    expect(after).toMatchObject({ status: 'resolved', resolvedBy: 'auto', resolvedAt: T0 + 5 * MINUTE });
  });

  it('goes back to its owner when it fires again before it is resolved', async () => {
    await desk.deliver([{ labels: CRITICAL }]);
    await desk.ask('ack', 'GI-1');
    await desk.deliver([{ labels: CRITICAL, status: 'resolved', endsAt: T0 + MINUTE }]);
    await desk.deliver([{ labels: CRITICAL, startsAt: T0 + 2 * MINUTE }]);

    const incident = await desk.incident('GI-1');

    expect(incident).toMatchObject({ status: 'acknowledged', owner: 'slack:U01ONCALL', recoveredAt: null });
    expect(incident.alerts).toEqual({ firing: 1, resolved: 0 });
    expect(await desk.timers('GI-1')).toEqual([]);
  });

  it('goes back to firing when nobody owned it', async () => {
    await desk.deliver([{ labels: CRITICAL }]);
    await desk.deliver([{ labels: CRITICAL, status: 'resolved', endsAt: T0 + MINUTE }]);
    await desk.deliver([{ labels: CRITICAL, startsAt: T0 + 2 * MINUTE }]);

    expect((await desk.incident('GI-1')).status).toBe('firing');
  });

  it('reopens without an owner when it fires again after it was resolved, before it closed', async () => {
    await desk.deliver([{ labels: CRITICAL }]);
    await desk.ask('ack', 'GI-1');
    await desk.deliver([{ labels: CRITICAL, status: 'resolved', endsAt: T0 + MINUTE }]);
    await desk.ask('resolve', 'GI-1');
    await desk.pass(29 * MINUTE);
    await desk.deliver([{ labels: CRITICAL, startsAt: T0 + 29 * MINUTE }]);

    expect(await desk.incident('GI-1')).toMatchObject({ status: 'firing', owner: null, resolvedAt: null, reopened: 1 });
    expect(await desk.timers('GI-1')).toEqual([]);
  });

  it('opens a new one that names the old when it fires again after it closed', async () => {
    await desk.deliver([{ labels: CRITICAL }]);
    await desk.deliver([{ labels: CRITICAL, status: 'resolved', endsAt: T0 + MINUTE }]);
    await desk.ask('resolve', 'GI-1');
    await desk.pass(31 * MINUTE);
    await desk.deliver([{ labels: CRITICAL, startsAt: T0 + 31 * MINUTE }]);

    expect(await desk.incident('GI-1')).toMatchObject({ status: 'closed' });
    expect(await desk.incident('GI-2')).toMatchObject({ status: 'firing', previous: 'GI-1' });
  });

  it('opens a new one although the closing of the old is late', async () => {
    await desk.deliver([{ labels: CRITICAL }]);
    await desk.deliver([{ labels: CRITICAL, status: 'resolved', endsAt: T0 + MINUTE }]);
    await desk.ask('resolve', 'GI-1');
    desk.clock.advance(45 * MINUTE);
    await desk.deliver([{ labels: CRITICAL, startsAt: T0 + 45 * MINUTE }]);

    expect(await desk.incident('GI-1')).toMatchObject({ status: 'closed' });
    expect(await desk.incident('GI-2')).toMatchObject({ status: 'firing', previous: 'GI-1' });
    expect(await desk.timers('GI-1')).toEqual([]);
  });

  it('opens as urgent as the most severe alert of the payload, whichever comes first', async () => {
    await desk.deliver([{ labels: WARNING }, { fingerprint: 'f2', labels: CRITICAL }], {
      groupLabels: { job: 'gianna' },
    });

    expect(await desk.incident('GI-1')).toMatchObject({ severity: 'P1', about: { alertname: WARNING.alertname } });
  });

  it('rises with its most severe firing alert and never falls by itself', async () => {
    const group = { groupLabels: { job: 'gianna' } };
    await desk.deliver([{ labels: WARNING }], group);
    await desk.deliver([{ labels: WARNING }, { fingerprint: 'f2', labels: CRITICAL }], group);
    await desk.deliver([{ labels: WARNING }, { fingerprint: 'f2', labels: CRITICAL, status: 'resolved' }], group);

    const incident = await desk.incident('GI-1');
    const texts = (await desk.timeline('GI-1')).map((entry) => entry.text);

    expect(incident).toMatchObject({ severity: 'P1', status: 'firing', alerts: { firing: 1, resolved: 1 } });
    expect(texts).toContain('severity raised from P2 to P1');
  });

  it('gives a digest-only incident a thread once it is raised', async () => {
    const group = { groupLabels: { job: 'gianna' } };
    await desk.deliver([{ labels: { ...WARNING, severity: 'info' } }], group);
    const low = await desk.incident('GI-1');
    await desk.deliver([{ fingerprint: 'f2', labels: WARNING }], group);

    expect(low).toMatchObject({ severity: 'P3', digest: true });
    expect(await desk.incident('GI-1')).toMatchObject({ severity: 'P2', digest: false });
  });

  it('may be resolved by a person while alerts still fire, and says so', async () => {
    await desk.deliver([{ labels: CRITICAL }]);

    const outcome = await desk.ask('resolve', 'GI-1');
    await desk.deliver([{ labels: CRITICAL }]);

    expect(outcome.text).toBe('GI-1 resolved. 1 alert still fires.');
    expect(await desk.incident('GI-1')).toMatchObject({ status: 'resolved', resolvedBy: 'slack:U01ONCALL' });
  });

  it('opens no second incident for an occurrence that outlives its closed one', async () => {
    await desk.deliver([{ labels: CRITICAL }]);
    await desk.ask('resolve', 'GI-1');
    await desk.pass(31 * MINUTE);
    await desk.deliver([{ labels: CRITICAL }]);
    const still = await desk.incidents();
    await desk.deliver([{ labels: CRITICAL, startsAt: T0 + 40 * MINUTE }]);

    const after = await desk.incidents();
    const open = await desk.journal.latestOccurrences(['f1']);

    expect(still.map((incident) => incident.id)).toEqual(['GI-1']);
    expect(after.map((incident) => incident.id)).toEqual(['GI-2', 'GI-1']);
    expect(open.get('f1')).toMatchObject({ incident: 'GI-2', status: 'firing' });
    expect(after[1]?.alerts).toEqual({ firing: 0, resolved: 1 });
  });
});
