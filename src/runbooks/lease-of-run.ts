import type { ConfigSource } from '../core/config/config.ts';
import type { CheckResult } from '../probes/check.ts';
import type { LeasePart } from './lease/change-lease.ts';
import type { Reversal } from './lease/end.ts';
import type { Leases } from './lease/leases.ts';
import type { FollowRun } from './run-log.ts';
import { isUnfinished, type RunRecord } from './run-record.ts';
import type { TakeLease } from './run-step.ts';
import { isProven } from './verdict.ts';

const NOTHING: LeasePart = { aggregates: [], timers: [], effects: [], payloads: new Map() };

/** Leases begin to end with the undo of their steps, and have ended with its end, in the transactions of the run. */
export function followLeases(leases: () => Pick<Leases, 'begin' | 'end'>): FollowRun {
  return async (before, after, { at, actor, checks, summary }) => {
    const steps = undoneBy(after);
    if (after.phase !== 'undo' || steps.length === 0) return NOTHING;
    const ending = { run: after.id, steps, how: actor === 'auto' ? 'expired' : 'undone', at, actor } as const;
    if (before.leg !== after.leg && isUnfinished(after)) return leases().begin(ending);
    if (!isUnfinished(before) || isUnfinished(after)) return NOTHING;
    return leases().end(ending, reversalOf(after, checks, summary));
  };
}

/** What the engine puts into the transaction that records the end of a step which holds. */
export function takeLeaseOf(leases: () => Pick<Leases, 'take'>, config: ConfigSource, now: () => number): TakeLease {
  return async ({ run, step, seconds, hosts, what }) => {
    const at = now();
    const longest = longestHold(run, config);
    const { runbook, risk, incident, by, service } = run;
    const taken = { run: run.id, runbook, risk, incident, by, step, service, hosts, what, until: at + seconds * 1000 };
    return leases().take({ ...taken, limitSeconds: longest }, at);
  };
}

/** The longest that a duration of the runbook may be; null: it does not say. */
function longestHold({ runbook }: RunRecord, config: ConfigSource): number | null {
  const parameters = Object.values(config.current().runbooks[runbook]?.parameters ?? {});
  return parameters.find(({ type, max }) => type === 'duration' && max !== null)?.max ?? null;
}

/** Steps that the present leg takes back. */
function undoneBy({ steps }: RunRecord): string[] {
  return [...new Set(steps.flatMap(({ takesBack }) => (takesBack === undefined ? [] : [takesBack.step])))];
}

function reversalOf(run: RunRecord, checks: readonly CheckResult[], summary: string): Reversal {
  if (run.status === 'undone') return { kind: 'reverted', proved: checks.length > 0 && isProven(checks), summary };
  return { kind: 'not-reverted', mayRetry: run.status === 'failed', summary };
}
