import type { CheckResult } from '../probes/check.ts';
import type { Ended } from './run-events.ts';
import type { PlannedStep } from './run-state.ts';
import { tellChecks } from './steps/probe.ts';
import { isProven, judge } from './verdict.ts';

/** A step of the runbook proper (not of `verify`) and what it came to. */
export interface FinishedStep {
  readonly planned: PlannedStep;
  readonly status: 'done' | 'failed' | 'unknown';
  readonly summary: string;
}

export interface Conclusion {
  readonly status: Ended['status'];
  readonly verdict: Ended['verdict'];
  readonly summary: string;
}

/**
 * What a run came to. Succeeded: every step done and no verification fails or is blind. A step that failed is never
 * `fixed`, whatever the probes say at that moment; an outcome that nobody knows has no verdict and says so.
 */
export function conclude(
  steps: readonly FinishedStep[],
  before: readonly CheckResult[],
  after: readonly CheckResult[],
): Conclusion {
  const judgement = judge(before, after);
  const broken = steps.find((step) => step.status !== 'done');
  if (broken === undefined) {
    return { status: isProven(after) ? 'succeeded' : 'failed', ...judgement };
  }
  if (broken.status === 'unknown') {
    const now = after.length === 0 ? '' : `; now ${tellChecks(after)}`;
    return { status: 'interrupted', verdict: null, summary: `outcome unknown: ${broken.summary}${now}` };
  }
  const verdict = judgement.verdict === 'fixed' ? null : judgement.verdict;
  return { status: 'failed', verdict, summary: tellFailure(broken, steps) };
}

function tellFailure(broken: FinishedStep, steps: readonly FinishedStep[]): string {
  const restarted = steps.some((step) => step.planned.kind === 'service.restart' && step.status === 'done');
  if (broken.planned.kind === 'wait' && restarted) return `restarted but unhealthy: ${broken.summary}`;
  return `${broken.planned.id} failed: ${broken.summary}`;
}
