import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import type { JournalMetrics } from './metrics.ts';

const JUMP_MS = 30_000;

/**
 * Compares wall and monotonic time at each call; more than 30 s between them since the last call is logged, counted and
 * returned, in milliseconds; 0: it did not jump (FAULTS.md, A4). A machine that slept did not jump: its time went on.
 */
export function createJumpWatch(deps: { clock: Clock; logger: Logger; metrics: JournalMetrics }): () => number {
  const { clock } = deps;
  const offsetNow = () => clock.now() - clock.monotonicMs() - (clock.suspendedMs?.() ?? 0);
  let offset = offsetNow();
  return () => {
    const seen = offsetNow();
    const jumpMs = seen - offset;
    offset = seen;
    if (Math.abs(jumpMs) <= JUMP_MS) return 0;
    deps.metrics.clockJumps.inc({ direction: jumpMs > 0 ? 'forward' : 'back' });
    deps.logger.warn({ jumpSeconds: Math.round(jumpMs / 1000) }, 'wall clock jumped');
    return jumpMs;
  };
}
