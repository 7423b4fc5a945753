import type { NewEvent } from '../journal/port.ts';
import type {
  ApprovalRefused,
  Approved,
  Asked,
  Continued,
  Ended,
  Refused,
  Requested,
  StepFinished,
  StepSkipped,
  StopAsked,
  UnitFinished,
} from './run-events.ts';
import { isUnfinished, type RunRecord } from './run-record.ts';
import type { StepState } from './run-state.ts';

type Data<T> = Omit<T, 'runbook' | 'service'>;

/** What may be asked of the run machine. Digests only: texts travel beside the events. */
export type RunCommand =
  | ({ readonly kind: 'request' } & Requested)
  | ({ readonly kind: 'approve' } & Data<Approved>)
  | ({ readonly kind: 'refuse-approval' } & Data<ApprovalRefused>)
  | { readonly kind: 'start' }
  | ({ readonly kind: 'continue' } & Omit<Data<Continued>, 'leg'>)
  | { readonly kind: 'start-step'; readonly step: string }
  | ({ readonly kind: 'finish-unit' } & UnitFinished)
  | ({ readonly kind: 'finish-step' } & StepFinished)
  | ({ readonly kind: 'skip-step' } & StepSkipped)
  | ({ readonly kind: 'ask' } & Data<Asked>)
  | ({ readonly kind: 'stop' } & Data<StopAsked>)
  | {
      readonly kind: 'end';
      readonly status: Ended['status'];
      readonly verdict: Ended['verdict'];
      readonly summary: string;
      readonly at: number;
    }
  | { readonly kind: 'interrupt'; readonly mutating: readonly string[]; readonly summary: string }
  | { readonly kind: 'refuse'; readonly code: Refused['code']; readonly summary: string }
  | { readonly kind: 'probed'; readonly checks: string; readonly summary: string }
  | { readonly kind: 'abandon'; readonly reason: string | null };

/** What a command came to: events to append, or the named reason why not. */
export type RunDecision =
  | { readonly kind: 'events'; readonly events: readonly NewEvent[] }
  | { readonly kind: 'impossible'; readonly reason: string };

/**
 * Decides one command on a run: waiting → running → succeeded | failed | interrupted | undone, or waiting → refused.
 * A run that needs a second person waits without its targets until one agreed. A step starts only when the run is
 * under way, no other step is, and it has not been done: nothing runs twice unless a person says so (`continue`).
 */
export function decideRun(run: RunRecord | null, command: RunCommand): RunDecision {
  if (command.kind === 'request') return run === null ? request(command) : impossible('exists already');
  if (run === null) return impossible('does not exist');
  const { kind, ...data } = command;
  const named = { runbook: run.runbook, service: run.service, ...data };
  switch (command.kind) {
    case 'approve':
      return isAwaitingApproval(run) ? events('run.approved', named) : impossible(approvalWords(run));
    case 'refuse-approval':
      return isAwaitingApproval(run) ? events('run.approval-refused', named) : impossible(approvalWords(run));
    case 'start':
      return mayStart(run) ? events('run.started', named) : impossible(`is ${run.status}`);
    case 'continue':
      return goOn(run, command, named);
    case 'start-step':
      return startStep(run, command.step);
    case 'finish-unit':
    case 'finish-step':
      return stepUnderWay(run)?.id === command.step && run.status === 'running'
        ? events(kind === 'finish-unit' ? 'run.unit-finished' : 'run.step-finished', data)
        : impossible(`step ${command.step} is not under way`);
    case 'skip-step':
      return stepOf(run, command.step)?.status === 'waiting' && run.status === 'running'
        ? events('run.step-skipped', data)
        : impossible(`step ${command.step} is not to come`);
    case 'ask':
      return isBetweenSteps(run) ? events('run.asked', named) : impossible('is not between two steps');
    case 'stop':
      return stop(run, named);
    case 'end':
      return end(run, command);
    case 'interrupt':
      return interrupt(run, command);
    case 'refuse':
      return run.status === 'waiting' && run.startedAt === null
        ? events('run.refused', named)
        : impossible(`is ${run.status}`);
    case 'probed':
      return run.status === 'interrupted' ? events('run.probed', named) : impossible(`is ${run.status}`);
    case 'abandon':
      return run.status === 'interrupted' && !run.isAbandoned
        ? events('run.abandoned', named)
        : impossible(run.isAbandoned ? 'is left as it is already' : `is ${run.status}`);
    default:
      return command satisfies never;
  }
}

