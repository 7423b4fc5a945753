import * as z from 'zod';

const Digest = z.string();
const Names = { runbook: z.string(), service: z.string().nullable() };

/** Data of `run.requested`, version 1: everything the aggregate starts with. */
export const Requested = z.object({
  ...Names,
  risk: z.enum(['R0', 'R1', 'R2', 'R3']),
  plan: Digest,
  planHash: z.string(),
  locks: z.array(z.string()),
  reason: Digest.nullable(),
  steps: z.array(z.object({ id: z.string(), kind: z.string() })),
});
export type Requested = z.infer<typeof Requested>;

/** Data of `run.step-started`, version 1: durable before the step acts. */
export const StepStarted = z.object({ step: z.string() });

/** Data of `run.step-finished`, version 1: durable after it acted. `checks` and `role` when it probed. */
export const StepFinished = z.object({
  step: z.string(),
  status: z.enum(['done', 'failed', 'unknown']),
  summary: Digest.nullable(),
  checks: Digest.nullable(),
  /** Which side of the change the checks prove; null when there are none. */
  role: z.enum(['before', 'after']).nullable(),
});
export type StepFinished = z.infer<typeof StepFinished>;

/** Data of `run.ended`, version 1. */
export const Ended = z.object({
  ...Names,
  status: z.enum(['succeeded', 'failed', 'interrupted']),
  verdict: z.enum(['fixed', 'no-effect', 'worse']).nullable(),
  seconds: z.number(),
  summary: Digest,
});
export type Ended = z.infer<typeof Ended>;

/** Data of `run.interrupted`, version 1: the process ended while the run was under way. */
export const Interrupted = z.object({
  ...Names,
  /** The step whose outcome nobody knows; null when nothing that changes anything was under way. */
  unknown: z.string().nullable(),
  summary: Digest,
});
export type Interrupted = z.infer<typeof Interrupted>;

/** Data of `run.refused`, version 1: asked for, but not allowed or not the same any more when it was to start. */
export const Refused = z.object({ ...Names, code: z.string(), summary: Digest });
export type Refused = z.infer<typeof Refused>;

/** Data of `run.probed`, version 1: what the probes said after an interruption. */
export const Probed = z.object({ ...Names, checks: Digest, summary: Digest });
export type Probed = z.infer<typeof Probed>;
