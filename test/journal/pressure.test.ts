import { describe, expect, it } from 'vitest';
import { createPressure } from '../../src/journal/pressure.ts';
import { createFakeClock } from '../support/fake-clock.ts';

describe('the pressure of incoming payloads', () => {
  it('lets the handling go on at once while few come in', () => {
    const clock = createFakeClock();
    const pressure = createPressure(clock);
    const rests: number[] = [];

    for (let round = 0; round < 50; round++) {
      clock.advance(10);
      rests.push(pressure.restAfter({ rows: 1, bytes: 1000, spentMs: 5 }, 1));
    }

    expect(new Set(rests)).toEqual(new Set([0]));
  });

  it('makes the handling stand back in a flood, for longer than it worked, and go on when the flood is over', () => {
    const clock = createFakeClock();
    const pressure = createPressure(clock);
    let waiting = 0;

    for (let round = 0; round < 10; round++) {
      clock.advance(10);
      waiting += 100;
      pressure.restAfter({ rows: 1, bytes: 1000, spentMs: 2 }, waiting);
    }
    const inFlood = pressure.restAfter({ rows: 1, bytes: 1000, spentMs: 2 }, waiting);
    clock.advance(1000);
    const after = pressure.restAfter({ rows: 1, bytes: 1000, spentMs: 2 }, waiting);

    expect(inFlood).toBeGreaterThan(2 * 10);
    expect(after).toBe(0);
  });

  it('sees during a rest that the flood is over', () => {
    const clock = createFakeClock();
    const pressure = createPressure(clock);
    clock.advance(100);
    pressure.restAfter({ rows: 500, bytes: 500_000, spentMs: 2 }, 1000);

    clock.advance(100);
    const goesOn = pressure.isFlood(1500);
    clock.advance(100);
    const isOver = !pressure.isFlood(1510);

    expect({ goesOn, isOver }).toEqual({ goesOn: true, isOver: true });
  });

  it('counts what was handled meanwhile as having come in', () => {
    const clock = createFakeClock();
    const pressure = createPressure(clock);

    clock.advance(100);
    const rest = pressure.restAfter({ rows: 500, bytes: 500_000, spentMs: 2 }, 0);

    expect(rest).toBeGreaterThan(0);
  });

  it('knows a flood of few but large payloads by their bytes', () => {
    const clock = createFakeClock();
    const pressure = createPressure(clock);

    clock.advance(100);
    const rest = pressure.restAfter({ rows: 40, bytes: 40 * 60_000, spentMs: 2 }, 0);

    expect(rest).toBeGreaterThan(0);
  });
});