/** Whether a second person has still to agree. */
export function isAwaitingApproval(run: RunRecord): boolean {
  return run.status === 'waiting' && run.approval?.state === 'asked';
}

/** The step between its two events, if any. */
export function stepUnderWay(run: RunRecord): StepState | null {
  return run.steps.find((step) => step.status === 'running') ?? null;
}

/** Steps whose doing can be taken back now, in the order in which they were done. */
export function undoableSteps(run: RunRecord): StepState[] {
  return run.steps.filter(({ undo, isUndone, takesBack }) => undo !== null && !isUndone && takesBack === undefined);
}

function request({ kind: _kind, ...data }: { kind: 'request' } & Requested): RunDecision {
  return events('run.requested', data);
}

function approvalWords(run: RunRecord): string {
  if (run.approval === null) return 'needs nobody to agree';
  return run.status === 'waiting' ? `is ${run.approval.state} already` : `is ${run.status}`;
}

/** The first leg starts once, when nobody has to agree or somebody did; a further one was let go on by a person. */
function mayStart(run: RunRecord): boolean {
  return run.status === 'waiting' && run.asks === null && !isAwaitingApproval(run);
}

function goOn(run: RunRecord, command: Extract<RunCommand, { kind: 'continue' }>, data: NewEvent['data']): RunDecision {
  const next = (): RunDecision => events('run.continued', { ...data, leg: run.leg + 1 });
  if (command.how === 'answered') return run.asks?.step === command.step ? next() : impossible('waits for no answer');
  if (command.how === 'undoing') {
    const mayUndo = ['succeeded', 'failed', 'interrupted', 'undone'].includes(run.status);
    const isUnderWay = run.status === 'running' && isBetweenSteps(run);
    return mayUndo || isUnderWay ? next() : impossible(`is ${run.status}`);
  }
  if (run.status !== 'interrupted') return impossible(`is ${run.status}`);
  return run.isAbandoned ? impossible('was left as it is') : next();
}

function startStep(run: RunRecord, id: string): RunDecision {
  if (run.status !== 'running') return impossible(`is ${run.status}`);
  const step = stepOf(run, id);
  if (step === null) return impossible(`has no step ${id}`);
  if (step.status !== 'waiting') return impossible(`step ${id} is ${step.status}`);
  if (stepUnderWay(run) !== null) return impossible('another step is under way');
  return events('run.step-started', { step: id });
}

function stop(run: RunRecord, data: NewEvent['data']): RunDecision {
  if (run.status === 'running') {
    const isSame = run.stop?.mode === data.mode || run.stop?.mode === 'now';
    return isSame ? impossible('is being stopped already') : events('run.stop-asked', data);
  }
  return impossible(`is ${run.status}`);
}

function end(run: RunRecord, command: Extract<RunCommand, { kind: 'end' }>): RunDecision {
  if (!isBetweenSteps(run)) return impossible('is not between two steps');
  return events('run.ended', {
    runbook: run.runbook,
    service: run.service,
    status: command.status,
    verdict: command.verdict,
    seconds: Math.max(0, Math.round((command.at - (run.startedAt ?? command.at)) / 100) / 10),
    summary: command.summary,
  });
}

function interrupt(run: RunRecord, command: Extract<RunCommand, { kind: 'interrupt' }>): RunDecision {
  if (!isUnfinished(run)) return impossible(`is ${run.status}`);
  const step = stepUnderWay(run);
  const unknown = step !== null && command.mutating.includes(step.id) ? step.id : null;
  return events('run.interrupted', { runbook: run.runbook, service: run.service, unknown, summary: command.summary });
}

function isBetweenSteps(run: RunRecord): boolean {
  return run.status === 'running' && stepUnderWay(run) === null;
}

function stepOf(run: RunRecord, id: string): StepState | null {
  return run.steps.find((each) => each.id === id) ?? null;
}

function events(type: string, data: NewEvent['data']): RunDecision {
  return { kind: 'events', events: [{ type, v: 1, data }] };
}

function impossible(reason: string): RunDecision {
  return { kind: 'impossible', reason };
}
