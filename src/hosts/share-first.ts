import type { OnceResult } from './shell.ts';

/** Makes a second call with a key that is under way in this process wait for the first, and report it. */
export function createShareFirst(): (name: string, call: () => Promise<OnceResult>) => Promise<OnceResult> {
  const underWay = new Map<string, Promise<OnceResult>>();
  return async (name, call) => {
    const first = underWay.get(name);
    if (first !== undefined) return { isFirst: false, result: (await first).result };
    const work = call();
    underWay.set(name, work);
    try {
      return await work;
    } finally {
      underWay.delete(name);
    }
  };
}
