import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAlertDesk } from '../../src/alerts/desk.ts';
import { evolvers } from '../../src/cli/evolvers.ts';
import type { Actor } from '../../src/core/command.ts';
import { createMetricsRegistry } from '../../src/core/metrics.ts';
import { createJournalMetrics } from '../../src/journal/metrics.ts';
import { createTimerLoop } from '../../src/journal/timers.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { createEscalation } from '../../src/oncall/escalation.ts';
import type { EscalationState } from '../../src/oncall/escalation-state.ts';
import { testConfig, testConfigSource } from '../support/config.ts';
import { openTestJournal, type TestJournal } from '../support/journal.ts';
import { bytesOf, payload } from '../support/payloads.ts';

const SEED = 20_261_123;
const ANA: Actor = 'slack:U01ONCALL';

/** Alerts, escalation and the timer loop together, as app.ts wires them. */
function wire(store: TestJournal) {
  const { journal, clock, logger } = store;
  const metrics = createMetricsRegistry();
  // It comes and goes forty times here, a race each: that is not to count as flapping.
  const { routing } = testConfig();
  const flapping = { ...routing.flapping, withinSeconds: 60 };
  const config = testConfigSource(testConfig({ routing: { ...routing, flapping } }));
  const escalation = createEscalation({ journal, config, logger, metrics });
  const desk = createAlertDesk({ journal, config, clock, logger, metrics, follow: escalation.follow });
  const handlers = { ...desk.timers, ...escalation.timers };
  const timers = createTimerLoop({ journal, clock, logger, handlers, metrics: createJournalMetrics(metrics) });
  return { escalation, desk, timers };
}

describe('an incident of the alerts room with its escalation', () => {
  let store: TestJournal;
  let room: ReturnType<typeof wire>;
  beforeEach(async () => {
    store = await openTestJournal();
    room = wire(store);
  });
  afterEach(async () => {
    const verified = await verifyJournal({ path: store.path, evolvers });
    await store.remove();
    expect(verified).toMatchObject({ ok: true, firstBad: null });
  });

  async function deliver(status: 'firing' | 'resolved', startsAt: number): Promise<void> {
    const endsAt = status === 'resolved' ? { endsAt: store.clock.now() } : {};
    const labels = { alertname: 'GiannaServiceDown', severity: 'critical', component: 'health' };
    const body = bytesOf(payload([{ fingerprint: 'f1', status, startsAt, labels, ...endsAt }]));
    const row = {
      lane: 'machines',
      source: 'alertmanager',
      key: `${Math.random()}`,
      receivedAt: store.clock.now(),
      body,
    } as const;
    const { id } = await store.journal.put(row);
    const decided = await room.desk.receive([{ ...row, id, tries: 0, state: 'waiting', error: null }]);
    if (decided.batch !== null) await store.journal.append({ ...decided.batch, done: [id] });
  }

  async function ack(): Promise<'appended' | 'conflict' | 'refused'> {
    const command = {
      v: 1,
      verb: 'ack',
      by: ANA,
      at: store.clock.now(),
      via: 'cli',
      incident: 'GI-1',
      args: {},
    } as const;
    const { batch } = await room.desk.command(command);
    return batch === null ? 'refused' : (await store.journal.append(batch)).kind;
  }

  const wanted = () => store.journal.effects({ kinds: ['page'], states: ['wanted'] });

  /** Beside the clock of the acknowledgement. */
  const policyTimers = async () => {
    const timers = await store.journal.timersOf('escalation', 'GI-1');
    return timers.filter(({ purpose }) => purpose !== 'ack');
  };

  it('is opened, paged and timed in one transaction, and an ack ends all of it', async () => {
    await deliver('firing', store.clock.now());
    const opened = await wanted();
    store.clock.advance(5 * 60_000);
    await room.timers.runDue();

    const outcome = await ack();

    expect(opened.map(({ data }) => data.means)).toEqual(['thread', 'dm', 'dm']);
    expect(outcome).toBe('appended');
    expect(await wanted()).toEqual([]);
    expect(await policyTimers()).toEqual([]);
  });

  it('stops when every alert has ended, and goes on when one fires again', async () => {
    const startsAt = store.clock.now();
    await deliver('firing', startsAt);
    store.clock.advance(60_000);
    await deliver('resolved', startsAt);
    const quiet = [await wanted(), await store.journal.timersOf('escalation', 'GI-1')];

    store.clock.advance(60_000);
    await deliver('firing', store.clock.now());

    expect(quiet).toEqual([[], []]);
    expect((await wanted()).length).toBeGreaterThan(0);
    expect(await store.journal.timersOf('escalation', 'GI-1')).toHaveLength(1);
  });

  it(`pages nobody after an ack has been stored, however it races the timer (seed ${SEED})`, async () => {
    await deliver('firing', store.clock.now());
    const random = mulberry(SEED);
    const seen = new Set<string>();

    for (let round = 0; round < 40; round += 1) {
      store.clock.advance(5 * 60_000);
      const acking = ticks(random() * 40).then(ack);
      const firing = ticks(random() * 40).then(room.timers.runDue);
      const [first] = await Promise.all([acking, firing]);
      seen.add(first);
      let outcome = await ack();
      while (outcome === 'conflict') outcome = await ack();

      const pages = await wanted();
      const timers = await policyTimers();
      store.clock.advance(60_000);
      await deliver('resolved', store.clock.now() - 1);
      await settle();

      expect([pages, timers]).toEqual([[], []]);
    }

    const row = await store.journal.aggregate<EscalationState>('escalation', 'GI-1');
    expect(row?.state.cycle).toBe(41);
    // Both came first at times, or nothing was raced.
    expect([...seen].sort()).toEqual(['appended', 'conflict']);
  }, 60_000);

  /** Ends the incident and opens the next, so that every race begins unowned. */
  async function settle(): Promise<void> {
    const command = {
      v: 1,
      verb: 'resolve',
      by: ANA,
      at: store.clock.now(),
      via: 'cli',
      incident: 'GI-1',
      args: {},
    } as const;
    const { batch } = await room.desk.command(command);
    if (batch !== null) await store.journal.append(batch);
    await deliver('firing', store.clock.now());
  }
});

/** Lets other work go first for a while. */
async function ticks(count: number): Promise<void> {
  for (let tick = 0; tick < count; tick += 1) await Promise.resolve();
}

function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
