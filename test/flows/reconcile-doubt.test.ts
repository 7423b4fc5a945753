import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { T0 } from '../support/payloads.ts';
import { openReconcileDesk, type ReconcileDesk, twin } from '../support/reconcile-desk.ts';

const MINUTE = 60_000;

let desk: ReconcileDesk;
afterEach(() => desk.verifyAndRemove());

describe('a firing with the old start after its own end', () => {
  const alert = twin('Flaky', T0);

  beforeEach(async () => {
    desk = await openReconcileDesk();
    await desk.restart(MINUTE);
    await desk.deliver([alert.delivered]);
    await desk.deliver([{ ...alert.delivered, status: 'resolved', endsAt: T0 + MINUTE }]);
    await desk.pass(20_000);
  });

  it('is open again when Alertmanager, asked, has it', async () => {
    desk.alertmanager.alerts = [alert.held];

    await desk.deliver([alert.delivered]);
    await desk.pass(10_000);

    const [incident] = await desk.incidents();
    expect(incident).toMatchObject({ id: 'GI-1', status: 'firing', alerts: { firing: 1 } });
    expect(await desk.timeline('GI-1')).toContain('fires again: 1 alert firing (found by asking Alertmanager)');
    expect((await desk.journal().occurrencesOf('GI-1'))[0]).toMatchObject({
      startsAt: T0,
      endsAt: null,
      status: 'firing',
    });
  });

  it('stays over when Alertmanager does not have it', async () => {
    await desk.deliver([alert.delivered]);
    await desk.pass(MINUTE);

    expect((await desk.incidents())[0]?.status).toBe('recovered');
  });

  it('stays over when one of the cluster still holds what it heard before the end', async () => {
    desk.alertmanager.alerts = [{ ...alert.held, updatedAt: T0 + 30_000 }];

    await desk.deliver([alert.delivered]);
    await desk.pass(MINUTE);

    expect((await desk.incidents())[0]?.status).toBe('recovered');
  });

  it('is not closed by the same old end delivered once more, but by a later one', async () => {
    desk.alertmanager.alerts = [alert.held];
    await desk.deliver([alert.delivered]);
    await desk.pass(10_000);

    await desk.deliver([{ ...alert.delivered, status: 'resolved', endsAt: T0 + MINUTE }]);
    const afterOldEnd = (await desk.incidents())[0]?.status;
    await desk.deliver([{ ...alert.delivered, status: 'resolved', endsAt: desk.clock.now() }]);

    expect(afterOldEnd).toBe('firing');
    expect((await desk.incidents())[0]?.status).toBe('recovered');
  });
});

describe('a delivery that shows a part of its group', () => {
  const GROUP = { groupLabels: { job: 'gianna' }, truncatedAlerts: 2 } as const;
  const all = ['A', 'B', 'C'].map((name) => {
    const alert = twin(name, T0);
    const labels = { ...alert.held.labels, job: 'gianna' };
    return { delivered: { ...alert.delivered, labels }, held: { ...alert.held, labels } };
  });

  beforeEach(async () => {
    desk = await openReconcileDesk();
    desk.alertmanager.groupBy = ['job'];
    await desk.restart(MINUTE);
    await desk.pass(20_000);
    desk.alertmanager.alerts = all.map(({ held }) => held);
  });

  it('has the rest read from Alertmanager into its incident, and says once that all are there', async () => {
    await desk.deliver(
      all.slice(0, 1).map(({ delivered }) => delivered),
      GROUP,
    );
    await desk.pass(10_000);
    await desk.deliver(
      all.slice(0, 1).map(({ delivered }) => delivered),
      GROUP,
    );
    await desk.pass(MINUTE);

    expect(await desk.incidents()).toMatchObject([{ id: 'GI-1', alerts: { firing: 3 } }]);
    expect(await desk.timeline('GI-1')).toEqual([
      'fired: A (P2)',
      '2 more not shown',
      '3 alerts firing (found by asking Alertmanager)',
      'all alerts are shown again',
    ]);
  });

  it('goes on saying how many are not shown while Alertmanager cannot be asked', async () => {
    desk.alertmanager.failing = 500;

    await desk.deliver(
      all.slice(0, 1).map(({ delivered }) => delivered),
      GROUP,
    );
    await desk.pass(3 * MINUTE);

    expect(await desk.incidents()).toMatchObject([{ id: 'GI-1', alerts: { firing: 1 } }]);
    expect((await desk.timeline('GI-1')).at(-1)).toBe('2 more not shown');
    desk.alertmanager.failing = null;
    await desk.pass(2 * MINUTE);
    expect((await desk.timeline('GI-1')).at(-1)).toBe('all alerts are shown again');
  });
});

describe('without alertmanager: in the configuration', () => {
  it('asks nobody, and an old start stays over', async () => {
    desk = await openReconcileDesk({ alertmanager: null });
    const { delivered, held } = twin('Flaky', T0);
    desk.alertmanager.alerts = [held];
    await desk.restart(MINUTE);
    await desk.deliver([delivered]);
    await desk.deliver([{ ...delivered, status: 'resolved', endsAt: T0 + MINUTE }]);

    await desk.deliver([delivered]);
    await desk.pass(5 * MINUTE);

    expect(desk.alertmanager.asked).toEqual([]);
    expect((await desk.incidents())[0]?.status).not.toBe('firing');
  });
});
