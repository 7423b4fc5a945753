import * as z from 'zod';
import { RISKS } from '../config.ts';
import { name, positiveDuration } from './common.ts';

const parameterName = z
  .string()
  .regex(/^[a-z][a-z0-9_]*$/, 'a parameter is a lower-case word: letters, digits and "_"');
const stepId = z.string().regex(/^[a-z][a-z0-9-]{0,40}$/, 'an id is a lower-case word: letters, digits and "-"');
/** A literal, or `"${parameter}"`. */
const value = z.string().min(1, 'must not be empty');

const Parameter = z.strictObject({
  type: z.enum(['service', 'choice', 'text', 'number', 'duration']).describe('Kind of value.'),
  options: z.array(z.string().min(1)).min(1).optional().describe('Values of a choice.'),
  default: z.union([z.string(), z.number()]).optional().describe('Value when none is given.'),
  required: z.boolean().optional().describe('Whether it must be given; by default when it has no default.'),
});

/** Kinds of step that a runbook may be made of. */
export const STEP_KINDS = ['probe', 'service.restart', 'wait'] as const;

const kinds = {
  probe: value.optional().describe('Probe by name, or "${service.probes}".'),
  'service.restart': z
    .strictObject({
      service: value.describe('Service that is restarted.'),
      mode: value.optional().describe('graceful, forced or rolling.'),
    })
    .optional()
    .describe('Restarts a service.'),
  wait: z
    .strictObject({
      for: z.enum(['healthy']).describe('What is waited for.'),
      within: positiveDuration.describe('Time limit.'),
      stable: positiveDuration.optional().describe('Time for which it must stay so.'),
    })
    .optional()
    .describe('Waits for a state.'),
};

const hasOneKind = (step: object) => STEP_KINDS.filter((kind) => Object.hasOwn(step, kind)).length === 1;
const oneKind = `a step is exactly one of ${STEP_KINDS.join(', ')}`;

const Step = z.strictObject({ id: stepId.describe('Name of the step.'), ...kinds }).refine(hasOneKind, oneKind);
const Verification = z
  .strictObject({ id: stepId.optional().describe('Name of the step.'), ...kinds })
  .refine(hasOneKind, oneKind);

/** `runbooks/*.yml` (CONFIG.md): one runbook a file. */
export const RunbookFile = z
  .strictObject({
    runbook: name.describe('Name of the runbook.'),
    summary: z.string().min(1, 'must not be empty').max(200).describe('What it does, in one sentence.'),
    risk: z.enum(RISKS).describe('R0 read, R1 reversible, R2 affects the service, R3 destructive or secret.'),
    parameters: z.record(parameterName, Parameter).default({}).describe('What is asked before it runs.'),
    steps: z.array(Step).min(1, 'must have at least one step').describe('Run one after the other.'),
    verify: z.array(Verification).default([]).describe('Probes that prove the outcome.'),
  })
  .describe('One runbook.');
export type RunbookFile = z.infer<typeof RunbookFile>;
export type WrittenStep = z.infer<typeof Verification>;
