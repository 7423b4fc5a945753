import type { Clock } from '../core/clock.ts';
import type { Actor } from '../core/command.ts';
import type { Risk } from '../core/config/config.ts';
import { formatDuration } from '../core/duration.ts';
import { OpsError } from '../core/errors.ts';
import { type PlanDeps, type ResolvedPlan, resolvePlan } from './plan.ts';
import type { ResolvedStep } from './plan-steps.ts';
import type { MayRun } from './request.ts';
import { rightToRun } from './right-to-run.ts';
import type { RunLog } from './run-log.ts';
import type { RunRecord } from './run-record.ts';
import type { Plan } from './run-state.ts';

export type StartCheck =
  | { readonly kind: 'ready'; readonly resolved: ResolvedPlan }
  | { readonly kind: 'refused'; readonly code: string; readonly reason: string };

/** Whether somebody may be the second person of a run now; asked at their word and again at the start. */
export type MayApprove = (
  actor: Actor,
  run: {
    readonly risk: Risk;
    readonly service: string | null;
    readonly incident: string | null;
    readonly locks: readonly string[];
  },
) => Promise<{ readonly allowed: boolean; readonly reason: string }>;

export interface StartCheckDeps {
  readonly log: Pick<RunLog, 'json'>;
  readonly clock: Clock;
  readonly planDeps: PlanDeps;
  readonly mayRun: MayRun;
  readonly mayApprove: MayApprove;
}

/** What was asked for (or agreed to) longer ago is not what anybody wants now: the bot was away in between. */
const START_WITHIN_MS = 10 * 60_000;

/**
 * Everything that was checked at the request, checked again at the start (FAULTS.md, C 42 and 44): who asked, and who
 * agreed, may have lost the right, and a target may have been made anew under the same name. What cannot be checked is
 * not run.
 */
export function checkStart(run: RunRecord, deps: StartCheckDeps): Promise<StartCheck> {
  return orRefused(() => checkAll(run, deps));
}

/** What a further leg needs: whoever let it go on may, and the steps to come are what they were. */
export function checkFurtherLeg(run: RunRecord, deps: StartCheckDeps): Promise<StartCheck> {
  return orRefused(async () => {
    const right = await rightToRun(run.goesOnBy ?? run.by, run, deps);
    if (!right.allowed) return refusedAs('NOT_ALLOWED', right.reason);
    const plan = await deps.log.json<Plan>(run.plan);
    if (plan === null) return refusedAs('PLAN_GONE', 'its plan is not stored any more');
    const resolved = await planAgain(run, plan, deps.planDeps);
    const toCome = resolved.steps.filter((step) => isToCome(run, step));
    const block = toCome.flatMap(({ prepared }) => prepared.blockedBy)[0];
    if (block !== undefined) return refusedAs('RUN_BLOCKED', block.reason);
    const changed = changedByRun(run, resolved);
    const moved = toCome.find(
      (step) => !step.prepared.changes.some((name) => changed.has(name)) && hasMoved(step, plan),
    );
    if (moved === undefined) return { kind: 'ready', resolved };
    return refusedAs('PLAN_CHANGED', `what ${moved.config.id} would act on changed meanwhile; plan it anew`);
  });
}

async function orRefused(check: () => Promise<StartCheck>): Promise<StartCheck> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof OpsError) || error.family === 'bug') throw error;
    return refusedAs(error.code, `${error.message} ${error.remedy}`);
  }
}

async function checkAll(run: RunRecord, deps: StartCheckDeps): Promise<StartCheck> {
  const ageMs = deps.clock.now() - (run.approval?.at ?? run.requestedAt);
  if (ageMs > START_WITHIN_MS) {
    const age = formatDuration(ageMs / 1000);
    return refusedAs('TOO_LATE', `it was asked for ${age} ago; ask again if it is still wanted`);
  }
  const right = await rightToRun(run.by, run, deps);
  if (!right.allowed) return refusedAs('NOT_ALLOWED', right.reason);
  const agreed = await mayStillAgree(run, deps);
  if (!agreed.allowed) return refusedAs('APPROVER_NOT_ALLOWED', agreed.reason);
  const plan = await deps.log.json<Plan>(run.plan);
  if (plan === null) return refusedAs('PLAN_GONE', 'its plan is not stored any more');
  const resolved = await planAgain(run, plan, deps.planDeps);
  const block = run.dry ? undefined : resolved.plan.blockedBy.find(({ kind }) => kind !== 'running');
  if (block !== undefined) return refusedAs('RUN_BLOCKED', block.reason);
  const { approvals, because } = resolved.plan.needs;
  if (approvals > 0 && run.approval === null && !run.dry) {
    return refusedAs('NEEDS_APPROVAL', `it needs a second person by now: ${because.join('; ')}`);
  }
  if (resolved.plan.hash === run.planHash) return { kind: 'ready', resolved };
  return refusedAs('PLAN_CHANGED', 'what it would act on changed since it was asked for; look at the new plan');
}

async function mayStillAgree(run: RunRecord, { mayApprove }: StartCheckDeps) {
  const { approval } = run;
  if (approval === null || approval.by === null || approval.breakGlass) return { allowed: true, reason: '' };
  return mayApprove(approval.by, run);
}

function planAgain(run: RunRecord, { runbook, parameters }: Plan, planDeps: PlanDeps): Promise<ResolvedPlan> {
  return resolvePlan({ runbook, parameters, incident: run.incident }, planDeps);
}

function isToCome(run: RunRecord, { config }: ResolvedStep): boolean {
  return run.steps.find(({ id }) => id === config.id)?.status === 'waiting';
}

/** What this run itself has changed: it is not what it was, and need not be. */
function changedByRun(run: RunRecord, { steps }: ResolvedPlan): ReadonlySet<string> {
  const begun = steps.filter(({ config }) => (run.steps.find(({ id }) => id === config.id)?.tries ?? 0) > 0);
  return new Set(begun.flatMap(({ prepared }) => prepared.changes));
}

function hasMoved({ config, binding }: ResolvedStep, plan: Plan): boolean {
  return plan.bindings[config.id] !== binding;
}

function refusedAs(code: string, reason: string): StartCheck {
  return { kind: 'refused', code, reason };
}
