import type { Actor } from '../core/command.ts';
import type { Risk } from '../core/config/config.ts';
import type { Parameters } from './parameters.ts';

/** What would be done, resolved and exact. `hash` covers everything but health and times (DESIGN.md, What nobody else has, 2). */
export interface Plan {
  readonly hash: string;
  readonly runbook: string;
  readonly risk: Risk;
  /** Why that is higher than what the runbook says; absent: it is not. */
  readonly riskBecause?: readonly string[];
  readonly parameters: Parameters;
  readonly targets: readonly PlanTarget[];
  readonly steps: readonly PlannedStep[];
  readonly verify: readonly PlannedStep[];
  readonly needs: {
    readonly approvals: number;
    /** Roles of whoever asks, and of whoever agrees. */
    readonly roles: readonly string[];
    /** Why a second person has to agree, in words. */
    readonly because: readonly string[];
  };
  readonly blockedBy: ReadonlyArray<{ readonly kind: string; readonly reason: string }>;
  /** Step → digest of what it is bound to, so that a later leg can tell whether it changed. */
  readonly bindings: Readonly<Record<string, string>>;
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
  /** For how long it holds, `30m`, after which it is undone by itself; absent: for good. */
  readonly hold?: string;
  /** Under which conditions it is left out, in words; absent: never. */
  readonly when?: string;
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
  /** Only looks. */
  readonly dry: boolean;
  /** The second person's word; null: none is needed. */
  readonly approval: RunApproval | null;
  /** 1, and one more for each time that a person let it go on. */
  readonly leg: number;
  /** What the present leg does. */
  readonly phase: 'steps' | 'undo';
  /** A person wants it to end. */
  readonly stop: { readonly mode: 'after-step' | 'now'; readonly by: Actor } | null;
  /** The step that waits for a person's answer. */
  readonly asks: { readonly step: string; readonly question: string } | null;
  /** Interrupted, and a person has decided to leave it at that. */
  readonly isAbandoned: boolean;
  /** Who let it go on; null while it is in its first leg. */
  readonly goesOnBy: Actor | null;
  /** What fires: the alert name of its incident. */
  readonly cause: string | null;
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
  /** How often it was begun: its first try has the plain key, a later one its number. */
  readonly tries: number;
  /** Targets that are done, of all, when there are several. */
  readonly units: { readonly done: number; readonly of: number } | null;
  /** Digests of JSON: results for later steps, the steps that take it back; of what it printed. */
  readonly results: string | null;
  readonly undo: string | null;
  readonly log: string | null;
  /** Digest of JSON `UndoStep[]`: what makes it so again while a lease holds it; absent: nothing. */
  readonly keep?: string;
  /** The step that this one takes back, the how manieth of those that do; absent: it is no undo. */
  readonly takesBack?: { readonly step: string; readonly index: number; readonly isLast: boolean };
  /** It was taken back. */
  readonly isUndone: boolean;
}

/** Digest of JSON `UndoStep[]`: how what a step did is taken back. */
export interface UndoStep {
  readonly kind: string;
  readonly body: unknown;
  readonly hosts: readonly string[];
}

export interface RunApproval {
  readonly state: 'asked' | 'given' | 'denied' | 'void';
  /** Epoch ms. */
  readonly expiresAt: number;
  readonly by: Actor | null;
  readonly at: number | null;
  readonly breakGlass: boolean;
}
