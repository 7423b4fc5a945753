/** Long work in steps: lets the event loop serve others in between. */
export interface Turns {
  /** To be awaited after each step: gives others their turn once the last one is `everyMs` ago. */
  step(): Promise<void>;
}

const EVERY_MS = 10;

/** Starts counting now. Real time on purpose: it is others who wait. */
export function createTurns(everyMs = EVERY_MS): Turns {
  let since = performance.now();
  return {
    step: async () => {
      if (performance.now() - since < everyMs) return;
      await new Promise((resolve) => setImmediate(resolve));
      since = performance.now();
    },
  };
}
