import { beforeEach, describe, expect, it } from 'vitest';
import { createStorms, type Storms } from '../../../src/bot/delivery/storms.ts';
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts';

describe('who comes onto which roster', () => {
  let clock: FakeClock;
  let storms: Storms;
  let asked: number;
  beforeEach(() => {
    clock = createFakeClock();
    asked = 0;
    storms = createStorms({
      now: clock.now,
      monotonicMs: clock.monotonicMs,
      began: () => undefined,
      gather: () => {
        asked += 1;
      },
      restMs: () => 5_000,
      ended: () => undefined,
    });
  });

  const come = (from: number, to: number) => {
    for (let n = from; n <= to; n += 1) storms.waits(`GI-${n}`, { word: 'ops', severity: 'P2' });
  };
  const post = (id: string) => {
    storms.fill(id);
    storms.rosterPosted(id);
  };

  it('asks for a roster again for those who come after one was sent that took everybody', () => {
    come(1, 20);
    const [first = ''] = storms.arrange();
    post(first);
    come(21, 25);
    storms.fill(first);
    expect(storms.arrange()).toEqual([]);

    const before = asked;
    come(26, 40);

    expect(asked).toBe(before + 1);
    const [second = ''] = storms.arrange();
    post(second);
    expect(second).not.toBe(first);
    expect(storms.rosterOf('GI-40')).toMatchObject({ id: second, waits: true });
  });

  it('lets threads wait for a moment once several came together, and no longer', () => {
    come(1, 2);
    expect(storms.gatherMs('ops')).toBe(0);
    clock.advance(100);
    come(3, 3);

    expect(storms.gatherMs('ops')).toBe(150);
    clock.advance(150);
    expect(storms.gatherMs('ops')).toBe(0);
  });
});
