import * as z from 'zod';
import type { StepShape } from '../../src/core/config/step-shape.ts';
import { STEP_KINDS } from '../../src/runbooks/steps/registry.ts';

const secret = z.union([z.string(), z.strictObject({ secret: z.string() })]).meta({ writeOnly: true });

/** Runs something on hosts; it looks only with `look: true`, and may be repeated then. */
const tryRun: StepShape = {
  kind: 'try.run',
  says: 'Tries a program.',
  body: (value) =>
    z.strictObject({
      argv: value(z.array(value(z.string())).min(1)).describe('Program and arguments.'),
      env: z.record(z.string(), value(secret)).optional().describe('Its environment.'),
      look: value(z.boolean()).default(false).describe('Whether it only looks.'),
    }),
  needsHosts: true,
  mutates: (body) => (body as { look: unknown }).look !== true,
  isIdempotent: (body) => (body as { look: unknown }).look === true,
  results: ['exit', 'json.*'],
};

/** Sets a number of a service. */
const trySet: StepShape = {
  kind: 'try.set',
  says: 'Tries a change of a service.',
  body: (value) =>
    z.strictObject({
      service: value(z.string().min(1)).describe('Service.'),
      mode: value(z.enum(['soft', 'hard']))
        .default('soft')
        .describe('How.'),
      count: value(z.int().min(0).max(99)).optional().describe('How many.'),
    }),
  needsHosts: false,
  mutates: () => true,
  isIdempotent: () => false,
  results: [],
};

/** The kinds that ship, and two that show every rule about steps. */
export const TRIED_KINDS: readonly StepShape[] = [...STEP_KINDS, tryRun, trySet];
