import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestDesk, type TestDesk } from '../support/alert-desk.ts';
import { testConfig, testRoute } from '../support/config.ts';
import { payload, payloadAlert, T0 } from '../support/payloads.ts';

const MINUTE = 60_000;
const LABELS = { alertname: 'HighErrorRate', severity: 'warning', component: 'application' };

describe('deliveries in any order and number come to the same incidents', () => {
  let desk: TestDesk;
  beforeEach(async () => {
    desk = await openTestDesk();
  });
  afterEach(() => desk.verifyAndRemove());

  it('opens one incident for fifty identical payloads and writes one event', async () => {
    for (let sent = 0; sent < 50; sent += 1) await desk.deliver([{}]);

    expect(await desk.incidents()).toHaveLength(1);
    expect((await desk.journal.head()).seq).toBe(1);
  });

  it('touches last seen when an alert repeats', async () => {
    await desk.deliver([{}]);
    desk.clock.advance(MINUTE);
    await desk.deliver([{}]);

    const known = await desk.journal.latestOccurrences(['f1']);

    expect(known.get('f1')?.lastSeen).toBe(T0 + MINUTE);
  });

  it('opens one incident for a group and a second for another group', async () => {
    await desk.deliver([{ fingerprint: 'a' }, { fingerprint: 'b' }], { groupLabels: { job: 'one' } });
    await desk.deliver([{ fingerprint: 'c' }], { groupLabels: { job: 'two' } });

    expect((await desk.incidents()).map(({ id, alerts }) => [id, alerts.firing])).toEqual([
      ['GI-2', 1],
      ['GI-1', 2],
    ]);
  });

  it('opens with the severity of the most urgent alert, whichever comes first in the payload', async () => {
    const down = { alertname: 'GiannaServiceDown', severity: 'critical' };
    await desk.deliver([{ fingerprint: 'a' }, { fingerprint: 'b', labels: down }], { groupLabels: { job: 'one' } });

    const incident = await desk.incident('GI-1');
    expect([incident.severity, incident.runbooks]).toEqual(['P0', ['restart']]);
  });

  it('splits a payload by channel, in one batch', async () => {
    const security = { alertname: 'Intrusion', component: 'security' };
    const batch = await desk.deliver([{ fingerprint: 'a' }, { fingerprint: 'b', labels: security }]);

    const channels = (await desk.incidents()).map(({ channel, severity }) => [channel, severity]);

    expect(batch?.aggregates).toHaveLength(2);
    expect(channels).toEqual([
      ['security', 'P1'],
      ['ops', 'P2'],
    ]);
  });

  it('keeps an occurrence in its incident whatever group brings it', async () => {
    await desk.deliver([{}], { receiver: 'one' });
    await desk.deliver([{}], { receiver: 'two', groupLabels: { job: 'x' } });
    await desk.deliver([{ status: 'resolved' }], { receiver: 'two', groupLabels: { job: 'x' } });

    expect(await desk.incidents()).toMatchObject([{ id: 'GI-1', status: 'recovered' }]);
  });

  it('groups by label names when the configuration says so', async () => {
    const { routing } = testConfig();
    desk.config.swap(testConfig({ routing: { ...routing, groupBy: ['component'] } }));
    await desk.deliver([{ fingerprint: 'a' }], { receiver: 'one' });
    await desk.deliver([{ fingerprint: 'b' }], { receiver: 'two', groupLabels: { job: 'x' } });

    expect(await desk.incidents()).toMatchObject([{ id: 'GI-1', alerts: { firing: 2 } }]);
  });

  it('opens nothing for an end that comes before its start', async () => {
    await desk.deliver([{ status: 'resolved', endsAt: T0 + MINUTE }]);
    await desk.deliver([{ status: 'firing' }]);

    expect(await desk.incidents()).toEqual([]);
  });

  it('does not close a newer firing by an older end', async () => {
    await desk.deliver([{ startsAt: T0 }]);
    await desk.deliver([{ startsAt: T0 + 10 * MINUTE }]);
    await desk.deliver([{ startsAt: T0 }]);
    await desk.deliver([{ startsAt: T0, status: 'resolved', endsAt: T0 + 5 * MINUTE }]);
    const still = await desk.incident('GI-1');
    await desk.deliver([{ startsAt: T0 + 10 * MINUTE, status: 'resolved', endsAt: T0 + 15 * MINUTE }]);

    expect(still.status).toBe('firing');
    expect((await desk.incident('GI-1')).status).toBe('recovered');
  });

  it('counts alerts as they come and go, and recovers with the last', async () => {
    const group = { groupLabels: { job: 'gianna' } };
    await desk.deliver([{ fingerprint: 'a' }, { fingerprint: 'b' }], group);
    await desk.deliver([{ fingerprint: 'a', status: 'resolved' }, { fingerprint: 'b' }], group);
    const partly = await desk.incident('GI-1');
    await desk.deliver([{ fingerprint: 'b', status: 'resolved' }], group);
    const over = await desk.incident('GI-1');

    expect(partly).toMatchObject({ status: 'firing', alerts: { firing: 1, resolved: 1 } });
    expect(over).toMatchObject({ status: 'recovered', alerts: { firing: 0, resolved: 2 } });
  });

  it('says how many alerts were cut off, and resolves nothing while a hidden one fires', async () => {
    const cut = { groupLabels: { job: 'gianna' }, truncatedAlerts: 7, status: 'firing' } as const;
    await desk.deliver([{}], cut);
    await desk.deliver([{ status: 'resolved' }], cut);
    const hidden = await desk.incident('GI-1');
    await desk.deliver([{ status: 'resolved' }], { groupLabels: { job: 'gianna' } });
    const shown = await desk.incident('GI-1');

    expect((await desk.timeline('GI-1')).map((entry) => entry.text)).toContain('7 more not shown');
    expect(hidden.status).toBe('firing');
    expect(shown.status).toBe('recovered');
  });

  it('lets the siblings of a bad alert live, and tells of it', async () => {
    const good = payloadAlert({});
    await desk.deliverBody({ ...payload([{}]), alerts: [{ ...good, labels: null }, good, 7] });

    const kept = await desk.journal.documents('rejected-alerts');

    expect(await desk.incidents()).toHaveLength(1);
    expect((await desk.timeline('GI-1')).at(-1)?.text).toBe('2 alerts of the same delivery could not be read');
    expect(kept.map(({ value }) => value)).toMatchObject([
      {
        count: 2,
        named: [
          { index: 0, reason: 'labels' },
          { index: 2, reason: 'not-an-object' },
        ],
      },
    ]);
    expect(await desk.metrics()).toContain('gianna_ops_alerts_rejected_total{reason="labels"} 1');
  });

  it('opens nothing for the watchdog, and remembers it', async () => {
    await desk.deliver([{ labels: { alertname: 'Watchdog', severity: 'none' } }]);

    expect(await desk.incidents()).toEqual([]);
    expect(await desk.journal.documents('watchdog')).toMatchObject([{ value: { seenAt: T0, status: 'firing' } }]);
  });

  it('takes an alert that no route matches, and says so', async () => {
    const { routing } = testConfig();
    desk.config.swap(testConfig({ routing: { ...routing, routes: [testRoute(1, { severity: 'critical' }, 'P0')] } }));
    await desk.deliver([{ labels: { alertname: 'Odd' } }]);

    expect(await desk.incident('GI-1')).toMatchObject({ severity: 'P2', channel: 'ops' });
    expect((await desk.timeline('GI-1'))[0]?.text).toContain('no route matched');
  });

  it('keeps free text out of events', async () => {
    await desk.deliver(
      [{ labels: { ...LABELS, pod: 'very-private-name' }, annotations: { summary: 'secret words' } }],
      {
        groupLabels: { pod: 'very-private-name' },
      },
    );

    const events = JSON.stringify(await desk.journal.eventsAfter(0, 100));

    expect(events).not.toMatch(/very-private-name|secret words/);
    expect((await desk.incident('GI-1')).about.title).toBe('secret words');
  });

  it('takes what escalation wants into the same transaction', async () => {
    const changes: string[] = [];
    const following = await openTestDesk({
      follow: async ({ before, after, events }) => {
        changes.push(`${before?.status ?? 'none'} → ${after.status}: ${events.map((event) => event.type).join()}`);
        const timer = { kind: 'escalation', id: after.id, purpose: 'escalate', dueAt: T0, data: {} };
        return { timers: [{ op: 'set', ...timer }] };
      },
    });
    await following.deliver([{}]);
    await following.deliver([{}]);

    expect(changes).toEqual(['none → firing: incident.opened']);
    expect(await following.journal.timersOf('escalation', 'GI-1')).toHaveLength(1);
    await following.verifyAndRemove();
  });
});
