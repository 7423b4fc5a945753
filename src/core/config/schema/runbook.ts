import * as z from 'zod';
import { PARAMETER_TYPES, RISKS, ROLES } from '../config.ts';
import type { StepShape } from '../step-shape.ts';
import { duration, name, positiveDuration } from './common.ts';
import { conditions, stepSchemas, type WrittenStep } from './step.ts';

const parameterName = z
  .string()
  .regex(/^[a-z][a-z0-9_]*$/, 'a parameter is a lower-case word: letters, digits and "_"');

const word = z
  .strictObject({
    takes: z.array(parameterName).default([]).describe('Parameters that words without a name are for, in this order.'),
    aliases: z.array(name).default([]).describe('Other words for it.'),
    examples: z
      .array(z.string().min(1, 'must not be empty').max(200))
      .default([])
      .describe('As they are typed after /gianna; shown by help.'),
  })
  .optional()
  .describe('Makes its name a word of /gianna: block-ip 203.0.113.7 in place of runbook run block-ip …');

const bound = z.union([z.number(), duration], { error: 'must be a number, or a duration such as 15m' });

const Parameter = z.strictObject({
  type: z.enum(PARAMETER_TYPES).describe('Kind of value; a secret is the name of an environment variable.'),
  list: z.boolean().optional().describe('Whether several values may be given, parted by commas or blanks.'),
  says: z.string().min(1, 'must not be empty').max(200).optional().describe('What it is for, in a few words.'),
  options: z.array(z.string().min(1)).min(1).optional().describe('Values of a choice.'),
  pattern: z
    .string()
    .min(1, 'must not be empty')
    .optional()
    .describe('Of a text: regular expression (RE2) that the whole of it must match.'),
  min: bound.optional().describe('Least number or duration.'),
  max: bound.optional().describe('Greatest number or duration.'),
  default: z.union([z.string(), z.number()]).optional().describe('Value when none is given.'),
  required: z.boolean().optional().describe('Whether it must be given; by default when it has no default.'),
});

const RiskRule = z
  .strictObject({
    if: conditions
      .refine((names) => Object.keys(names).length > 0, 'must have at least one condition')
      .describe('Parameter, or a part of one, → its values or a threshold; all must hold.'),
    risk: z.enum(RISKS).describe('What the run is then, at least.'),
    says: z.string().min(1, 'must not be empty').max(200).optional().describe('Why, for whoever has to agree.'),
  })
  .describe('A higher risk for some values.');

const fileKeys = {
  runbook: name.describe('Name of the runbook.'),
  summary: z.string().min(1, 'must not be empty').max(200).describe('What it does, in one sentence.'),
  risk: z.enum(RISKS).describe('R0 read, R1 reversible, R2 affects the service, R3 destructive or secret.'),
  risk_when: z.array(RiskRule).min(1, 'must have at least one rule').optional().describe('When its risk is higher.'),
  parameters: z.record(parameterName, Parameter).default({}).describe('What is asked before it runs.'),
  who: z
    .array(z.enum(ROLES))
    .min(1, 'must name at least one role')
    .optional()
    .describe('Roles that may ask for it; whoever its risk allows when absent. Never more than its risk allows.'),
  approvals: z
    .union([z.literal(0), z.literal(1)], { error: 'must be 0 or 1' })
    .optional()
    .describe('Second persons that it needs; R3 needs one anyway.'),
  cooldown: positiveDuration.optional().describe('Time after a run on a target until the next one on it.'),
  most_targets: z.int().min(1).optional().describe('Most targets that one run may change.'),
  on_failure: z
    .enum(['stop', 'undo'])
    .optional()
    .describe('When a step fails: stop (leave all as it is) or undo (take back what was done).'),
  word,
};
const FileKeys = z.strictObject(fileKeys);

/** `runbooks/*.yml`, one runbook a file; its steps as written. */
export type RunbookFile = z.infer<typeof FileKeys> & {
  readonly steps: readonly WrittenStep[];
  readonly verify: readonly WrittenStep[];
};

/** The schema of `runbooks/*.yml` (CONFIG.md) for the kinds of step that there are. */
export function runbookFile(shapes: readonly StepShape[]): z.ZodType<RunbookFile> {
  const { step, verification } = stepSchemas(shapes);
  return z
    .strictObject({
      ...fileKeys,
      steps: z.array(step).min(1, 'must have at least one step').describe('Run one after the other.'),
      verify: z.array(verification).default([]).describe('Steps that only look, and prove the outcome.'),
    })
    .describe('One runbook.') as unknown as z.ZodType<RunbookFile>;
}

/**
 * A checked runbook with the steps as they stand in the file: what a kind fills in or converts is its own affair when a
 * run is planned.
 */
export function withStepsAsWritten(runbook: RunbookFile, value: unknown): RunbookFile {
  const { steps, verify = [] } = value as Pick<RunbookFile, 'steps'> & Partial<RunbookFile>;
  return { ...runbook, steps, verify };
}
