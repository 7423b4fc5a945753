import { describe, expect, it } from 'vitest';
import { createCircuit } from '../../../src/bot/delivery/circuit.ts';
import { startHeartbeat } from '../../../src/bot/delivery/heartbeat.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

async function pass(clock: ReturnType<typeof createFakeClock>, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    clock.advance(1_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('the heartbeat', () => {
  it.each(['refused', 'silent'] as const)('finds out within 30 s that an idle Slack is %s', async (kind) => {
    const clock = createFakeClock();
    const circuit = createCircuit(clock, () => {});
    circuit.answered();
    const stop = startHeartbeat({ clock, circuit, hello: async () => circuit.failed(kind) });

    await pass(clock, 30);

    expect(circuit.up()).toBe(false);
    stop();
  });

  it('asks a Slack that answers at most ten times a minute, and nothing once it was stopped', async () => {
    const clock = createFakeClock();
    const circuit = createCircuit(clock, () => {});
    circuit.answered();
    let asked = 0;
    const hello = async () => {
      asked += 1;
      circuit.answered();
    };
    const stop = startHeartbeat({ clock, circuit, hello });

    await pass(clock, 60);
    const inOneMinute = asked;
    stop();
    await pass(clock, 60);

    expect(inOneMinute).toBeGreaterThan(1);
    expect(inOneMinute).toBeLessThanOrEqual(10);
    expect(asked).toBe(inOneMinute);
  });
});
