import * as z from 'zod';
import { prepareAction } from './service-action.ts';
import type { StepKind } from './step.ts';
import { findTargets } from './targets.ts';

interface Body {
  readonly service: string;
  readonly target?: string | undefined;
  readonly replicas?: number | undefined;
}

/**
 * Starts each target of a service that does not run, one after the other; what ran already is left alone and has no
 * undo. Not to be repeated by itself: a second try after one that nobody saw the end of would find it running, and the
 * way back would be lost.
 */
export const serviceStartStep: StepKind<Body> = {
  kind: 'service.start',
  says: 'Starts what of a service does not run; undone by a stop of what it started.',
  body: (value) =>
    z.strictObject({
      service: value(z.string().min(1)).describe('Service that is started.'),
      target: value(z.string().min(1)).optional().describe('Only this one of it, by its id.'),
      replicas: value(z.int().min(1).max(10_000))
        .optional()
        .describe('Of a Swarm service, how many it gets; absent: as many as it had last.'),
    }),
  needsHosts: false,
  mutates: () => true,
  isIdempotent: () => false,
  results: [],
  plan: async ({ service, target, replicas }, { id }, { driverOf }) => {
    const found = await findTargets(service, driverOf, target);
    const action = replicas === undefined ? ({ kind: 'start' } as const) : ({ kind: 'start', replicas } as const);
    return prepareAction({ id, kind: 'service.start', service, action, found });
  },
};
