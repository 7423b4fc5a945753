import type * as z from 'zod';

/**
 * What the loader has to know of a kind of step, to check the runbooks that use it and to describe them to editors.
 * Handed to it: core knows no room. Kinds of src/runbooks/steps/ have this shape.
 */
export interface StepShape {
  /** `service.restart`: the key of a step that holds its body. */
  readonly kind: string;
  /** What it does, in a few words. */
  readonly says: string;
  /** The step's own keys; `value` wraps each field that may hold a `${…}` reference in place of its own type. */
  body(value: <T>(type: z.ZodType<T>) => z.ZodType<T>): z.ZodType;
  /** Whether it acts on hosts named by the step's `on`. */
  readonly needsHosts: boolean;
  mutates(body: unknown): boolean;
  isIdempotent(body: unknown): boolean;
  /** Results that later steps may refer to as `${id.name}`; `json.*` stands for any name behind `json.`. */
  readonly results: readonly string[];
}
