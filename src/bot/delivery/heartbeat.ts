import type { Clock } from '../../core/clock.ts';
import type { Circuit } from './circuit.ts';

const EVERY_MS = 12_000;
const AGAIN_MS = 1_000;

/**
 * Asks Slack now and then while there is nothing to send, so that a revoked token or a silent Slack shows within 30 s
 * (FAULTS.md C 20). While the circuit is open its trial calls do that. `hello` never throws. Returns the end of it.
 */
export function startHeartbeat(deps: { clock: Clock; circuit: Circuit; hello: () => Promise<void> }): () => void {
  const { clock, circuit, hello } = deps;
  let isStopped = false;
  let cancel = clock.after(EVERY_MS, beat);

  function beat(): void {
    const isDue = !circuit.isOpen() && circuit.unansweredMs() >= EVERY_MS;
    void (isDue ? hello() : Promise.resolve()).then(() => {
      if (isStopped) return;
      const isSilent = !circuit.isOpen() && circuit.unansweredMs() >= EVERY_MS;
      cancel = clock.after(isSilent ? AGAIN_MS : EVERY_MS, beat);
    });
  }

  return () => {
    isStopped = true;
    cancel();
  };
}
