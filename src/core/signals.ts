import type { Lifecycle } from './lifecycle.ts';
import type { Logger } from './logger.ts';

/** Resolves at the first SIGTERM or SIGINT. */
export function whenToldToStop(logger: Logger): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        logger.info({ signal }, 'stopping');
        resolve();
      });
    }
  });
}

/** Stops every part; a part that takes longer than `withinMs` in all is left behind and the process ends with 1. */
export async function stopWithin(lifecycle: Lifecycle, withinMs: number, logger: Logger): Promise<void> {
  const force = setTimeout(() => {
    logger.error('a part did not stop in time');
    process.exit(1);
  }, withinMs);
  await lifecycle.stop();
  clearTimeout(force);
}

export interface HangUp {
  /** What SIGHUP does from now on; one that came before is heeded now. */
  heed(task: () => void): void;
  stop(): void;
}

/** Listens for SIGHUP from the start: unheard, it would end the process. */
export function listenForHangUp(): HangUp {
  let task: (() => void) | null = null;
  let isKept = false;
  const listener = () => {
    if (task === null) isKept = true;
    else task();
  };
  process.on('SIGHUP', listener);
  return {
    heed: (wanted) => {
      task = wanted;
      if (isKept) task();
    },
    stop: () => void process.off('SIGHUP', listener),
  };
}
