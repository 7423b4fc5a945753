import type { Plan } from './run-state.ts';
import type { RunStepView, RunView } from './views.ts';

/** A run as `runs --json` prints it (DESIGN.md, Contracts): times ISO 8601 UTC, durations in seconds. */
export function runJson(run: RunView) {
  return {
    id: run.id,
    runbook: run.runbook,
    status: run.status,
    verdict: run.verdict,
    by: run.by,
    approvedBy: run.approval?.state === 'given' ? run.approval.by : null,
    startedAt: isoTime(run.startedAt),
    endedAt: isoTime(run.endedAt),
    steps: run.steps.map(stepJson),
    requestedAt: isoTime(run.requestedAt),
    incident: run.incident,
    service: run.service,
    summary: run.summary,
    reason: run.reason,
    dryRun: run.dry,
    planHash: run.planHash,
    approval:
      run.approval === null
        ? null
        : {
            state: run.approval.state,
            expiresAt: isoTime(run.approval.expiresAt),
            breakGlass: run.approval.breakGlass,
          },
    waitsFor: run.asks === null ? null : { step: run.asks.step, question: run.asks.question },
    mayUndo: run.mayUndo,
  };
}

/** A plan as `runbook plan --json` prints it (DESIGN.md, Contracts). */
export function planJson(plan: Plan) {
  const step = ({ id, kind, target, call, effect, undo, mutates, hold, when }: Plan['steps'][number]) => ({
    ...{ id, kind, target, call, effect, undo, mutates },
    ...(hold === undefined ? {} : { hold }),
    ...(when === undefined ? {} : { when }),
  });
  return {
    hash: plan.hash,
    runbook: plan.runbook,
    risk: plan.risk,
    ...(plan.riskBecause === undefined ? {} : { riskBecause: plan.riskBecause }),
    parameters: plan.parameters,
    targets: plan.targets,
    steps: plan.steps.map(step),
    verify: plan.verify.map(step),
    needs: plan.needs,
    blockedBy: plan.blockedBy,
  };
}

function stepJson(step: RunStepView) {
  const { startedAt, endedAt } = step;
  const seconds = startedAt === null || endedAt === null ? null : Math.max(0, endedAt - startedAt) / 1000;
  return {
    id: step.id,
    status: step.status,
    seconds,
    summary: step.summary,
    kind: step.kind,
    ...(step.units === null ? {} : { targets: step.units }),
  };
}

function isoTime(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
