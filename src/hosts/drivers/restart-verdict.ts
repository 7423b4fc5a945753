import type { ContainerDetails } from '../docker.ts';
import type { ActionResult } from '../driver.ts';

/** What became of the one call. */
export type Answer =
  | { readonly kind: 'ok' }
  /** The engine said no, or the call never reached it. */
  | { readonly kind: 'refused'; readonly said: string }
  /** It was sent and no answer came: the engine may still be doing it. */
  | { readonly kind: 'lost'; readonly said: string };

export interface RestartSeen {
  /** The container's name, for people. */
  readonly name: string;
  readonly before: RestartTrace;
  readonly after: RestartTrace;
  readonly answer: Answer;
}
/** What two inspections are compared by. */
export interface RestartTrace {
  readonly State: Pick<ContainerDetails['State'], 'Running' | 'StartedAt'>;
  readonly RestartCount: number;
}

const NEVER_STARTED = '0001-01-01';

/** Whether the container was started between two looks. */
export function hasMoved(before: RestartTrace, after: RestartTrace): boolean {
  return after.State.StartedAt !== before.State.StartedAt && !after.State.StartedAt.startsWith(NEVER_STARTED);
}

/**
 * Tells from what was seen before and after whether a restart was done. A new start is the proof; without an answer it
 * counts only when the restart policy has not started it (that raises the count, a restart sets it back to 0).
 */
export function judgeRestart({ name, before, after, answer }: RestartSeen): ActionResult {
  const said = answer.kind === 'ok' ? '' : ` (${answer.said})`;
  if (hasMoved(before, after)) return judgeStart(name, { before, after, answer }, said);
  if (answer.kind === 'ok') {
    return { outcome: 'unknown', summary: `the engine answered yes, but ${name} shows no new start` };
  }
  if (after.State.Running) return { outcome: 'not-done', summary: `${name} was not restarted${said}; it still runs` };
  if (answer.kind === 'refused') {
    return { outcome: 'not-done', summary: `${name} was not restarted${said}; it does not run now` };
  }
  const summary = `${name} does not run and shows no new start${said}: it may have been stopped only`;
  return { outcome: 'unknown', summary };
}

function judgeStart(name: string, { before, after, answer }: Omit<RestartSeen, 'name'>, said: string): ActionResult {
  const started = `started ${after.State.StartedAt.slice(11, 19)} UTC`;
  if (answer.kind === 'ok') return { outcome: 'done', summary: `${name} restarted, ${started}` };
  if (answer.kind === 'lost' && after.RestartCount <= before.RestartCount) {
    return { outcome: 'done', summary: `${name} restarted, ${started}, though the answer was lost${said}` };
  }
  const summary = `${name} ${started}, but it is not known by whom${said}; its restart policy may have done it`;
  return { outcome: 'unknown', summary };
}
