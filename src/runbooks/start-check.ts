import type { Clock } from '../core/clock.ts';
import { formatDuration } from '../core/duration.ts';
import { OpsError } from '../core/errors.ts';
import type { Journal } from '../journal/port.ts';
import { type PlanDeps, type ResolvedPlan, resolvePlan } from './plan.ts';
import type { MayRun } from './request.ts';
import type { RunRecord } from './run-record.ts';
import type { Plan } from './run-state.ts';

export type StartCheck =
  | { readonly kind: 'ready'; readonly resolved: ResolvedPlan }
  | { readonly kind: 'refused'; readonly code: string; readonly reason: string };

/** What was asked for longer ago is not what anybody wants now: the bot was away in between. */
const START_WITHIN_MS = 10 * 60_000;

/**
 * Everything that was checked at the request, checked again at the start (FAULTS.md, C 42 and 44): who asked may have
 * lost the right, and a target may have been made anew under the same name. What cannot be checked is not run.
 */
export async function checkStart(run: RunRecord, deps: StartCheckDeps): Promise<StartCheck> {
  try {
    return await checkAll(run, deps);
  } catch (error) {
    if (!(error instanceof OpsError) || error.family === 'bug') throw error;
    return refusedAs(error.code, `${error.message} ${error.remedy}`);
  }
}

export interface StartCheckDeps {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly planDeps: PlanDeps;
  readonly mayRun: MayRun;
}

async function checkAll(run: RunRecord, deps: StartCheckDeps): Promise<StartCheck> {
  const ageMs = deps.clock.now() - run.requestedAt;
  if (ageMs > START_WITHIN_MS) {
    const age = formatDuration(ageMs / 1000);
    return refusedAs('TOO_LATE', `it was asked for ${age} ago; ask again if it is still wanted`);
  }
  const right = await deps.mayRun(run.by, run.risk, run.service);
  if (!right.allowed) return refusedAs('NOT_ALLOWED', right.reason);
  const text = await deps.journal.payload(run.plan);
  if (text === null) return refusedAs('PLAN_GONE', 'its plan is not stored any more');
  return planAgain(run, JSON.parse(text) as Plan, deps.planDeps);
}

async function planAgain(run: RunRecord, { runbook, parameters }: Plan, planDeps: PlanDeps): Promise<StartCheck> {
  const resolved = await resolvePlan({ runbook, parameters, incident: run.incident }, planDeps);
  const block = resolved.plan.blockedBy.find(({ kind }) => kind !== 'running');
  if (block !== undefined) return refusedAs('RUN_BLOCKED', block.reason);
  if (resolved.plan.hash === run.planHash) return { kind: 'ready', resolved };
  return refusedAs('PLAN_CHANGED', 'what it would act on changed since it was asked for; look at the new plan');
}

function refusedAs(code: string, reason: string): StartCheck {
  return { kind: 'refused', code, reason };
}
