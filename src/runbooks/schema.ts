import * as z from 'zod';

/** `args` of the command `run`, as an edge puts them into the inbox. */
export const RunArgs = z.object({
  runbook: z.string().min(1).max(100),
  parameters: z.record(z.string(), z.unknown()).default({}),
  /** Hash of the plan that the person saw. */
  planHash: z.string().max(100).optional(),
  reason: z.string().max(2000).optional(),
  /** Only looks. */
  dryRun: z.boolean().default(false),
});
export type RunArgs = z.infer<typeof RunArgs>;

/** `args` of what is asked of a run that is there. */
export const OnRunArgs = z.object({
  /** Hash of the plan that the person agrees to. */
  planHash: z.string().max(100).optional(),
  reason: z.string().max(2000).optional(),
  /** Of an undo: these steps alone. */
  steps: z.array(z.string()).optional(),
});
export type OnRunArgs = z.infer<typeof OnRunArgs>;

/** `data` of the effect `run`. */
export const RunEffectData = z.object({ run: z.string(), leg: z.number().int().default(1) });
