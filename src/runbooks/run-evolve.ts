import type { Actor } from '../core/command.ts';
import {
  Abandoned,
  ApprovalRefused,
  Approved,
  Asked,
  Continued,
  Ended,
  Interrupted,
  Probed,
  Refused,
  Requested,
  StepFinished,
  StepSkipped,
  StepStarted,
  StopAsked,
  UnitFinished,
} from './run-events.ts';
import type { RunEvent, RunRecord } from './run-record.ts';
import type { RunApproval, StepState } from './run-state.ts';

type Fold = (run: RunRecord, event: RunEvent) => RunRecord;

const FOLDS: Readonly<Record<string, Fold>> = {
  'run.approved': (run, { data, at, actor }) => {
    const { breakGlass } = Approved.parse(data);
    return { ...run, approval: decided(run, { state: 'given', by: actor as Actor, at, breakGlass }) };
  },
  'run.started': (run, { at }) => ({ ...run, status: 'running', startedAt: run.startedAt ?? at }),
  'run.approval-refused': (run, { data }) => {
    ApprovalRefused.parse(data);
    return run;
  },
  'run.continued': (run, event) => continued(run, Continued.parse(event.data), event),
  'run.step-started': (run, { data, at }) => {
    const { step } = StepStarted.parse(data);
    const tries = (run.steps.find(({ id }) => id === step)?.tries ?? 0) + 1;
    return withStep(run, step, { status: 'running', startedAt: at, endedAt: null, tries });
  },
  'run.unit-finished': (run, { data }) => {
    const { step, of, status } = UnitFinished.parse(data);
    const before = run.steps.find(({ id }) => id === step)?.units?.done ?? 0;
    return withStep(run, step, { units: { done: before + (status === 'done' ? 1 : 0), of } });
  },
  'run.step-finished': (run, { data, at }) => stepFinished(run, StepFinished.parse(data), at),
  'run.step-skipped': (run, { data, at }) => {
    const { step, summary } = StepSkipped.parse(data);
    return withStep(run, step, { status: 'skipped', endedAt: at, summary });
  },
  'run.asked': (run, { data }) => {
    const { step, question } = Asked.parse(data);
    return { ...run, status: 'waiting', asks: { step, question } };
  },
  'run.stop-asked': (run, { data, actor }) => ({
    ...run,
    stop: { mode: StopAsked.parse(data).mode, by: actor as Actor },
  }),
  'run.ended': (run, { data, at }) => {
    const { status, verdict, summary } = Ended.parse(data);
    return { ...skipWaiting(run), status, verdict, summary, stop: null, endedAt: at };
  },
  'run.interrupted': (run, { data, at }) => interrupted(run, Interrupted.parse(data), at),
  'run.refused': (run, { data, at, actor }) => refused(run, Refused.parse(data), at, actor),
  'run.probed': (run, { data }) => ({ ...run, after: Probed.parse(data).checks }),
  'run.abandoned': (run, { data }) => {
    Abandoned.parse(data);
    return { ...run, isAbandoned: true };
  },
};

/** Folds one event into a run. From `run.requested` on, the events alone give the stored state. */
export function evolveRun(run: RunRecord | null, event: RunEvent): RunRecord {
  if (event.type === 'run.requested') return requested(event);
  if (run === null) throw new Error(`${event.type} of ${event.id}, which was never requested`);
  const fold = FOLDS[event.type];
  if (fold === undefined) throw new Error(`${event.type} is no event of a run`);
  return fold(run, event);
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
    dry: data.dry,
    approval:
      data.approvals === 0
        ? null
        : { state: 'asked', expiresAt: data.expiresAt ?? event.at, by: null, at: null, breakGlass: false },
    leg: 1,
    phase: 'steps',
    stop: null,
    asks: null,
    isAbandoned: false,
    goesOnBy: null,
    cause: data.cause,
    locks: data.locks,
    requestedAt: event.at,
    startedAt: null,
    endedAt: null,
    steps: data.steps.map(({ id, kind }) => newStep(id, kind)),
    risk: data.risk,
    service: data.service,
    reason: data.reason,
    summary: null,
    before: null,
    after: null,
  };
}

