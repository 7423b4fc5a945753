import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type IncidentWorld, openIncidentWorld } from '../support/incident-world.ts';
import { T0 } from '../support/payloads.ts';

const MINUTE = 60_000;
const POOL = { alertname: 'PoolExhausted', severity: 'critical', component: 'database' };
const SLOW = { alertname: 'SlowQueries', severity: 'critical', component: 'database' };
const WARNING = { alertname: 'CacheMisses', severity: 'warning', component: 'cache' };
const SAME = { reason: 'the same outage' };

describe('incidents that are one trouble are merged, and apart again', () => {
  let world: IncidentWorld;
  beforeEach(async () => {
    world = await openIncidentWorld();
    await world.deliver([{ fingerprint: 'pool', labels: POOL }]);
    await world.deliver([
      { fingerprint: 'slow', labels: SLOW },
      { fingerprint: 'slow-2', labels: SLOW },
    ]);
    await world.sendAll();
  });
  afterEach(() => world.close());

  it('stands beneath its target without pages; its alerts and counts stay its own', async () => {
    const answer = await world.ask('merge', 'GI-2', { into: 'gi-1', ...SAME });
    await world.pass(2 * 3600_000);

    expect(answer.text).toBe('GI-2 merged into GI-1. It has no pages of its own now.');
    expect(await world.incident('GI-2')).toMatchObject({
      foldedUnder: 'GI-1',
      foldedBy: 'slack:U01ONCALL',
      alerts: { firing: 2, resolved: 0 },
    });
    expect(await world.incident('GI-1')).toMatchObject({ folded: ['GI-2'], alerts: { firing: 1, resolved: 0 } });
    expect(await world.wanted('GI-2')).toEqual([]);
    expect(await world.texts('GI-2')).toContain(
      'merged into GI-1 by slack:U01ONCALL: no pages of its own: the same outage',
    );
    expect(await world.texts('GI-1')).toContain('GI-2 merged into this');
  });

  it('is acknowledged and resolved with its target, in one step', async () => {
    await world.ask('merge', 'GI-2', { into: 'GI-1', ...SAME });
    const ack = await world.ask('ack', 'GI-1');
    const taken = await world.incident('GI-2');
    const resolve = await world.ask('resolve', 'GI-1');

    expect(ack.text).toBe('GI-1 acknowledged. Paging has stopped. With it: GI-2.');
    expect(taken).toMatchObject({ status: 'acknowledged', owner: 'slack:U01ONCALL' });
    expect(resolve.text).toBe('GI-1 resolved. 1 alert still fires. With it: GI-2.');
    expect((await world.incident('GI-2')).status).toBe('resolved');
    const seqs = (await world.journal.eventsAfter(0, 1000)).filter(({ type }) => type === 'incident.resolved');
    expect(seqs.map(({ id }) => id)).toEqual(['GI-1', 'GI-2']);
    expect((seqs[1]?.seq ?? 0) - (seqs[0]?.seq ?? 0)).toBeLessThan(4);
  });

  it('is restored by unmerge: its pages start', async () => {
    await world.ask('merge', 'GI-2', { into: 'GI-1', ...SAME });
    const answer = await world.ask('unmerge', 'GI-2', { reason: 'it was not' });
    const again = await world.ask('unmerge', 'GI-2');

    expect(answer.text).toBe('GI-2 no longer stands beneath GI-1. Its pages start.');
    expect(again.code).toBe('NOT_MERGED');
    expect(await world.incident('GI-2')).toMatchObject({ status: 'firing', foldedUnder: null });
    expect(await world.incident('GI-1')).toMatchObject({ folded: [] });
    expect(await world.wanted('GI-2')).toEqual(['1/0:dm', '1/0:thread']);
  });

  it('pages for what was merged when it still fires and its target has recovered', async () => {
    await world.ask('merge', 'GI-2', { into: 'GI-1', ...SAME });
    await world.pass(MINUTE);
    await world.deliver([{ fingerprint: 'pool', labels: POOL, status: 'resolved', endsAt: T0 + MINUTE }]);

    expect(await world.incident('GI-2')).toMatchObject({ status: 'firing', foldedUnder: null });
    expect((await world.wanted('GI-2')).length).toBeGreaterThan(0);
  });

  it('moves along what stands beneath it: no chains, no circles', async () => {
    await world.deliver([{ fingerprint: 'cache', labels: WARNING }]);
    await world.ask('merge', 'GI-3', { into: 'GI-2', ...SAME });
    const chain = await world.ask('merge', 'GI-2', { into: 'GI-1', ...SAME });
    const circle = await world.ask('merge', 'GI-1', { into: 'GI-2', ...SAME });

    expect(chain.text).toBe('GI-2 merged into GI-1, with 1 that stood beneath it. It has no pages of its own now.');
    expect(await world.incident('GI-3')).toMatchObject({ foldedUnder: 'GI-1' });
    expect((await world.incident('GI-1')).folded).toEqual(['GI-2', 'GI-3']);
    expect((await world.incident('GI-2')).folded).toEqual([]);
    expect(circle).toMatchObject({ code: 'TARGET_FOLDED', remedy: 'Merge into that: merge GI-1 GI-1' });
  });

  it('refuses what would hide a trouble, naming what is wrong', async () => {
    await world.deliver([{ fingerprint: 'cache', labels: WARNING }]);
    const unknown = await world.ask('merge', 'GI-1', { into: 'GI-99', ...SAME });
    const itself = await world.ask('merge', 'GI-1', { into: 'GI-1', ...SAME });
    const urgent = await world.ask('merge', 'GI-1', { into: 'GI-3', ...SAME });
    const silent = await world.ask('merge', 'GI-2', { into: 'GI-1' });
    await world.deliver([{ fingerprint: 'pool', labels: POOL, status: 'resolved', endsAt: T0 + MINUTE }]);
    const over = await world.ask('merge', 'GI-2', { into: 'GI-1', ...SAME });

    expect([unknown.code, itself.code, urgent.code, silent.code, over.code]).toEqual([
      'TARGET_UNKNOWN',
      'MERGE_SELF',
      'MORE_URGENT',
      'REASON_MISSING',
      'TARGET_OVER',
    ]);
    expect(urgent.text).toBe('GI-1 (P1) is more urgent than GI-3 (P2). Nothing was changed.');
    expect(over.text).toBe('GI-1 is recovered and GI-2 still fires: nobody would be paged. Nothing was changed.');
  });

  it('never folds by itself again what a person took out', async () => {
    const base = world.config.current();
    world.config.swap({ ...base, defaultService: null });
    await world.deliver([
      { fingerprint: 'redis', labels: { ...POOL, component: 'none', service: 'redis', alertname: 'RedisDown' } },
    ]);
    const folded = await world.incident('GI-1');
    await world.ask('unmerge', 'GI-1');
    await world.deliver([
      { fingerprint: 'redis-2', labels: { ...POOL, component: 'none', service: 'redis', alertname: 'RedisSlow' } },
    ]);

    expect(folded.foldedUnder).toBe('GI-3');
    expect((await world.incident('GI-1')).foldedUnder).toBeNull();
    expect((await world.incident('GI-2')).foldedUnder).toBe('GI-3');
  });
});
