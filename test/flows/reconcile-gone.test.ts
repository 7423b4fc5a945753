import { afterEach, beforeEach, expect, it } from 'vitest';
import { T0 } from '../support/payloads.ts';
import { openReconcileDesk, type ReconcileDesk, twin } from '../support/reconcile-desk.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const GONE = 'recovered: Alertmanager no longer has it';

let desk: ReconcileDesk;
beforeEach(async () => {
  desk = await openReconcileDesk();
  await desk.deliver([twin('DiskFull', T0).delivered]);
  desk.alertmanager.alerts = [twin('DiskFull', T0).held];
});
afterEach(() => desk.verifyAndRemove());

async function statuses(): Promise<string[]> {
  return (await desk.incidents()).map(({ status }) => status);
}

it('recovers what ended while it was down, and says that Alertmanager no longer has it', async () => {
  desk.alertmanager.alerts = [];

  await desk.restart(10 * MINUTE);
  const atOnce = await statuses();
  await desk.pass(30_000);

  expect(atOnce).toEqual(['firing']);
  expect(await statuses()).toEqual(['recovered']);
  expect(await desk.timeline('GI-1')).toEqual(['fired: DiskFull (P2)', GONE]);
});

it('ends what disappears while it runs only when it is absent twice in a row', async () => {
  await desk.restart(MINUTE);
  await desk.pass(5 * MINUTE);
  const { alerts } = desk.alertmanager;
  desk.alertmanager.alerts = [];
  await desk.pass(MINUTE);
  desk.alertmanager.alerts = alerts;
  await desk.pass(2 * MINUTE);
  const afterAGap = await statuses();

  desk.alertmanager.alerts = [];
  await desk.pass(3 * MINUTE);

  expect(afterAGap).toEqual(['firing']);
  expect(await statuses()).toEqual(['recovered']);
});

it('ends nothing while Alertmanager does not answer, and says so in a metric', async () => {
  await desk.restart(MINUTE);
  desk.alertmanager.alerts = [];
  desk.alertmanager.failing = 503;

  await desk.pass(30 * MINUTE);

  expect(await statuses()).toEqual(['firing']);
  expect(desk.reconciler().state()).toBe('down');
  expect(await desk.metrics()).toContain('gianna_ops_reconcile_failing 1');
});

it('ends nothing of a restarted Alertmanager before Prometheus had ten minutes to tell it again', async () => {
  await desk.restart(MINUTE);
  await desk.pass(3 * MINUTE);
  desk.alertmanager.startedAt = desk.clock.now();
  desk.alertmanager.alerts = [];

  await desk.pass(9 * MINUTE);
  const meanwhile = await statuses();
  desk.alertmanager.alerts = [twin('DiskFull', T0).held];
  await desk.pass(5 * MINUTE);

  expect(meanwhile).toEqual(['firing']);
  expect(await statuses()).toEqual(['firing']);
  desk.alertmanager.alerts = [];
  await desk.pass(5 * MINUTE);
  expect(await statuses()).toEqual(['recovered']);
});

it('ends what is silenced or went to another receiver as little as what fires openly', async () => {
  await desk.restart(MINUTE);
  desk.alertmanager.alerts = [twin('DiskFull', T0, { state: 'suppressed', receivers: ['mail'] }).held];

  await desk.pass(20 * MINUTE);

  expect(await statuses()).toEqual(['firing']);
});

it('never ends what another sender told of', async () => {
  await desk.deliverFromGrafana([twin('FromGrafana', T0).delivered]);

  await desk.restart(MINUTE);
  await desk.pass(HOUR);

  const [grafana] = await desk.incidents();
  expect(grafana).toMatchObject({ status: 'firing', about: { alertname: 'FromGrafana' } });
});

it('ends nothing while the watchdog that is expected is not at Alertmanager either', async () => {
  const watchdog = { fingerprint: 'w', labels: { alertname: 'Watchdog' }, startsAt: T0 };
  await desk.deliver([watchdog]);
  desk.alertmanager.alerts = [];
  await desk.restart(MINUTE);
  await desk.pass(4 * MINUTE);
  const unfed = await statuses();

  desk.alertmanager.alerts = [watchdog];
  await desk.deliver([watchdog]);
  await desk.pass(3 * MINUTE);

  expect(unfed).toEqual(['firing']);
  expect(await statuses()).toEqual(['recovered']);
});

it('lets a delivery win that comes between the look and the decision', async () => {
  desk.alertmanager.alerts = [];
  await desk.restart(10 * MINUTE);
  desk.clock.advance(14_000);
  await desk.deliver([twin('DiskFull', T0).delivered]);

  await desk.pass(10_000);

  expect(await statuses()).toEqual(['firing']);
});