function newStep(id: string, kind: string): StepState {
  const times = { startedAt: null, endedAt: null, tries: 0, units: null };
  const digests = { summary: null, results: null, undo: null, log: null };
  return { id, kind, status: 'waiting', ...times, ...digests, isUndone: false };
}

function continued(run: RunRecord, data: Continued, { at, actor }: RunEvent): RunRecord {
  const steps = run.steps.map((step): StepState => {
    if (step.id === data.step && data.how === 'resumed') return { ...step, status: 'waiting', units: null };
    if (step.id === data.step && data.how === 'answered') {
      return { ...step, status: 'done', startedAt: step.startedAt ?? at, endedAt: at, results: data.results };
    }
    if (step.id === data.step) return { ...step, status: 'skipped', endedAt: at };
    return data.how !== 'undoing' && wasNeverReached(step) ? { ...step, status: 'waiting' } : step;
  });
  const added = data.steps.map(({ id, kind, takesBack }): StepState => {
    return { ...newStep(id, kind), ...(takesBack === null ? {} : { takesBack }) };
  });
  return {
    ...run,
    status: 'waiting',
    leg: data.leg,
    goesOnBy: actor as Actor,
    phase: data.how === 'undoing' ? 'undo' : run.phase,
    steps: [...steps, ...added],
    asks: null,
    stop: null,
    summary: null,
    endedAt: null,
  };
}

/** Left out because the run ended before, not by a condition. */
function wasNeverReached({ status, startedAt, summary }: StepState): boolean {
  return status === 'skipped' && startedAt === null && summary === null;
}

function stepFinished(run: RunRecord, data: StepFinished, at: number): RunRecord {
  const { status, summary, results, undo, keep, log } = data;
  const kept = keep === null ? {} : { keep };
  const own = withStep(run, data.step, { status, endedAt: at, summary, results, undo, ...kept, log });
  const takesBack = own.steps.find(({ id }) => id === data.step)?.takesBack;
  const isUndone = takesBack?.isLast === true && status === 'done';
  const next = isUndone ? withStep(own, takesBack.step, { isUndone: true }) : own;
  if (data.role === null || data.checks === null) return next;
  return { ...next, [data.role]: data.checks };
}

function interrupted(run: RunRecord, data: Interrupted, at: number): RunRecord {
  const steps = run.steps.map((step): StepState => {
    if (step.status === 'running' && step.id === data.unknown) return { ...step, status: 'unknown', endedAt: at };
    // what only looked may look again when the run goes on
    if (step.status === 'running') return { ...step, status: 'skipped', startedAt: null };
    return step.status === 'waiting' ? { ...step, status: 'skipped' } : step;
  });
  return { ...run, steps, status: 'interrupted', summary: data.summary, stop: null, asks: null, endedAt: at };
}

function refused(run: RunRecord, data: Refused, at: number, actor: string): RunRecord {
  const state = data.code === 'DENIED' ? 'denied' : 'void';
  const by = data.code === 'DENIED' ? (actor as Actor) : null;
  const isOpen = run.approval?.state === 'asked';
  const approval = isOpen ? decided(run, { state, by, at, breakGlass: false }) : run.approval;
  return { ...skipWaiting(run), status: 'refused', summary: data.summary, approval, endedAt: at };
}

function decided(run: RunRecord, word: Omit<RunApproval, 'expiresAt'>): RunApproval | null {
  return run.approval === null ? null : { ...run.approval, ...word };
}

function skipWaiting(run: RunRecord): RunRecord {
  const steps = run.steps.map((step): StepState => (step.status === 'waiting' ? { ...step, status: 'skipped' } : step));
  return { ...run, steps };
}

function withStep(run: RunRecord, id: string, change: Partial<StepState>): RunRecord {
  return { ...run, steps: run.steps.map((step) => (step.id === id ? { ...step, ...change } : step)) };
}
