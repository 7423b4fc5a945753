import type { Outcome } from '../core/command.ts';

const MOST_REMEMBERED = 1_000;

/** What rows were decided to, for those who wait; the newest thousand are remembered. */
export interface Outcomes {
  known(id: number): Outcome | null;
  /** Resolves when the row is decided. */
  wait(id: number): Promise<Outcome>;
  decided(id: number, outcome: Outcome): void;
  /** Tells everybody who still waits. */
  endAll(outcome: Outcome): void;
}

/** Outcomes of this process. */
export function createOutcomes(): Outcomes {
  const remembered = new Map<number, Outcome>();
  const waiting = new Map<number, { promise: Promise<Outcome>; resolve: (outcome: Outcome) => void }>();
  function decided(id: number, outcome: Outcome): void {
    remembered.set(id, outcome);
    const oldest = remembered.size > MOST_REMEMBERED ? remembered.keys().next() : null;
    if (oldest !== null && oldest.done !== true) remembered.delete(oldest.value);
    waiting.get(id)?.resolve(outcome);
    waiting.delete(id);
  }
  return {
    known: (id) => remembered.get(id) ?? null,
    wait: (id) => {
      const entry = waiting.get(id) ?? createPromise();
      waiting.set(id, entry);
      return entry.promise;
    },
    decided,
    endAll: (outcome) => {
      for (const entry of waiting.values()) entry.resolve(outcome);
      waiting.clear();
    },
  };
}

function createPromise(): { promise: Promise<Outcome>; resolve: (outcome: Outcome) => void } {
  let resolve: (outcome: Outcome) => void = () => {};
  const promise = new Promise<Outcome>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
