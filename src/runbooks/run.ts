import type { NewEvent } from '../journal/port.ts';
import type { Ended, Refused, Requested, StepFinished } from './run-events.ts';
import { isUnfinished, type RunRecord } from './run-record.ts';
import type { StepState } from './run-state.ts';

/** What may be asked of the run machine. Digests only: texts travel beside the events. */
export type RunCommand =
  | ({ readonly kind: 'request' } & Requested)
  | { readonly kind: 'start' }
  | { readonly kind: 'start-step'; readonly step: string }
  | ({ readonly kind: 'finish-step' } & StepFinished)
  | {
      readonly kind: 'end';
      readonly status: Ended['status'];
      readonly verdict: Ended['verdict'];
      readonly summary: string;
      readonly at: number;
    }
  | { readonly kind: 'interrupt'; readonly mutating: readonly string[]; readonly summary: string }
  | { readonly kind: 'refuse'; readonly code: Refused['code']; readonly summary: string }
  | { readonly kind: 'probed'; readonly checks: string; readonly summary: string };

/** What a command came to: events to append, or the named reason why not. */
export type RunDecision =
  | { readonly kind: 'events'; readonly events: readonly NewEvent[] }
  | { readonly kind: 'impossible'; readonly reason: string };

/**
 * Decides one command on a run: waiting → running → succeeded | failed | interrupted, or waiting → refused. A step
 * starts only when the run is under way, no other step is, and it has never started before: nothing runs twice.
 */
export function decideRun(run: RunRecord | null, command: RunCommand): RunDecision {
  if (command.kind === 'request') return run === null ? request(command) : impossible('exists already');
  if (run === null) return impossible('does not exist');
  const names = { runbook: run.runbook, service: run.service };
  switch (command.kind) {
    case 'start':
      return run.status === 'waiting' ? events('run.started', names) : impossible(`is ${run.status}`);
    case 'start-step':
      return startStep(run, command.step);
    case 'finish-step':
      return finishStep(run, command);
    case 'end':
      return end(run, command);
    case 'interrupt':
      return interrupt(run, command);
    case 'refuse':
      return run.status === 'waiting'
        ? events('run.refused', { ...names, code: command.code, summary: command.summary })
        : impossible(`is ${run.status}`);
    case 'probed':
      return run.status === 'interrupted'
        ? events('run.probed', { ...names, checks: command.checks, summary: command.summary })
        : impossible(`is ${run.status}`);
    default:
      return command satisfies never;
  }
}

function request({ kind: _kind, ...data }: { kind: 'request' } & Requested): RunDecision {
  return events('run.requested', data);
}

function startStep(run: RunRecord, id: string): RunDecision {
  if (run.status !== 'running') return impossible(`is ${run.status}`);
  const step = run.steps.find((each) => each.id === id);
  if (step === undefined) return impossible(`has no step ${id}`);
  if (step.status !== 'waiting') return impossible(`step ${id} is ${step.status}`);
  if (stepUnderWay(run) !== null) return impossible('another step is under way');
  return events('run.step-started', { step: id });
}

function finishStep(run: RunRecord, { kind: _kind, ...data }: { kind: 'finish-step' } & StepFinished): RunDecision {
  if (run.status !== 'running') return impossible(`is ${run.status}`);
  if (stepUnderWay(run)?.id !== data.step) return impossible(`step ${data.step} is not under way`);
  return events('run.step-finished', data);
}

function end(run: RunRecord, command: Extract<RunCommand, { kind: 'end' }>): RunDecision {
  if (run.status !== 'running' || stepUnderWay(run) !== null) return impossible('is not between two steps');
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

/** The step between its two events, if any. */
export function stepUnderWay(run: RunRecord): StepState | null {
  return run.steps.find((step) => step.status === 'running') ?? null;
}

function events(type: string, data: NewEvent['data']): RunDecision {
  return { kind: 'events', events: [{ type, v: 1, data }] };
}

function impossible(reason: string): RunDecision {
  return { kind: 'impossible', reason };
}
