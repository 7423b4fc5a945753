import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DrainedDesk, openDrainedDesk } from '../support/drained-desk.ts';
import { type PayloadAlert, T0 } from '../support/payloads.ts';

const ALERTS = 1_500;
const GROUPS = 15;

describe('raw payloads that are forgotten while ends are handled', () => {
  let desk: DrainedDesk;

  beforeAll(async () => {
    desk = await openDrainedDesk();
  });
  afterAll(async () => {
    expect(await desk.verifyAndRemove()).toMatchObject({ ok: true, states: { wrong: [] } });
  });

  function alertOf(n: number, status: 'firing' | 'resolved'): PayloadAlert {
    const labels = { alertname: `Group${n % GROUPS}`, severity: 'warning', instance: String(n) };
    return { fingerprint: `f${n}`, labels, status, startsAt: T0, endsAt: status === 'resolved' ? T0 + 60_000 : null };
  }

  it('cost no end: as many are applied as came in', async () => {
    let isOver = false;
    let forgotten = 0;
    let whileOthersWaited = 0;
    const forgetting = (async () => {
      while (!isOver) {
        const gone = await desk.journal.forget(Number.MAX_SAFE_INTEGER);
        forgotten += gone;
        if (desk.journal.waitingCount() > 0) whileOthersWaited += gone;
      }
    })();
    const numbers = Array.from({ length: ALERTS }, (_, n) => n);

    for (const status of ['firing', 'resolved'] as const) {
      await Promise.all(numbers.map((n) => desk.put([alertOf(n, status)])));
    }
    await desk.drain.idle();
    isOver = true;
    await forgetting;
    forgotten += await desk.journal.forget(Number.MAX_SAFE_INTEGER);

    const known = await desk.journal.latestOccurrences(numbers.map((n) => `f${n}`));
    expect([...known.values()].filter(({ status }) => status === 'resolved')).toHaveLength(ALERTS);
    expect(whileOthersWaited).toBeGreaterThan(0);
    expect(forgotten).toBe(2 * ALERTS);
    expect({ waiting: desk.journal.waitingCount(), parked: desk.journal.parkedCount() }).toEqual({
      waiting: 0,
      parked: 0,
    });
  }, 120_000);
});
