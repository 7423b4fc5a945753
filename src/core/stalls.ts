import { Counter } from 'prom-client';
import type { Logger } from './logger.ts';
import type { Registry } from './metrics.ts';

const LOOK_EVERY_MS = 250;
/** Slack waits three seconds for an answer; a third of it is lost. */
const STALL_MS = 1000;

/**
 * Notices that the process stood still: a look that comes more than a second late (a blocked event loop, a stopped process;
 * not a machine that sleeps). Counts it, and says for how long. Returns how to end it.
 */
export function watchStalls({ logger, metrics }: { logger: Logger; metrics: Registry }): () => void {
  const stalls = new Counter({
    name: 'gianna_ops_process_stalls_total',
    help: 'Times that the process stood still for more than a second.',
    registers: [metrics],
  });
  const seconds = new Counter({
    name: 'gianna_ops_process_stalled_seconds_total',
    help: 'Seconds for which the process stood still, in stalls of more than a second.',
    registers: [metrics],
  });
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    const lateMs = now - last - LOOK_EVERY_MS;
    last = now;
    if (lateMs < STALL_MS) return;
    stalls.inc();
    seconds.inc(lateMs / 1000);
    logger.warn({ seconds: Math.round(lateMs / 100) / 10 }, 'the process stood still');
  }, LOOK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
