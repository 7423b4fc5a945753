import type { ConfigSource } from '../core/config/config.ts';
import { joinParts, type LeasePart } from './lease/change-lease.ts';
import type { Leases } from './lease/leases.ts';
import type { FollowRun } from './run-log.ts';
import { isUnfinished, type RunRecord } from './run-record.ts';
import type { TakeLease } from './run-step.ts';
import { stepsOfLatestUndo } from './undo-step-id.ts';
import { isProven } from './verdict.ts';

const NOTHING: LeasePart = { aggregates: [], timers: [], effects: [], payloads: new Map() };

/**
 * Leases begin to end with the undo of their steps, and have ended with its end, in the transactions of the run. What an
 * earlier undo was to take back is its own matter: a lease has ended only if its own step is taken back.
 */
export function followLeases(leases: () => Pick<Leases, 'begin' | 'end'>): FollowRun {
  return async (before, after, { at, actor, checks, summary }) => {
    const steps = stepsOfLatestUndo(after.steps);
    if (after.phase !== 'undo' || steps.length === 0) return NOTHING;
    const ending = { run: after.id, how: actor === 'auto' ? 'expired' : 'undone', at, actor } as const;
    if (before.leg !== after.leg && isUnfinished(after)) return leases().begin({ ...ending, steps });
    if (!isUnfinished(before) || isUnfinished(after)) return NOTHING;
    const isUndone = (id: string) => after.steps.find((step) => step.id === id)?.isUndone === true;
    const proved = after.status === 'undone' && checks.length > 0 && isProven(checks);
    const reverted = { kind: 'reverted', proved, summary } as const;
    const notReverted = { kind: 'not-reverted', mayRetry: after.status === 'failed', summary } as const;
    return joinParts([
      await leases().end({ ...ending, steps: steps.filter(isUndone) }, reverted),
      await leases().end({ ...ending, steps: steps.filter((id) => !isUndone(id)) }, notReverted),
    ]);
  };
}

/** What the engine puts into the transaction that records the end of a step which holds. */
export function takeLeaseOf(leases: () => Pick<Leases, 'take'>, config: ConfigSource): TakeLease {
  return async ({ run, step, seconds, hosts, what, at }) => {
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
