import { describe, expect, it } from 'vitest';
import { createCircuit } from '../../../src/bot/delivery/circuit.ts';
import { createGates } from '../../../src/bot/delivery/gates.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

describe('the circuit', () => {
  it('asks a silent Slack one call at a time, never more than 120 times a minute', () => {
    const clock = createFakeClock();
    const circuit = createCircuit(clock, () => {});
    circuit.answered();
    let calls = 0;

    const end = clock.monotonicMs() + 60_000;
    while (clock.monotonicMs() < end) {
      const waitMs = circuit.waitMs(0) ?? 0;
      if (waitMs > 0) clock.advance(waitMs);
      calls += 1;
      circuit.failed('silent');
    }

    expect(calls).toBeLessThanOrEqual(15);
    expect(circuit.up()).toBe(false);
    expect(circuit.waitMs(1)).toBeNull();
  });

  it('takes one failure for a hiccup, and a refused token at its word', () => {
    const clock = createFakeClock();
    const hiccup = createCircuit(clock, () => {});
    const refused = createCircuit(clock, () => {});
    for (const circuit of [hiccup, refused]) circuit.answered();

    hiccup.failed('silent');
    refused.failed('refused');

    expect(hiccup.up()).toBe(true);
    expect(refused.up()).toBe(false);
  });

  it('tells of each going down and coming back once', () => {
    const heard: boolean[] = [];
    const clock = createFakeClock();
    const circuit = createCircuit(clock, (up) => heard.push(up));

    circuit.answered();
    circuit.answered();
    circuit.failed('refused');
    circuit.failed('refused');
    circuit.answered();

    expect(heard).toEqual([true, false, true]);
  });
});

describe('the gates', () => {
  const gate = { method: 'chat.postMessage', channel: 'C1', isUrgent: false };

  it('keep one token of a channel for what is urgent', () => {
    const gates = createGates(createFakeClock());

    for (let count = 0; count < 4; count += 1) gates.take(gate);

    expect(gates.waitMs(gate)).toBe(1_000);
    expect(gates.waitMs({ ...gate, isUrgent: true })).toBe(0);
    expect(gates.waitMs({ ...gate, channel: 'C2' })).toBe(0);
  });

  it('pause one method in one channel after a 429', () => {
    const clock = createFakeClock();
    const gates = createGates(clock);

    gates.pause('chat.postMessage', 'C1', 30);

    expect(gates.waitMs(gate)).toBe(30_000);
    expect(gates.waitMs({ ...gate, method: 'chat.update' })).toBe(0);
    clock.advance(30_000);
    expect(gates.waitMs(gate)).toBe(0);
  });
});
