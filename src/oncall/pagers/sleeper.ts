import type { Clock } from '../../core/clock.ts';

/** Waiting that ends early when the bot stops. */
export interface Sleeper {
  sleep(ms: number): Promise<void>;
  isStopped(): boolean;
  stop(): void;
}

export function createSleeper(clock: Clock): Sleeper {
  let isStopped = false;
  const wakers = new Set<() => void>();
  return {
    sleep: (ms) => {
      if (isStopped) return Promise.resolve();
      return new Promise((resolve) => {
        const wake = () => {
          cancel();
          wakers.delete(wake);
          resolve();
        };
        const cancel = clock.after(ms, wake);
        wakers.add(wake);
      });
    },
    isStopped: () => isStopped,
    stop: () => {
      isStopped = true;
      for (const wake of [...wakers]) wake();
    },
  };
}
