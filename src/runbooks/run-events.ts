import * as z from 'zod';

const Digest = z.string();
const Names = { runbook: z.string(), service: z.string().nullable() };
const StepName = z.object({ id: z.string(), kind: z.string() });

/** Which of the steps that take a step back it is. */
const TakesBack = z.object({ step: z.string(), index: z.number().int(), isLast: z.boolean() });

/** Data of `run.requested`, version 1: everything the aggregate starts with. */
export const Requested = z.object({
  ...Names,
  risk: z.enum(['R0', 'R1', 'R2', 'R3']),
  plan: Digest,
  planHash: z.string(),
  locks: z.array(z.string()),
  reason: Digest.nullable(),
  steps: z.array(StepName),
  /** Only looks: what would change something is named and left out. */
  dry: z.boolean().default(false),
  /** Second persons that have to agree before it may start. */
  approvals: z.number().int().default(0),
  /** When nobody has agreed by then it is over; null without approvals. */
  expiresAt: z.number().nullable().default(null),
  /** What fires: the alert name of its incident, for the success rate. */
  cause: z.string().nullable().default(null),
});
export type Requested = z.infer<typeof Requested>;

/** Data of `run.approved`, version 1. `breakGlass`: by the owner of the incident in place of a second person. */
export const Approved = z.object({ ...Names, breakGlass: z.boolean(), reason: Digest.nullable() });
export type Approved = z.infer<typeof Approved>;

/** Data of `run.continued`, version 1: a further leg of a run that waited for a person, or had broken off. */
export const Continued = z.object({
  ...Names,
  leg: z.number().int(),
  how: z.enum(['answered', 'resumed', 'skipped', 'undoing']),
  /** The step that is done again (`resumed`) or left behind (`skipped`, `answered`). */
  step: z.string().nullable(),
  /** Steps added by it: those that take back what was done. */
  steps: z.array(StepName.extend({ takesBack: TakesBack.nullable() })),
  /** Results of the step that was answered, as JSON. */
  results: Digest.nullable(),
  reason: Digest.nullable(),
});
export type Continued = z.infer<typeof Continued>;

/** Data of `run.step-started`, version 1: durable before the step acts. */
export const StepStarted = z.object({ step: z.string() });

/** Data of `run.unit-finished`, version 1: one target of a step that has several. */
export const UnitFinished = z.object({
  step: z.string(),
  unit: z.number().int(),
  of: z.number().int(),
  status: z.enum(['done', 'failed', 'unknown']),
  summary: Digest,
});
export type UnitFinished = z.infer<typeof UnitFinished>;

/** Data of `run.step-finished`, version 1: durable after it acted. `checks` and `role` when it probed. */
export const StepFinished = z.object({
  step: z.string(),
  status: z.enum(['done', 'failed', 'unknown']),
  summary: Digest.nullable(),
  checks: Digest.nullable(),
  /** Which side of the change the checks prove; null when there are none. */
  role: z.enum(['before', 'after']).nullable(),
  /** Its results for later steps, as JSON. */
  results: Digest.nullable().default(null),
  /** The steps that take it back, as JSON; null: nothing can, or nothing has to. */
  undo: Digest.nullable().default(null),
  /** The steps that make it so again where it was lost, as JSON; null: nothing can. */
  keep: Digest.nullable().default(null),
  /** What it printed. */
  log: Digest.nullable().default(null),
});
export type StepFinished = z.infer<typeof StepFinished>;

/** Data of `run.step-skipped`, version 1. */
export const StepSkipped = z.object({
  step: z.string(),
  why: z.enum(['condition', 'dry-run']),
  summary: Digest,
});
export type StepSkipped = z.infer<typeof StepSkipped>;

/** Data of `run.asked`, version 1: a person has to say how it goes on. */
export const Asked = z.object({ ...Names, step: z.string(), question: Digest });
export type Asked = z.infer<typeof Asked>;

/** Data of `run.stop-asked`, version 1. */
export const StopAsked = z.object({ ...Names, mode: z.enum(['after-step', 'now']), reason: Digest.nullable() });
export type StopAsked = z.infer<typeof StopAsked>;

/** Data of `run.ended`, version 1. */
export const Ended = z.object({
  ...Names,
  status: z.enum(['succeeded', 'failed', 'interrupted', 'undone']),
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

/** Data of `run.refused`, version 1: asked for, but denied, too late, not allowed or not the same any more. */
export const Refused = z.object({ ...Names, code: z.string(), summary: Digest });
export type Refused = z.infer<typeof Refused>;

/** Data of `run.probed`, version 1: what the probes said after an interruption. */
export const Probed = z.object({ ...Names, checks: Digest, summary: Digest });
export type Probed = z.infer<typeof Probed>;

/** Data of `run.approval-refused`, version 1: somebody wanted to agree who may not. */
export const ApprovalRefused = z.object({ ...Names, code: z.string() });
export type ApprovalRefused = z.infer<typeof ApprovalRefused>;

/** Data of `run.abandoned`, version 1: a person leaves what an interrupted run did as it is. */
export const Abandoned = z.object({ ...Names, reason: Digest.nullable() });
export type Abandoned = z.infer<typeof Abandoned>;
