import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAlertDesk } from '../../src/alerts/desk.ts';
import { createMetricsRegistry } from '../../src/core/metrics.ts';
import type { InboxRow, Journal, StoredEvent } from '../../src/journal/port.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { createEscalation } from '../../src/oncall/escalation.ts';
import { testConfigSource } from '../support/config.ts';
import { openTestJournal, silentLogger } from '../support/journal.ts';
import { countOf, patienceOf, tellRun } from '../support/large-run.ts';
import { bytesOf, type PayloadAlert, payload, T0 } from '../support/payloads.ts';

const SEED = Number(process.env.GIANNA_TEST_SEED ?? 20261123);
const RUNS = countOf(40);
const STEP = 60_000;
const PATIENCE_MS = patienceOf(120_000);
const EVERYTHING = 10_000;

const alert: fc.Arbitrary<PayloadAlert> = fc
  .record({
    name: fc.nat(4),
    status: fc.constantFrom('firing' as const, 'firing' as const, 'resolved' as const),
    start: fc.nat(6),
    length: fc.nat(2),
    severity: fc.constantFrom('critical', 'warning', 'info'),
  })
  .map(({ name, status, start, length, severity }) => ({
    fingerprint: `f${name}`,
    status,
    labels: { alertname: name === 4 ? 'Watchdog' : `A${name}`, severity },
    startsAt: T0 + start * STEP,
    endsAt: T0 + (start + length) * STEP,
  }));

const body = fc
  .record({
    alerts: fc.array(alert, { minLength: 1, maxLength: 4 }),
    group: fc.nat(2),
    truncated: fc.constantFrom(0, 0, 3),
  })
  .map(({ alerts, group, truncated }) =>
    payload(alerts, { groupLabels: { g: String(group) }, truncatedAlerts: truncated }),
  );

const bodies = fc.array(
  fc.oneof({ weight: 9, arbitrary: body }, { weight: 1, arbitrary: fc.constant({ version: '3' }) }),
  {
    minLength: 1,
    maxLength: 14,
  },
);

describe(`payloads decided together (seed ${SEED})`, () => {
  it(
    'come to what each of them alone would have come to',
    async () => {
      let batches = 0;
      let rows = 0;
      await fc.assert(
        fc.asyncProperty(bodies, async (told) => {
          const alone = await tell(told, 1);
          const together = await tell(told, told.length);

          expect(together.truth).toEqual(alone.truth);
          batches += together.batches;
          rows += told.length;
        }),
        { seed: SEED, numRuns: RUNS },
      );
      tellRun({ seed: SEED, runs: RUNS, payloads: rows, batches });
      expect(batches).toBeLessThan(rows);
    },
    PATIENCE_MS,
  );
});

/** Decides the bodies in batches of at most `atOnce`; resolves with everything that the journal then says. */
async function tell(told: readonly object[], atOnce: number): Promise<{ truth: object; batches: number }> {
  const { journal, clock, path, remove } = await openTestJournal();
  const parts = { journal, config: testConfigSource(), clock, logger: silentLogger };
  const escalation = createEscalation({ ...parts, metrics: createMetricsRegistry() });
  const desk = createAlertDesk({ ...parts, metrics: createMetricsRegistry(), follow: escalation.follow });
  let waiting = told.map((each, index) => rowOf(each, index + 1, clock.now()));
  let batches = 0;
  while (waiting.length > 0) {
    const { batch, taken } = await desk.receive(waiting.slice(0, atOnce));
    const appended = await journal.append(batch ?? { at: clock.now(), actor: 'auto' });
    expect([appended.kind, taken > 0]).toEqual(['appended', true]);
    waiting = waiting.slice(taken);
    batches += 1;
  }
  const truth = await truthOf(journal);
  expect(await verifyJournal({ path, evolvers: { ...desk.evolvers, ...escalation.evolvers } })).toMatchObject({
    ok: true,
  });
  await remove();
  return { truth, batches };
}

async function truthOf(journal: Journal): Promise<object> {
  const incidents = await journal.aggregates<object>('incident');
  const ids = ['', ...incidents.map((row) => row.id)];
  const timers = ids.flatMap((id) => [journal.timersOf('incident', id), journal.timersOf('escalation', id)]);
  const fingerprints = [0, 1, 2, 3].map((name) => `f${name}`);
  return {
    incidents,
    escalations: await journal.aggregates('escalation'),
    events: (await journal.eventsAfter(0, EVERYTHING)).map(plain).sort(),
    occurrences: await Promise.all(ids.map((id) => journal.occurrencesOf(id))),
    latest: await journal.latestOccurrences(fingerprints),
    timers: await Promise.all(timers),
    effects: await journal.effects({}),
    documents: [await journal.documents('watchdog'), await journal.documents('incident-last-of-group')],
  };
}

/** An event without its place in the chain: incidents change side by side. */
function plain({ kind, id, version, type, at, actor, data }: StoredEvent): string {
  return JSON.stringify([kind, id, version, type, at, actor, data]);
}

function rowOf(told: object, id: number, receivedAt: number): InboxRow {
  const about = { lane: 'machines', source: 'alertmanager', key: `row-${id}` } as const;
  return { ...about, id, receivedAt, body: bytesOf(told), tries: 0, state: 'waiting', error: null };
}
