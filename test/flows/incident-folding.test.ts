import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testConfig, testRoute } from '../support/config.ts';
import { type IncidentWorld, openIncidentWorld } from '../support/incident-world.ts';
import { type PayloadAlert, T0 } from '../support/payloads.ts';

const MINUTE = 60_000;
const CAUSE = { alertname: 'RedisDown', severity: 'critical', service: 'redis' };
const EFFECT = { alertname: 'GiannaSlow', severity: 'critical', component: 'performance' };

/** gianna stands on redis, worker on gianna. */
function chainedConfig() {
  const base = testConfig();
  const { worker, ...services } = base.services;
  const routes = [
    testRoute(1, { alertname: 'Urgent' }, 'P0'),
    testRoute(2, { severity: 'critical' }, 'P1'),
    testRoute(3, { severity: 'warning' }, 'P2'),
  ];
  return testConfig({
    defaultService: null,
    services: worker === undefined ? services : { ...services, worker: { ...worker, dependsOn: ['gianna'] } },
    routing: { ...base.routing, routes },
  });
}

function cause(rest: PayloadAlert = {}): PayloadAlert {
  return { fingerprint: 'redis', labels: CAUSE, ...rest };
}

function effect(rest: PayloadAlert = {}): PayloadAlert {
  return { fingerprint: 'gianna', labels: EFFECT, ...rest };
}

