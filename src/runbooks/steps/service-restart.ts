import * as z from 'zod';
import { RESTART_MODES, type RestartMode } from '../../hosts/driver.ts';
import { prepareAction } from './service-action.ts';
import type { StepKind } from './step.ts';
import { findTargets } from './targets.ts';

interface Body {
  readonly service: string;
  readonly mode: RestartMode;
}

/** `mode: rolling` without words of its own: one after the other, each well for a while. */
const GENTLE = { batch: { count: 1 }, healthyWithinSeconds: 90, stableSeconds: 3, probe: null } as const;

/** Restarts each target of a service, one after the other, each once; in `rolling` each must be well before the next goes. */
export const serviceRestartStep: StepKind<Body> = {
  kind: 'service.restart',
  says: 'Restarts a service: mode graceful, forced or rolling.',
  body: (value) =>
    z.strictObject({
      service: value(z.string().min(1)).describe('Service that is restarted.'),
      mode: value(z.enum(RESTART_MODES)).default('graceful').describe('graceful, forced or rolling.'),
    }),
  needsHosts: false,
  mutates: () => true,
  isIdempotent: () => false,
  results: ['count'],
  plan: async ({ service, mode }, { id }, { driverOf }) => {
    const found = await findTargets(service, driverOf);
    const prepared = prepareAction({ id, kind: 'service.restart', service, action: { kind: 'restart', mode }, found });
    return mode === 'rolling' ? { ...prepared, rolling: GENTLE } : prepared;
  },
};
