import type { Clock } from '../../core/clock.ts';

/** Waits for an answer this long; null: it failed or is late. Nothing is cancelled. */
export async function waitAtMost<T>(clock: Clock, ms: number, answer: Promise<T>): Promise<T | null> {
  let cancel = () => {};
  const late = new Promise<null>((resolve) => {
    cancel = clock.after(ms, () => resolve(null));
  });
  try {
    return await Promise.race([answer.catch(() => null), late]);
  } finally {
    cancel();
  }
}
