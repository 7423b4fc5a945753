/** A bounded number of places, first come first served. */
export interface Slots {
  /** Resolves with the way to give the place back; with null when `stop` fires before there is one. */
  take(stop: AbortSignal): Promise<(() => void) | null>;
}

/** `most` places. */
export function createSlots(most: number): Slots {
  const waiting = new Set<() => void>();
  let taken = 0;
  const give = () => {
    let isGiven = false;
    return () => {
      if (isGiven) return;
      isGiven = true;
      const [next] = waiting;
      if (next === undefined) taken -= 1;
      else next();
    };
  };
  return {
    take: (stop) => {
      if (stop.aborted) return Promise.resolve(null);
      if (taken < most) {
        taken += 1;
        return Promise.resolve(give());
      }
      return new Promise((resolve) => {
        const begin = () => {
          waiting.delete(begin);
          stop.removeEventListener('abort', giveUp);
          resolve(give());
        };
        const giveUp = () => {
          waiting.delete(begin);
          resolve(null);
        };
        waiting.add(begin);
        stop.addEventListener('abort', giveUp, { once: true });
      });
    },
  };
}
