import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAlertDesk } from '../../src/alerts/desk.ts';
import type { Command } from '../../src/core/command.ts';
import { createMetricsRegistry } from '../../src/core/metrics.ts';
import { decideUntilAppended } from '../../src/journal/decide.ts';
import type { Batch } from '../../src/journal/port.ts';
import { withTimerEnded } from '../../src/journal/timers.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { createEscalation } from '../../src/oncall/escalation.ts';
import { testConfigSource } from '../support/config.ts';
import { openTestJournal, silentLogger } from '../support/journal.ts';
import { countOf, patienceOf, tellRun } from '../support/large-run.ts';
import { bytesOf, payload } from '../support/payloads.ts';

const SEED = Number(process.env.GIANNA_TEST_SEED ?? 20261124);
const RACES = countOf(1000);
const PATIENCE_MS = patienceOf(120_000);

/** Turns of the event loop that each of the two waits before, and between deciding and appending. */
interface Race {
  readonly ack: readonly [number, number];
  readonly timer: readonly [number, number];
}

const race: fc.Arbitrary<Race> = fc.record({
  ack: fc.tuple(fc.nat(4), fc.nat(4)),
  timer: fc.tuple(fc.nat(4), fc.nat(4)),
});

describe(`an acknowledgement that races with the timer (seed ${SEED}, ${RACES} interleavings)`, () => {
  it(
    'suppresses the page or comes after it: nobody is paged after it',
    async () => {
      const world = await openWorld();
      const won = { ack: 0, timer: 0 };

      for (const each of fc.sample(race, { seed: SEED, numRuns: RACES })) won[await world.run(each)] += 1;

      tellRun({ seed: SEED, races: RACES, 'ack first': won.ack, 'timer first': won.timer });
      expect(Math.min(won.ack, won.timer)).toBeGreaterThan(RACES / 10);
      await world.close();
    },
    PATIENCE_MS,
  );
});

async function openWorld() {
  const { journal, clock, path, remove } = await openTestJournal();
  const parts = { journal, config: testConfigSource(), clock, logger: silentLogger };
  const escalation = createEscalation({ ...parts, metrics: createMetricsRegistry() });
  const desk = createAlertDesk({ ...parts, metrics: createMetricsRegistry(), follow: escalation.follow });
  let number = 0;

  async function openIncident(): Promise<string> {
    number += 1;
    const alert = { fingerprint: `f${number}`, labels: { alertname: 'GiannaServiceDown', g: String(number) } };
    const body = bytesOf(payload([alert], { groupLabels: { g: String(number) } }));
    const row = { lane: 'machines', source: 'alertmanager', key: `k${number}`, receivedAt: clock.now(), body } as const;
    const { batch } = await desk.receive([{ ...row, id: number, tries: 0, state: 'waiting', error: null }]);
    if (batch !== null) await journal.append(batch);
    return `GI-${number}`;
  }
  async function acknowledge(incident: string, [before, between]: Race['ack']): Promise<void> {
    await turns(before);
    const command: Command = { v: 1, verb: 'ack', by: 'slack:U1', at: clock.now(), via: 'button', incident, args: {} };
    await decideUntilAppended(journal, async () => slowly((await desk.command(command)).batch, between));
  }
  async function ring(incident: string, [before, between]: Race['timer']): Promise<void> {
    const [timer] = await journal.timersOf('escalation', incident);
    if (timer === undefined) throw new Error(`${incident} has no timer`);
    await turns(before);
    await decideUntilAppended(journal, async () => {
      const batch = await escalation.timers['escalation.escalate'](timer, clock.now());
      return slowly(batch === null ? null : withTimerEnded(batch, timer), between);
    });
  }

  return {
    run: async (each: Race): Promise<'ack' | 'timer'> => {
      const incident = await openIncident();
      clock.advance(5 * 60_000);
      await Promise.all([acknowledge(incident, each.ack), ring(incident, each.timer)]);

      const events = await journal.eventsAbout(incident);
      const acked = events.findIndex((event) => event.type === 'incident.acknowledged');
      const last = events.map((event) => event.type).lastIndexOf('escalation.paged');
      expect(acked).toBeGreaterThan(last);
      expect((await journal.timersOf('escalation', incident)).map(({ purpose }) => purpose)).toEqual(['ack']);
      expect(await journal.effects({ kinds: ['page'], states: ['wanted'], incident })).toEqual([]);
      return events.filter((event) => event.type === 'escalation.paged').length > 1 ? 'timer' : 'ack';
    },
    close: async () => {
      const evolvers = { ...desk.evolvers, ...escalation.evolvers };
      expect(await verifyJournal({ path, evolvers })).toMatchObject({ ok: true, states: { wrong: [] } });
      await remove();
    },
  };
}

async function slowly(batch: Batch | null, count: number): Promise<Batch | null> {
  await turns(count);
  return batch;
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
