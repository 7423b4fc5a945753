import type { Clock } from '../core/clock.ts';

/** A loop that works while there is something to do and sleeps until it is woken. */
export interface Worker {
  start(): void;
  /** Ends after the round in hand. */
  stop(): Promise<void>;
  wake(): void;
  isStopped(): boolean;
}

/**
 * Runs `round` over and over; it resolves with how long it may sleep in milliseconds, or null to sleep until woken.
 * A round must not throw.
 */
export function createWorker(clock: Clock, round: () => Promise<number | null>): Worker {
  let state: 'new' | 'running' | 'stopped' = 'new';
  let isWoken = false;
  let endSleep: (() => void) | null = null;
  let loop: Promise<void> = Promise.resolve();

  function wake(): void {
    isWoken = true;
    endSleep?.();
  }
  function sleep(delayMs: number | null): Promise<void> {
    if (isWoken || delayMs === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = delayMs === null ? () => {} : clock.after(delayMs, resolve);
      endSleep = () => {
        cancel();
        resolve();
      };
    });
  }
  async function run(): Promise<void> {
    while (state === 'running') {
      isWoken = false;
      const delayMs = await round();
      if (state !== 'running') return;
      await sleep(delayMs);
      endSleep = null;
    }
  }
  return {
    start: () => {
      if (state !== 'new') return;
      state = 'running';
      loop = run();
    },
    stop: async () => {
      state = 'stopped';
      wake();
      await loop;
    },
    wake,
    isStopped: () => state === 'stopped',
  };
}
