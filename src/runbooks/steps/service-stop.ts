import * as z from 'zod';
import { prepareAction } from './service-action.ts';
import type { StepKind } from './step.ts';
import { findTargets } from './targets.ts';

interface Body {
  readonly service: string;
  readonly target?: string | undefined;
}

/**
 * Stops each target of a service that runs, one after the other; what was stopped already is left alone and has no
 * undo. Not to be repeated by itself, for the reason that `service.start` gives.
 */
export const serviceStopStep: StepKind<Body> = {
  kind: 'service.stop',
  says: 'Stops what of a service runs; undone by a start of what it stopped.',
  body: (value) =>
    z.strictObject({
      service: value(z.string().min(1)).describe('Service that is stopped.'),
      target: value(z.string().min(1)).optional().describe('Only this one of it, by its id.'),
    }),
  needsHosts: false,
  mutates: () => true,
  isIdempotent: () => false,
  results: [],
  plan: async ({ service, target }, { id }, { driverOf }) => {
    const found = await findTargets(service, driverOf, target);
    return prepareAction({ id, kind: 'service.stop', service, action: { kind: 'stop' }, found });
  },
};
