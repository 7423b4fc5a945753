import type { Risk } from '../../core/config/config.ts';

/** Aggregate kind of leases; the id is `LEASE-<n>`. */
export const LEASE = 'lease';

/** Why a lease comes to its end: its time, a person before it, the undo of its run, or a person who gave it up. */
export const LEASE_ENDS = ['expired', 'lifted', 'undone', 'abandoned'] as const;
export type LeaseEnd = (typeof LEASE_ENDS)[number];

/**
 * active → ending → ended, or ending → failed: not reverted, people were told. `failed` ends when somebody undoes it or
 * gives it up.
 */
export type LeaseStatus = 'active' | 'ending' | 'ended' | 'failed';

/**
 * How far the reversal is. `asking`: the engine is being asked; `busy`: another run holds the target; `reverting`: the
 * engine does it; `resting`: a try failed and the next is due.
 */
export type LeasePhase = 'asking' | 'busy' | 'reverting' | 'resting';

/** The lease aggregate: a change of one step that is held until a time. Texts are payloads by digest. */
export interface LeaseState {
  readonly id: string;
  /** `RUN-<n>` that made the change. */
  readonly run: string;
  readonly runbook: string;
  readonly risk: Risk;
  readonly step: string;
  readonly service: string | null;
  readonly hosts: readonly string[];
  readonly incident: string | null;
  /** Digest of what is held, one line. */
  readonly what: string;
  readonly by: string;
  readonly takenAt: number;
  /** When its present time began: taken, or renewed last. */
  readonly since: number;
  readonly until: number;
  /** The latest end that renewing may reach. */
  readonly limit: number;
  readonly status: LeaseStatus;
  /** Null while it is active. */
  readonly how: LeaseEnd | null;
  /** Null unless it is ending. */
  readonly phase: LeasePhase | null;
  /** Reversals that were tried and failed. */
  readonly tries: number;
  /** Whether the verification said that it is reverted; null until it has ended. */
  readonly proved: boolean | null;
  /** Digest of one line: what the last reversal came to. */
  readonly summary: string | null;
  readonly endedAt: number | null;
}

/** The key while it is not over: one lease for each step of a run. */
export function leaseKey({ run, step }: Pick<LeaseState, 'run' | 'step'>): string {
  return `${run}/${step}`;
}
