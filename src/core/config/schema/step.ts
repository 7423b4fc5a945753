import * as z from 'zod';
import type { StepShape } from '../step-shape.ts';
import { duration, positiveDuration } from './common.ts';

/** Message of the alternative that every field with references has; never shown (issues.ts words the other one). */
export const NO_REFERENCE = 'is no reference';
const referenceText = z
  .string({ error: NO_REFERENCE })
  .regex(/\$\{[^}]+\}/, { error: NO_REFERENCE, abort: true })
  .describe('"${parameter}" or "${step.result}".');

/** A field as it may stand in a file: its own type, or a text that holds a `${…}` reference. */
export function orReference<T>(type: z.ZodType<T>): z.ZodType<T> {
  return z.union([type, referenceText]) as unknown as z.ZodType<T>;
}

const word = z.string().min(1, 'must not be empty');
const ON = 'must be a host, or one of { host: … }, { hosts: […] }, { role: … }, { label: name=value }';
const selectorKeys = {
  host: word.optional().describe('Host of hosts.yml.'),
  hosts: z.array(word).min(1, 'must name at least one host').optional().describe('Hosts of hosts.yml.'),
  role: word.optional().describe('All hosts that have this role.'),
  label: word.optional().describe('All hosts that have this label: name=value.'),
};
const selector = z
  .strictObject(selectorKeys)
  .refine((on) => Object.keys(on).length === 1, ON)
  .meta({ minProperties: 1, maxProperties: 1 });
const hosts = z
  .union([word, selector], { error: ON })
  .describe(
    'Hosts that it acts on: a name or "${parameter}", { host: … }, { hosts: […] }, { role: … }, { label: name=value }.',
  );

const plainValue = z.union([z.string(), z.number(), z.boolean()]);
const condition = z.union([plainValue, z.array(plainValue).min(1, 'must have at least one value')], {
  error: 'must be a value, a list of values, or a threshold such as "> 3"',
});
const conditionName = z
  .string()
  .regex(/^[a-z][a-z0-9_-]*(\.[A-Za-z0-9_-]+)*$/, 'must be parameter or step.result, without "${" and "}"');
/** Names and the values that they must have: all must hold. */
export const conditions = z.record(conditionName, condition);

/** Keys that every step may have, whatever its kind. */
const commonKeys = {
  on: hosts.optional(),
  retries: z
    .strictObject({
      times: z.int().min(1).max(10).describe('Tries after the first.'),
      every: positiveDuration.describe('Time between two tries.'),
    })
    .optional()
    .describe('Tries again when it failed; only of steps that may be repeated.'),
  timeout: positiveDuration.optional().describe('Time limit of each target.'),
  idempotent: z.boolean().optional().describe('Your word that it may be repeated, or may not; else as its kind says.'),
};
const BATCH = 'must be a number of targets such as 2, or a share such as "25%"';
/** Keys of steps that are done in their turn; `verify` only proves. */
const turnKeys = {
  when: conditions
    .optional()
    .describe('Parameter or step.result → its allowed values or a threshold; the step is skipped unless all hold.'),
  rolling: z
    .strictObject({
      batch: z
        .union([z.int().min(1), z.string().regex(/^([1-9]\d?|100)%$/, BATCH)], { error: BATCH })
        .describe('Targets at once: a number, or a share of all (rounded down, at least one).'),
      healthy_within: positiveDuration.optional().describe('Time in which each must be well again; 90s when absent.'),
      stable: duration.optional().describe('Time for which it must stay so; 10s when absent.'),
      probe: word.optional().describe('Probe, or "${parameter}", that must be ok besides.'),
    })
    .optional()
    .describe('Batch by batch: each must be well before the next goes, the first that is not ends the step.'),
  hold: orReference(positiveDuration)
    .optional()
    .describe('For how long it holds, after which it is undone by itself; for good when absent.'),
};
const idKey = { id: z.string().regex(/^[a-z][a-z0-9-]{0,40}$/, 'an id is a lower-case word: letters, digits and "-"') };

const CommonKeys = z.strictObject({ ...commonKeys, ...turnKeys });
const WrittenKind = z.record(z.string(), z.unknown());
type Kinds = z.infer<typeof WrittenKind>;
export type WrittenOn = z.infer<typeof hosts>;
export type WrittenUndo = { readonly on?: WrittenOn | undefined } & Kinds;
/** One of its keys is its kind; `kindOf` finds it. */
export type WrittenStep = z.infer<typeof CommonKeys> & {
  readonly id?: string | undefined;
  readonly undo?: WrittenUndo | undefined;
} & Kinds;

/** Schemas of a step of `steps` and of one of `verify`, made of the kinds that there are. */
export function stepSchemas(shapes: readonly StepShape[]): { step: z.ZodType; verification: z.ZodType } {
  const kinds = Object.fromEntries(
    shapes.map((shape) => [shape.kind, shape.body(orReference).optional().describe(shape.says)]),
  );
  const oneOf = <Shape extends z.ZodRawShape>(shape: Shape): z.ZodType => {
    const names = shapes.map(({ kind }) => kind);
    const hasOne = (step: object) => names.filter((kind) => Object.hasOwn(step, kind)).length === 1;
    return z
      .strictObject({ ...shape, ...kinds })
      .refine(hasOne, `a step is exactly one of ${names.join(', ')}`)
      .meta({ oneOf: names.map((kind) => ({ required: [kind] })) });
  };
  const undo = oneOf({ on: commonKeys.on }).optional().describe('The step that takes it back.');
  const id = idKey.id.describe('Name of the step.');
  return {
    step: oneOf({ id, ...commonKeys, ...turnKeys, undo }),
    verification: oneOf({ id: id.optional(), ...commonKeys }),
  };
}

/** A step's kind and its own keys as written. */
export interface StepKindFound {
  readonly shape: StepShape;
  readonly body: unknown;
}

/** The one kind that a step is of; null when it is of none, as no checked step is. */
export function kindOf(step: Readonly<Record<string, unknown>>, shapes: readonly StepShape[]): StepKindFound | null {
  const shape = shapes.find(({ kind }) => Object.hasOwn(step, kind));
  return shape === undefined ? null : { shape, body: step[shape.kind] };
}

/** Whether it changes anything, as far as the file tells; what a reference hides counts as a change. */
export function mutatesAsWritten(found: StepKindFound): boolean {
  return ask(found, (body) => found.shape.mutates(body), true);
}

/** Whether its kind may be repeated, as far as the file tells; what a reference hides counts as not. */
export function isIdempotentAsWritten(found: StepKindFound): boolean {
  return ask(found, (body) => found.shape.isIdempotent(body), false);
}

/** A kind that trips over a reference where it expects its own type cannot tell. */
function ask({ shape, body }: StepKindFound, question: (body: unknown) => boolean, unknown: boolean): boolean {
  const read = shape.body(orReference).safeParse(body);
  if (!read.success) return unknown;
  try {
    return question(read.data);
  } catch {
    return unknown;
  }
}
