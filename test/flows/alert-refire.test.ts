import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listIncidents } from '../../src/alerts/views.ts';
import { type DrainedDesk, openDrainedDesk } from '../support/drained-desk.ts';
import { type PayloadAlert, T0 } from '../support/payloads.ts';
import { seededRandom } from '../support/random.ts';

const ALERTS = 10_000;
const GROUPS = 40;
const MOST_IN_A_PAYLOAD = 10;
const AT_ONCE = 64;

/** One alert: it fires, ends, and fires again, at the end's own moment or later. */
interface Story {
  readonly fingerprint: string;
  readonly refiredAt: number;
  readonly deliveries: readonly PayloadAlert[];
}

describe('an alert that fires again while its end is being handled', () => {
  const random = seededRandom('GIANNA_REFIRE_SEED', 'refire');
  let desk: DrainedDesk;
  const stories = Array.from({ length: ALERTS }, (_, n) => storyOf(n));

  beforeAll(async () => {
    desk = await openDrainedDesk();
  });
  afterAll(async () => {
    expect(await desk.verifyAndRemove()).toMatchObject({ ok: true, states: { wrong: [] } });
  });

  function storyOf(n: number): Story {
    const fingerprint = `f${n}`;
    const labels = { alertname: `Group${n % GROUPS}`, severity: 'warning', instance: fingerprint };
    const startsAt = T0 + random.between(0, 60_000);
    const endsAt = startsAt + random.between(1, 60_000);
    const refiredAt = endsAt + random.pick([0, 0, 1, 1000]);
    const alert = { fingerprint, labels };
    const deliveries: PayloadAlert[] = [
      { ...alert, startsAt },
      { ...alert, startsAt, endsAt, status: 'resolved' },
      { ...alert, startsAt: refiredAt },
    ];
    return { fingerprint, refiredAt, deliveries: [...deliveries, random.pick(deliveries)] };
  }

  /** Every delivery of every story in one random order, as payloads of one group each. */
  function shuffledPayloads(): PayloadAlert[][] {
    const groups = Array.from({ length: GROUPS }, (): PayloadAlert[] => []);
    for (const [n, { deliveries }] of stories.entries()) groups[n % GROUPS]?.push(...deliveries);
    return shuffled(groups.flatMap((alerts) => cut(shuffled(alerts))));
  }

  function cut(alerts: readonly PayloadAlert[]): PayloadAlert[][] {
    const payloads: PayloadAlert[][] = [];
    for (let from = 0; from < alerts.length; from += payloads.at(-1)?.length ?? 0) {
      payloads.push(alerts.slice(from, from + random.between(1, MOST_IN_A_PAYLOAD)));
    }
    return payloads;
  }

  function shuffled<T>(list: readonly T[]): T[] {
    const keyed = list.map((value) => ({ value, at: random.next() }));
    return keyed.sort((a, b) => a.at - b.at).map(({ value }) => value);
  }

  it(`fires at the end, over ${ALERTS} random interleavings`, async () => {
    const payloads = shuffledPayloads();
    const lane = async () => {
      for (let next = payloads.pop(); next !== undefined; next = payloads.pop()) await desk.put(next);
    };

    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    await desk.drain.idle();

    const known = await desk.journal.latestOccurrences(stories.map(({ fingerprint }) => fingerprint));
    const wrong = stories.filter(({ fingerprint, refiredAt }) => {
      const last = known.get(fingerprint);
      return last?.status !== 'firing' || last.startsAt !== refiredAt;
    });
    expect(wrong).toEqual([]);
  }, 180_000);

  it('is counted once, in the one incident of its group', async () => {
    const incidents = await listIncidents(desk.journal, { now: 0 });

    expect(incidents.map(({ status }) => status)).toEqual(Array.from({ length: GROUPS }, () => 'firing'));
    expect(incidents.reduce((sum, { alerts }) => sum + alerts.firing, 0)).toBe(ALERTS);
    expect(desk.journal.parkedCount()).toBe(0);
  });
});
