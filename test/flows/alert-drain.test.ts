import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAlertDesk } from '../../src/alerts/desk.ts';
import { listIncidents } from '../../src/alerts/views.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { Command } from '../../src/core/command.ts';
import { createMetricsRegistry } from '../../src/core/metrics.ts';
import { createDrain, type Drain } from '../../src/journal/drain.ts';
import { createJournalMetrics } from '../../src/journal/metrics.ts';
import { commandIn, createSubmit } from '../../src/journal/submit.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { testConfigSource } from '../support/config.ts';
import { openTestJournal, silentLogger, type TestJournal } from '../support/journal.ts';
import { bytesOf, type PayloadAlert, payload } from '../support/payloads.ts';

describe('the desk behind the real inbox', () => {
  let store: TestJournal;
  let desk: ReturnType<typeof createAlertDesk>;
  let drain: Drain;
  beforeEach(async () => {
    store = await openTestJournal();
    const { journal } = store;
    const parts = { journal, clock: systemClock, logger: silentLogger };
    desk = createAlertDesk({
      ...parts,
      config: testConfigSource(),
      metrics: createMetricsRegistry(),
      follow: async () => ({}),
    });
    const handlers = {
      command: async (row: Parameters<typeof commandIn>[0]) => desk.command(commandIn(row)),
    };
    const groups = { alertmanager: desk.receive };
    drain = createDrain({ ...parts, handlers, groups, metrics: createJournalMetrics(createMetricsRegistry()) });
    drain.start();
  });
  afterEach(async () => {
    await drain.stop();
    const verified = await verifyJournal({ path: store.path, evolvers: desk.evolvers });
    await store.remove();
    expect(verified).toMatchObject({ ok: true, states: { wrong: [] } });
  });

  it('makes one incident of fifty parallel identical payloads', async () => {
    await Promise.all(Array.from({ length: 50 }, (_, index) => put(`same-${index}`, [{}])));
    await drain.idle();

    expect(await listIncidents(store.journal, { now: 0 })).toHaveLength(1);
    expect((await store.journal.head()).seq).toBe(1);
    expect(store.journal.parkedCount()).toBe(0);
  });

  it('gives each of many groups its own number, and one acknowledgement wins', async () => {
    await Promise.all(
      Array.from({ length: 30 }, (_, index) => put(`g-${index}`, [{ fingerprint: `g${index}` }], { g: String(index) })),
    );
    await drain.idle();
    const submit = createSubmit({ journal: store.journal, drain, clock: systemClock });
    const asked = await Promise.all(
      Array.from({ length: 10 }, (_, index) => submit(`click-${index}`, ack(`slack:U${index}`))),
    );
    const outcomes = await Promise.all(asked.map((each) => each.outcome));

    const ids = (await listIncidents(store.journal, { now: 0 })).map((incident) => incident.id);

    expect(ids).toEqual(Array.from({ length: 30 }, (_, index) => `GI-${30 - index}`));
    expect(outcomes.filter((outcome) => outcome.kind === 'done')).toHaveLength(1);
  });

  async function put(key: string, alerts: PayloadAlert[], groupLabels?: Record<string, string>): Promise<void> {
    const body = bytesOf(payload(alerts, groupLabels === undefined ? {} : { groupLabels }));
    await store.journal.put({ lane: 'machines', source: 'alertmanager', key, receivedAt: systemClock.now(), body });
  }
});

function ack(by: Command['by']): Command {
  return { v: 1, verb: 'ack', by, at: 0, via: 'button', incident: 'GI-1', args: {} };
}
