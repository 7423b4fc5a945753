import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDesk, type TestDesk } from '../support/alert-desk.ts';
import { countOf, patienceOf, tellRun } from '../support/large-run.ts';
import { T0 } from '../support/payloads.ts';

const SEED = Number(process.env.GIANNA_TEST_SEED ?? 20261122);
const STEP = 60_000;
const RUNS = countOf(60);
const PATIENCE_MS = patienceOf(120_000);

/** One delivered alert; times in steps. */
interface Message {
  readonly alert: 0 | 1 | 2;
  readonly status: 'firing' | 'resolved';
  readonly start: number;
  readonly end: number;
}

const message: fc.Arbitrary<Message> = fc
  .record({
    alert: fc.constantFrom(0 as const, 1 as const, 2 as const),
    status: fc.constantFrom('firing' as const, 'resolved' as const),
    start: fc.nat(8),
    length: fc.nat(3),
  })
  .map(({ alert, status, start, length }) => ({ alert, status, start, end: start + length }));

/** The history as Alertmanager would tell it, then doubled in parts and shuffled. */
const deliveries = fc
  .array(message, { minLength: 1, maxLength: 12 })
  .chain((told) => fc.tuple(fc.constant(told), fc.subarray(told)))
  .chain(([told, again]) => fc.shuffledSubarray([...told, ...again], { minLength: told.length + again.length }));

/**
 * The reference, from the words of the contract alone: an alert fires in the end if it was told to fire at some start
 * that no told end lies after, and that was not itself told to have ended.
 */
function firesInTheEnd(messages: readonly Message[], alert: number): boolean {
  const own = messages.filter((each) => each.alert === alert);
  const ends = own.filter((each) => each.status === 'resolved');
  const isOver = (start: number) => ends.some((end) => start < end.end || start === end.start);
  return own.some((each) => each.status === 'firing' && !isOver(each.start));
}

const act = fc.constantFrom('ack', 'resolve', 'wait', 'wait-long', 'nothing');

async function carryOut(desk: TestDesk, what: string, incident: string): Promise<void> {
  if (what === 'wait') await desk.pass(6 * STEP);
  else if (what === 'wait-long') await desk.pass(40 * STEP);
  else if (what !== 'nothing') await desk.ask(what, incident);
}

describe(`any order and duplication of deliveries (seed ${SEED})`, () => {
  let desk: TestDesk;
  let run = 0;
  beforeAll(async () => {
    desk = await openTestDesk();
  });
  afterAll(() => {
    tellRun({ seed: SEED, runs: run });
    return desk.verifyAndRemove();
  });

  it(
    'leaves firing exactly what no later end closed, and opens at most one incident an occurrence',
    async () => {
      await fc.assert(
        fc.asyncProperty(deliveries, async (messages) => {
          run += 1;
          const prefix = `run${run}-`;
          const openedBy = new Map<string, Set<string>>();
          for (const each of messages) {
            const fingerprint = `${prefix}${each.alert}`;
            const before = await desk.journal.nextNumber('incident');
            await desk.deliver(
              [{ fingerprint, status: each.status, startsAt: T0 + each.start * STEP, endsAt: T0 + each.end * STEP }],
              { groupLabels: { run: prefix } },
            );
            const after = await desk.journal.nextNumber('incident');
            if (after > before) remember(openedBy, `${fingerprint}@${each.start}`, `GI-${before}`);
          }
          const known = await desk.journal.latestOccurrences([0, 1, 2].map((alert) => `${prefix}${alert}`));
          for (const alert of [0, 1, 2]) {
            const fires = known.get(`${prefix}${alert}`)?.status === 'firing';
            expect(fires).toBe(firesInTheEnd(messages, alert));
          }
          for (const incidents of openedBy.values()) expect(incidents.size).toBe(1);
          expect(new Set([...openedBy.values()].flatMap((ids) => [...ids])).size).toBeLessThanOrEqual(1);
        }),
        { seed: SEED, numRuns: RUNS },
      );
    },
    PATIENCE_MS,
  );

  it(
    'does so too while people acknowledge and resolve, and incidents close and open anew',
    async () => {
      await fc.assert(
        fc.asyncProperty(deliveries, fc.infiniteStream(act), async (messages, acts) => {
          run += 1;
          const prefix = `run${run}-`;
          const openedBy = new Map<string, Set<string>>();
          for (const each of messages) {
            const fingerprint = `${prefix}${each.alert}`;
            const before = await desk.journal.nextNumber('incident');
            await desk.deliver(
              [{ fingerprint, status: each.status, startsAt: T0 + each.start * STEP, endsAt: T0 + each.end * STEP }],
              { groupLabels: { run: prefix } },
            );
            const after = await desk.journal.nextNumber('incident');
            if (after > before) remember(openedBy, `${fingerprint}@${each.start}`, `GI-${before}`);
            await carryOut(desk, acts.next().value ?? 'nothing', `GI-${after - 1}`);
          }
          const known = await desk.journal.latestOccurrences([0, 1, 2].map((alert) => `${prefix}${alert}`));
          for (const alert of [0, 1, 2]) {
            const fires = known.get(`${prefix}${alert}`)?.status === 'firing';
            expect(fires).toBe(firesInTheEnd(messages, alert));
          }
          for (const incidents of openedBy.values()) expect(incidents.size).toBe(1);
        }),
        { seed: SEED, numRuns: RUNS },
      );
    },
    PATIENCE_MS,
  );

  it('counts in each incident what its occurrences say', async () => {
    for (const incident of await desk.incidents()) {
      const rows = await desk.journal.occurrencesOf(incident.id);
      const firing = rows.filter((row) => row.status === 'firing').length;

      expect({ id: incident.id, ...incident.alerts }).toEqual({
        id: incident.id,
        firing,
        resolved: rows.length - firing,
      });
    }
  });
});

function remember(openedBy: Map<string, Set<string>>, occurrence: string, incident: string): void {
  const incidents = openedBy.get(occurrence) ?? new Set<string>();
  incidents.add(incident);
  openedBy.set(occurrence, incidents);
}