describe('the cause pages, and its effects are folded beneath it', () => {
  let world: IncidentWorld;
  beforeEach(async () => {
    world = await openIncidentWorld({ config: chainedConfig() });
  });
  afterEach(() => world.close());

  it('folds an effect that opens while its cause is open: nobody is paged for it', async () => {
    await world.deliver([cause()]);
    await world.deliver([effect()]);

    expect(await world.incident('GI-2')).toMatchObject({
      status: 'firing',
      foldedUnder: 'GI-1',
      foldedBy: 'dependency',
    });
    expect(await world.incident('GI-1')).toMatchObject({ folded: ['GI-2'], foldedUnder: null });
    expect(await world.wanted('GI-2')).toEqual([]);
    expect(await world.wanted('GI-1')).toEqual(['1/0:dm', '1/0:thread']);
    expect(await world.texts('GI-2')).toContain('folded under GI-1, which this depends on: no pages of its own');
    expect(await world.texts('GI-1')).toContain('GI-2 depends on this: folded beneath it');
  });

  it('folds effects that were open before their cause: their unsent pages are dropped and their policy stops', async () => {
    await world.deliver([effect()]);
    const before = await world.wanted('GI-1');
    await world.deliver([cause()]);

    expect(before).toEqual(['1/0:dm', '1/0:thread']);
    expect(await world.incident('GI-1')).toMatchObject({ foldedUnder: 'GI-2' });
    expect(await world.wanted('GI-1')).toEqual([]);
    expect(await world.nextPageAt('GI-1')).toBeNull();
    await world.pass(3 * 3600_000);
    expect(await world.wanted('GI-1')).toEqual([]);
  });

  it('folds them when their payloads wait behind each other and are decided together', async () => {
    const [one, other] = [{ groupLabels: { run: '1' } }, { groupLabels: { run: '2' } }];
    await world.deliverTogether([[effect()], one], [[cause()]], [[effect({ fingerprint: 'g2' })], other]);

    expect((await world.incident('GI-2')).folded).toEqual(['GI-1', 'GI-3']);
    expect([...(await world.wanted('GI-1')), ...(await world.wanted('GI-3'))]).toEqual([]);
  });

  it('folds them when one payload brings both, the effect first', async () => {
    const base = chainedConfig();
    world.config.swap({ ...base, routing: { ...base.routing, groupBy: ['alertname'] } });
    await world.deliver([effect(), cause()]);

    expect(await world.incident('GI-1')).toMatchObject({ status: 'firing', foldedUnder: 'GI-2' });
    expect(await world.wanted('GI-1')).toEqual([]);
    expect(await world.wanted('GI-2')).toEqual(['1/0:dm', '1/0:thread']);
  });

  it('leaves an effect alone that somebody has taken', async () => {
    await world.deliver([effect()]);
    await world.ask('ack', 'GI-1');
    await world.deliver([cause()]);

    expect(await world.incident('GI-1')).toMatchObject({ status: 'acknowledged', foldedUnder: null });
  });

  it('does not fold an effect that is more urgent than its cause', async () => {
    await world.deliver([cause()]);
    await world.deliver([effect({ labels: { ...EFFECT, alertname: 'Urgent' } })]);

    expect(await world.incident('GI-2')).toMatchObject({ severity: 'P0', foldedUnder: null });
    expect(await world.wanted('GI-2')).not.toEqual([]);
  });

  it('unfolds an effect that becomes more urgent than its cause, and pages for it', async () => {
    const group = { groupLabels: { run: '1' } };
    await world.deliver([cause()]);
    await world.deliver([effect()], group);
    await world.deliver([effect(), { fingerprint: 'g2', labels: { ...EFFECT, alertname: 'Urgent' } }], group);

    expect(await world.incident('GI-2')).toMatchObject({ severity: 'P0', foldedUnder: null });
    expect(await world.incident('GI-1')).toMatchObject({ folded: [] });
    expect((await world.wanted('GI-2')).length).toBeGreaterThan(0);
    expect(await world.texts('GI-2')).toContain('no longer folded under GI-1, which is less urgent than this now');
  });

  it('folds through services between the two, under the cause itself: there are no chains', async () => {
    await world.deliver([{ fingerprint: 'w', labels: { ...CAUSE, alertname: 'WorkerStuck', service: 'worker' } }]);
    await world.deliver([effect()]);
    const between = await world.incident('GI-1');
    await world.deliver([cause()]);

    expect(between.foldedUnder).toBe('GI-2');
    expect(await world.incident('GI-1')).toMatchObject({ foldedUnder: 'GI-3', foldedBy: 'dependency' });
    expect(await world.incident('GI-2')).toMatchObject({ foldedUnder: 'GI-3', folded: [] });
    expect((await world.incident('GI-3')).folded).toEqual(['GI-2', 'GI-1']);
  });

  it('starts the policy of an effect that still fires when its cause has recovered, and says why', async () => {
    await world.deliver([cause()]);
    await world.deliver([effect()]);
    await world.pass(7 * MINUTE);
    await world.deliver([cause({ status: 'resolved', endsAt: T0 + 7 * MINUTE })]);

    expect(await world.incident('GI-2')).toMatchObject({ status: 'firing', foldedUnder: null });
    expect(await world.wanted('GI-2')).toEqual(['1/0:dm', '1/0:thread']);
    expect(await world.texts('GI-2')).toContain(
      'no longer folded under GI-1, which has recovered and this still fires',
    );
  });

  it('does the same when a person resolves the cause while the effect fires', async () => {
    await world.deliver([cause()]);
    await world.deliver([effect()]);

    const answer = await world.ask('resolve', 'GI-1');

    expect(answer.text).toBe('GI-1 resolved. 1 alert still fires. On its own again, because it still fires: GI-2.');
    expect(await world.incident('GI-2')).toMatchObject({ status: 'firing', foldedUnder: null });
    expect((await world.wanted('GI-2')).length).toBeGreaterThan(0);
  });

  it('lets what stood beneath a cause stand beneath the next one when that still fires', async () => {
    await world.deliver([cause()]);
    await world.deliver([effect()]);
    await world.deliver([{ fingerprint: 'w', labels: { ...CAUSE, alertname: 'WorkerStuck', service: 'worker' } }]);
    await world.deliver([cause({ status: 'resolved', endsAt: T0 + MINUTE })]);

    expect(await world.incident('GI-2')).toMatchObject({ foldedUnder: null });
    expect(await world.incident('GI-3')).toMatchObject({ foldedUnder: 'GI-2' });
    expect(await world.wanted('GI-3')).toEqual([]);
  });

  it('keeps an effect folded that recovered, and resolves it with its cause', async () => {
    await world.deliver([cause()]);
    await world.deliver([effect()]);
    await world.deliver([effect({ status: 'resolved', endsAt: T0 + MINUTE })]);
    await world.deliver([cause({ status: 'resolved', endsAt: T0 + 2 * MINUTE })]);
    const both = await world.incident('GI-2');

    const answer = await world.ask('resolve', 'GI-1');

    expect(both).toMatchObject({ status: 'recovered', foldedUnder: 'GI-1' });
    expect(answer.text).toBe('GI-1 resolved. With it: GI-2.');
    expect((await world.incident('GI-2')).status).toBe('resolved');
  });

  it('folds an effect that fires again while its cause is open', async () => {
    await world.deliver([effect()]);
    await world.deliver([effect({ status: 'resolved', endsAt: T0 + MINUTE })]);
    await world.deliver([cause()]);
    const recovered = await world.incident('GI-1');
    await world.deliver([effect({ startsAt: T0 + 2 * MINUTE })]);

    expect(recovered.foldedUnder).toBeNull();
    expect(await world.incident('GI-1')).toMatchObject({ status: 'firing', foldedUnder: 'GI-2' });
    expect(await world.wanted('GI-1')).toEqual([]);
  });
});
