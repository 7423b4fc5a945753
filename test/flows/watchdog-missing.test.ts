import { afterEach, beforeEach, expect, it } from 'vitest';
import { T0 } from '../support/payloads.ts';
import { openReconcileDesk, type ReconcileDesk } from '../support/reconcile-desk.ts';

const MINUTE = 60_000;
const WATCHDOG = { fingerprint: 'w', labels: { alertname: 'Watchdog', severity: 'none' }, startsAt: T0 };

let desk: ReconcileDesk;
beforeEach(async () => {
  desk = await openReconcileDesk({ alertmanager: null, groupBy: ['service'] });
});
afterEach(() => desk.verifyAndRemove());

it('opens a P0 in channel ops when the watchdog stays away, and recovers it when it is seen again', async () => {
  await desk.deliver([WATCHDOG]);
  await desk.pass(4 * MINUTE);
  await desk.deliver([WATCHDOG]);
  await desk.pass(4 * MINUTE);
  const seen = await desk.incidents();

  await desk.pass(MINUTE + 5_000);
  const [blind] = await desk.incidents();
  await desk.deliver([WATCHDOG]);

  expect(seen).toEqual([]);
  expect(blind).toMatchObject({ id: 'GI-1', severity: 'P0', channel: 'ops', status: 'firing' });
  expect(blind?.about.title).toBe('We are blind: Watchdog has not been seen for 5m');
  expect((await desk.incidents())[0]?.status).toBe('recovered');
  expect(await desk.timeline('GI-1')).toEqual(['fired: WatchdogMissing (P0)', 'recovered: the alert has ended']);
});

it('is an incident of its own, whatever the alerts are grouped by', async () => {
  await desk.deliver([WATCHDOG, { fingerprint: 'x', labels: { alertname: 'NoService', severity: 'warning' } }]);

  await desk.pass(6 * MINUTE);

  expect((await desk.incidents()).map(({ about }) => about.alertname)).toEqual(['WatchdogMissing', 'NoService']);
});

it('misses nothing before the first one, unless it is required', async () => {
  await desk.restart(0);
  await desk.pass(20 * MINUTE);
  const unarmed = await desk.incidents();
  await desk.verifyAndRemove();
  desk = await openReconcileDesk({
    alertmanager: null,
    watchdog: { alertname: 'Watchdog', expectEverySeconds: 300, required: true },
  });
  await desk.restart(0);

  await desk.pass(6 * MINUTE);

  expect(unarmed).toEqual([]);
  expect(await desk.incidents()).toMatchObject([{ severity: 'P0', about: { alertname: 'WatchdogMissing' } }]);
});

it('does not count the time in which the bot itself was away, and is not disarmed by it', async () => {
  await desk.deliver([WATCHDOG]);
  await desk.pass(4 * MINUTE);

  await desk.restart(60 * MINUTE);
  await desk.pass(4 * MINUTE);
  const fresh = await desk.incidents();
  await desk.pass(2 * MINUTE);

  expect(fresh).toEqual([]);
  expect(await desk.incidents()).toMatchObject([{ about: { alertname: 'WatchdogMissing' } }]);
});

it('counts its end as no sight of it', async () => {
  await desk.deliver([WATCHDOG]);
  await desk.pass(2 * MINUTE);

  await desk.deliver([{ ...WATCHDOG, status: 'resolved', endsAt: T0 + MINUTE }]);
  await desk.pass(3 * MINUTE + 5_000);

  expect(await desk.incidents()).toMatchObject([{ about: { alertname: 'WatchdogMissing' } }]);
});

it('stays open over a restart, and recovers after it', async () => {
  await desk.deliver([WATCHDOG]);
  await desk.pass(6 * MINUTE);

  await desk.restart(10 * MINUTE);
  await desk.pass(10 * MINUTE);
  const [before, ...more] = await desk.incidents();
  await desk.deliver([WATCHDOG]);

  expect(more).toEqual([]);
  expect(before?.status).toBe('firing');
  expect((await desk.incidents())[0]?.status).toBe('recovered');
});
