import type { CallResult } from './caller.ts';
import type { Job } from './jobs.ts';

/** How taking up a job ended. */
export type Outcome =
  /** What is shown is what was true when it was rendered. */
  | { readonly kind: 'settled' }
  | { readonly kind: 'retry'; readonly waitMs: number }
  /** The incident's thread has to be there first. */
  | { readonly kind: 'needs-parent'; readonly incident: string };

export const SETTLED: Outcome = { kind: 'settled' };

const FIRST_MS = 500;
const LONGEST_MS = 10_000;
const SCOPE_MS = 60_000;

export function retry(waitMs: number): Outcome {
  return { kind: 'retry', waitMs };
}

/**
 * What to do after a call that was not made or failed for now; null when Slack refused this destination (or this
 * message), which the asker decides. A post of unknown outcome is looked for before it is made again.
 */
export function outcomeOf(job: Job, result: Exclude<CallResult, { kind: 'ok' }>): Outcome | null {
  if (result.kind === 'wait') return retry(result.waitMs);
  const { failure } = result;
  switch (failure.kind) {
    case 'unknown-outcome':
      job.doubt = 'unanswered';
      return backOff(job);
    case 'transient':
      return failure.retryAfterSeconds === undefined ? backOff(job) : retry(failure.retryAfterSeconds * 1000);
    case 'terminal-global':
      return retry(failure.code === 'missing_scope' ? SCOPE_MS : FIRST_MS);
    case 'terminal-destination':
    case 'invalid-blocks':
    case 'too-long':
      return null;
    default: {
      const never: never = failure.kind;
      return never;
    }
  }
}

function backOff(job: Job): Outcome {
  job.tries += 1;
  return retry(Math.min(LONGEST_MS, FIRST_MS * 2 ** (job.tries - 1)));
}
