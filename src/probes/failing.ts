import type { Clock } from '../core/clock.ts';
import type { ConfigSource } from '../core/config/config.ts';
import type { RunProbes } from './check.ts';

/** Longer than most probes may take; nobody waits for one that hangs. */
const PATIENCE_MS = 15_000;

/** Runs every probe, and says in a line each which does not pass now; null: they did not end in time. */
export function createFailingProbes(deps: {
  readonly config: ConfigSource;
  readonly clock: Clock;
  readonly runProbes: RunProbes;
}): () => Promise<readonly string[] | null> {
  return () => {
    const late = new Promise<null>((resolve) => deps.clock.after(PATIENCE_MS, () => resolve(null)));
    const all = deps.runProbes(Object.keys(deps.config.current().probes)).then((results) => {
      return results.flatMap(({ probe, result, summary }) =>
        result === 'ok' ? [] : [`${probe} ${result}: ${summary}`],
      );
    });
    return Promise.race([all, late]);
  };
}
