import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import type { JournalMetrics } from './metrics.ts';

const JUMP_MS = 30_000;

/**
 * Compares wall and monotonic time at each call; more than 30 s between them since the last call is logged and
 * counted (FAULTS.md, A4). Deadlines are wall time, so that they follow the jump: overdue ones fire once.
 */
export function createJumpWatch(deps: { clock: Clock; logger: Logger; metrics: JournalMetrics }): () => void {
  const { clock } = deps;
  let offset = clock.now() - clock.monotonicMs();
  return () => {
    const seen = clock.now() - clock.monotonicMs();
    const jumpMs = seen - offset;
    offset = seen;
    if (Math.abs(jumpMs) <= JUMP_MS) return;
    deps.metrics.clockJumps.inc({ direction: jumpMs > 0 ? 'forward' : 'back' });
    deps.logger.warn({ jumpSeconds: Math.round(jumpMs / 1000) }, 'wall clock jumped');
  };
}
