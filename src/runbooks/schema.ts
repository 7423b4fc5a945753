import * as z from 'zod';

/** `args` of the command `run`, as an edge puts them into the inbox. */
export const RunArgs = z.object({
  runbook: z.string().min(1).max(100),
  parameters: z.record(z.string(), z.unknown()).default({}),
  /** Hash of the plan that the person saw. */
  planHash: z.string().max(100).optional(),
  reason: z.string().max(2000).optional(),
});
export type RunArgs = z.infer<typeof RunArgs>;

/** `data` of the effect `run`. */
export const RunEffectData = z.object({ run: z.string() });
