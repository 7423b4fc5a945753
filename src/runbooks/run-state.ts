import type { Actor } from '../core/command.ts';
import type { Risk } from '../core/config/config.ts';

/** What would be done, resolved and exact. `hash` covers everything but health and times (DESIGN.md, What nobody else has, 2). */
export interface Plan {
  readonly hash: string;
  readonly runbook: string;
  readonly risk: Risk;
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly targets: readonly PlanTarget[];
  readonly steps: readonly PlannedStep[];
  readonly verify: readonly PlannedStep[];
  readonly needs: { readonly approvals: number; readonly roles: readonly string[] };
  readonly blockedBy: ReadonlyArray<{ readonly kind: string; readonly reason: string }>;
}
export interface PlanTarget {
  readonly host: string;
  readonly service: string;
  /** Immutable: the container id, or the argv's digest for a command service. */
  readonly id: string;
}
export interface PlannedStep {
  readonly id: string;
  readonly kind: string;
  /** Host, service or probe it acts on, for people. */
  readonly target: string;
  /** The exact call or argv, for people. */
  readonly call: string;
  /** What is expected to happen. */
  readonly effect: string;
  /** What would undo it; null: nothing can. */
  readonly undo: string | null;
  readonly mutates: boolean;
}

export type RunStatus = 'waiting' | 'running' | 'succeeded' | 'failed' | 'interrupted' | 'undone' | 'refused';
export type StepStatus = 'waiting' | 'running' | 'done' | 'failed' | 'unknown' | 'skipped';
export type Verdict = 'fixed' | 'no-effect' | 'worse';

/** The run aggregate. */
export interface RunState {
  readonly id: string;
  readonly runbook: string;
  readonly incident: string | null;
  readonly by: Actor;
  readonly status: RunStatus;
  readonly verdict: Verdict | null;
  /** Digest of the plan as JSON. */
  readonly plan: string;
  readonly planHash: string;
  /** `host/service` the run changes: at most one run at a time holds each. */
  readonly locks: readonly string[];
  readonly requestedAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly steps: readonly StepState[];
}
export interface StepState {
  readonly id: string;
  readonly kind: string;
  readonly status: StepStatus;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** Digest of one line of plain text. */
  readonly summary: string | null;
}
