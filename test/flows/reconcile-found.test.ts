import { afterEach, beforeEach, expect, it } from 'vitest';
import { T0 } from '../support/payloads.ts';
import { openReconcileDesk, type ReconcileDesk, twin } from '../support/reconcile-desk.ts';

const MINUTE = 60_000;

let desk: ReconcileDesk;
beforeEach(async () => {
  desk = await openReconcileDesk();
});
afterEach(() => desk.verifyAndRemove());

it('raises at the start what fires at Alertmanager and no delivery brought, in the incident that a delivery lands in', async () => {
  const alert = twin('DiskFull', T0);
  desk.alertmanager.alerts = [alert.held];

  await desk.restart(2 * MINUTE);

  const [incident] = await desk.incidents();
  expect(incident).toMatchObject({
    id: 'GI-1',
    status: 'firing',
    about: { alertname: 'DiskFull' },
    alerts: { firing: 1 },
  });
  expect(await desk.timeline('GI-1')).toEqual(['fired: DiskFull (P2); found by asking Alertmanager']);
  await desk.deliver([alert.delivered, twin('DiskFull', T0 + MINUTE, {}).delivered], {
    groupLabels: { alertname: 'DiskFull' },
  });
  expect(await desk.incidents()).toHaveLength(1);
});

it('raises within a minute what begins without a delivery, once it is older than the wait for a group', async () => {
  await desk.restart(0);
  await desk.pass(2 * MINUTE);
  desk.alertmanager.alerts = [twin('Lost', desk.clock.now()).held];

  await desk.pass(20_000);
  const early = await desk.incidents();
  await desk.pass(70_000);

  expect(early).toEqual([]);
  expect(await desk.incidents()).toHaveLength(1);
});

it('does not raise what is silenced there, what is routed to others, or the watchdog', async () => {
  const watchdog = { fingerprint: 'w', labels: { alertname: 'Watchdog' }, startsAt: T0 };
  desk.alertmanager.receivers = { 'gianna-ops': 'http://gianna/webhooks/alertmanager', mail: null };
  desk.alertmanager.alerts = [
    twin('Silenced', T0, { state: 'suppressed' }).held,
    twin('Mailed', T0, { receivers: ['mail'] }).held,
    watchdog,
  ];

  await desk.restart(MINUTE);
  await desk.pass(5 * MINUTE);

  expect(await desk.incidents()).toEqual([]);
  expect(await desk.journal().documents('watchdog')).toEqual([]);
});

it('raises nothing while it cannot know which receivers lead here, until a delivery says so', async () => {
  desk.alertmanager.receivers = { one: null, two: null };
  desk.alertmanager.alerts = [twin('Whose', T0, { receivers: ['one'] }).held];
  await desk.restart(MINUTE);
  await desk.pass(3 * MINUTE);
  const unknown = await desk.incidents();

  await desk.deliver([twin('Ours', T0).delivered], { receiver: 'one' });
  await desk.pass(2 * MINUTE);

  expect(unknown).toEqual([]);
  expect((await desk.incidents()).map(({ about }) => about.alertname).sort()).toEqual(['Ours', 'Whose']);
});

it('groups by the alertname when Alertmanager does not tell its groups', async () => {
  desk.alertmanager.without = ['/api/v2/alerts/groups', '/api/v2/status'];
  await desk.deliver([twin('Known', T0).delivered]);
  desk.alertmanager.alerts = [twin('Known', T0).held, twin('Other', T0).held];

  await desk.restart(MINUTE);

  expect((await desk.incidents()).map(({ about }) => about.alertname).sort()).toEqual(['Known', 'Other']);
});
