import { describe, expect, it } from 'vitest';
import { createReceiveDeploy } from '../../src/alerts/deploys/receive.ts';
import { evolvers } from '../../src/cli/evolvers.ts';
import { createMetricsRegistry } from '../../src/core/metrics.ts';
import { createDrain } from '../../src/journal/drain.ts';
import { createJournalMetrics } from '../../src/journal/metrics.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { testConfigSource } from '../support/config.ts';
import { openTestJournal, silentLogger } from '../support/journal.ts';

describe('deploy marks', () => {
  it('become one event each, in their order, and the journal still verifies', async () => {
    const { journal, clock, path, remove } = await openTestJournal();
    const registry = createMetricsRegistry();
    const common = { journal, clock, logger: silentLogger };
    const deploy = createReceiveDeploy({ ...common, config: testConfigSource(), metrics: registry });
    const drain = createDrain({ ...common, metrics: createJournalMetrics(registry), handlers: { deploy } });
    const marks = [
      { service: 'gianna', version: 'v1', at: new Date(clock.now() - 60_000).toISOString(), by: 'ana' },
      { service: 'unheard-of', version: 'v2' },
      { service: 'gianna', version: 'v3', at: '2999-01-01T00:00:00Z' },
    ];

    for (const [index, mark] of marks.entries()) {
      const body = Buffer.from(JSON.stringify(mark));
      await journal.put({ lane: 'machines', source: 'deploy', key: `k${index}`, receivedAt: clock.now(), body });
    }
    drain.start();
    await drain.idle();
    await drain.stop();

    const events = await journal.eventsAfter(0, 10);
    expect(events.map(({ type, id, data }) => [type, id, data.service, data.deployedAt])).toEqual([
      ['deploy.marked', 'DEP-1', 'gianna', clock.now() - 60_000],
      ['deploy.marked', 'DEP-2', null, clock.now()],
      ['deploy.marked', 'DEP-3', 'gianna', clock.now()],
    ]);
    expect(JSON.parse((await journal.payload(String(events[0]?.data.about))) ?? '')).toMatchObject({ version: 'v1' });
    expect(await registry.metrics()).toContain('gianna_ops_deploys_total{service="known"} 2');
    await journal.close();
    expect(await verifyJournal({ path, evolvers })).toMatchObject({ ok: true });
    await remove();
  });
});
