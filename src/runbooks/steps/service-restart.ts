import * as z from 'zod';
import type { RollingConfig } from '../../core/config/config.ts';
import { RESTART_MODES } from '../../hosts/driver.ts';
import { drainOf } from './drain.ts';
import { prepareAction } from './service-action.ts';
import type { StepKind } from './step.ts';
import { findTargets } from './targets.ts';

/** `at-once`: all of them together, each graceful. */
const MODES = [...RESTART_MODES, 'at-once'] as const;
interface Body {
  readonly service: string;
  readonly mode: (typeof MODES)[number];
}

/** `mode: rolling` without words of its own: one after the other, each well for a while. */
const GENTLE = { batch: { count: 1 }, healthyWithinSeconds: 90, stableSeconds: 3, probe: null } as const;
const TOGETHER = { ...GENTLE, batch: { percent: 100 } } as const;

/**
 * Restarts each target of a service, one after the other, each once; in `rolling`, and where the service is drained,
 * each must be well before the next goes. All at once is R3 when there are several: nothing serves meanwhile.
 */
export const serviceRestartStep: StepKind<Body> = {
  kind: 'service.restart',
  says: 'Restarts a service: mode graceful, forced, rolling or at-once.',
  body: (value) =>
    z.strictObject({
      service: value(z.string().min(1)).describe('Service that is restarted.'),
      mode: value(z.enum(MODES)).default('graceful').describe('graceful, forced, rolling or at-once.'),
    }),
  needsHosts: false,
  mutates: () => true,
  isIdempotent: () => false,
  results: ['count'],
  plan: async ({ service, mode }, { id }, deps) => {
    const found = await findTargets(service, deps.driverOf);
    const drained = drainOf(service, deps);
    // all at once leaves nothing that could take the requests
    const drain = drained.kind === 'drain' && mode !== 'at-once' ? drained.drain : null;
    const action = { kind: 'restart', mode: mode === 'at-once' ? 'graceful' : mode } as const;
    const prepared = prepareAction({ id, kind: 'service.restart', service, action, found, drain });
    const blockedBy = drained.kind === 'blocked' ? [{ kind: 'drain', reason: drained.reason }] : [];
    const rolling = rollingOf(mode, drain !== null);
    return {
      ...prepared,
      ...(rolling === null ? {} : { rolling }),
      ...(mode === 'at-once' && prepared.units.length > 1
        ? { raises: { risk: 'R3', because: `all ${prepared.units.length} of ${service} restart at once` } as const }
        : {}),
      blockedBy: [...prepared.blockedBy, ...blockedBy],
    };
  },
};

function rollingOf(mode: Body['mode'], isDrained: boolean): RollingConfig | null {
  if (mode === 'at-once') return TOGETHER;
  return mode === 'rolling' || isDrained ? GENTLE : null;
}
