import type { Actor } from '../core/command.ts';
import { Ended, Interrupted, Probed, Refused, Requested, StepFinished, StepStarted } from './run-events.ts';
import type { RunEvent, RunRecord } from './run-record.ts';
import type { StepState } from './run-state.ts';

/** Folds one event into a run. From `run.requested` on, the events alone give the stored state. */
export function evolveRun(run: RunRecord | null, event: RunEvent): RunRecord {
  if (event.type === 'run.requested') return requested(event);
  if (run === null) throw new Error(`${event.type} of ${event.id}, which was never requested`);
  switch (event.type) {
    case 'run.started':
      return { ...run, status: 'running', startedAt: event.at };
    case 'run.step-started':
      return withStep(run, StepStarted.parse(event.data).step, { status: 'running', startedAt: event.at });
    case 'run.step-finished':
      return stepFinished(run, StepFinished.parse(event.data), event.at);
    case 'run.ended': {
      const { status, verdict, summary } = Ended.parse(event.data);
      return { ...skipWaiting(run), status, verdict, summary, endedAt: event.at };
    }
    case 'run.interrupted':
      return interrupted(run, Interrupted.parse(event.data), event.at);
    case 'run.refused':
      return { ...skipWaiting(run), status: 'refused', summary: Refused.parse(event.data).summary, endedAt: event.at };
    case 'run.probed':
      return { ...run, after: Probed.parse(event.data).checks };
    default:
      throw new Error(`${event.type} is no event of a run`);
  }
}

function requested(event: RunEvent): RunRecord {
  const data = Requested.parse(event.data);
  return {
    id: event.id,
    runbook: data.runbook,
    incident: event.incident,
    by: event.actor as Actor,
    status: 'waiting',
    verdict: null,
    plan: data.plan,
    planHash: data.planHash,
    locks: data.locks,
    requestedAt: event.at,
    startedAt: null,
    endedAt: null,
    steps: data.steps.map(({ id, kind }) => ({
      id,
      kind,
      status: 'waiting',
      startedAt: null,
      endedAt: null,
      summary: null,
    })),
    risk: data.risk,
    service: data.service,
    reason: data.reason,
    summary: null,
    before: null,
    after: null,
  };
}

function stepFinished(run: RunRecord, data: StepFinished, at: number): RunRecord {
  const next = withStep(run, data.step, { status: data.status, endedAt: at, summary: data.summary });
  if (data.role === null || data.checks === null) return next;
  return { ...next, [data.role]: data.checks };
}

function interrupted(run: RunRecord, data: Interrupted, at: number): RunRecord {
  const steps = run.steps.map((step): StepState => {
    if (step.status === 'running')
      return { ...step, status: step.id === data.unknown ? 'unknown' : 'skipped', endedAt: at };
    return step.status === 'waiting' ? { ...step, status: 'skipped' } : step;
  });
  return { ...run, steps, status: 'interrupted', summary: data.summary, endedAt: at };
}

function skipWaiting(run: RunRecord): RunRecord {
  const steps = run.steps.map((step): StepState => (step.status === 'waiting' ? { ...step, status: 'skipped' } : step));
  return { ...run, steps };
}

function withStep(run: RunRecord, id: string, change: Partial<StepState>): RunRecord {
  return { ...run, steps: run.steps.map((step) => (step.id === id ? { ...step, ...change } : step)) };
}
