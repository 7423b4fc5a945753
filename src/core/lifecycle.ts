import type { Logger } from 'pino';

export interface Lifecycle {
  /** Registers what must be stopped; stopped in the reverse order of registration. */
  onStop(name: string, stop: () => Promise<void> | void): void;
  /** Stops everything once, last started first; a stop that fails is logged and the rest goes on. */
  stop(): Promise<void>;
}

/** LIFO clean-up stack of the running process. */
export function createLifecycle(logger: Logger): Lifecycle {
  const stack: Array<{ name: string; stop: () => Promise<void> | void }> = [];
  let stopping: Promise<void> | null = null;
  async function stopAll(): Promise<void> {
    for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
      try {
        await entry.stop();
      } catch (error) {
        logger.error({ err: error, part: entry.name }, 'part failed to stop');
      }
    }
  }
  return {
    onStop: (name, stop) => stack.push({ name, stop }),
    stop: () => {
      stopping ??= stopAll();
      return stopping;
    },
  };
}
