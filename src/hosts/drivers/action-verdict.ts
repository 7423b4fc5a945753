import type { ActionResult, ServiceAction } from '../driver.ts';

/** What became of the one call. */
export type Answer =
  | { readonly kind: 'ok' }
  /** What runs it said no, or the call never reached it. */
  | { readonly kind: 'refused'; readonly said: string }
  /** It was sent and no answer came: it may still be under way. */
  | { readonly kind: 'lost'; readonly said: string };

/** What two looks at a target are compared by. */
export interface Trace {
  /** Something of it is there to be stopped: it runs, is paused, or lies between two tries of its restart policy. */
  readonly alive: boolean;
  readonly running: boolean;
  /** What is another one after each start: a time, an invocation; null: never started. */
  readonly start: string | null;
  /** Epoch milliseconds of that start; null: not known. */
  readonly startedAt: number | null;
  /** Starts by its own restart policy. */
  readonly restarts: number;
  /** Exit code of its last end. */
  readonly exitCode: number | null;
}

export interface ActionSeen {
  /** The target's name, for people. */
  readonly name: string;
  readonly action: ServiceAction;
  readonly before: Trace;
  readonly after: Trace;
  readonly answer: Answer;
}

/** Whether it was started between two looks. */
export function hasMoved(before: Trace, after: Trace): boolean {
  return after.start !== null && after.start !== before.start;
}

/** Whether what was asked for shows: no longer look is needed. */
export function hasComeAbout(action: ServiceAction, before: Trace, after: Trace): boolean {
  return action.kind === 'stop' ? !after.alive : hasMoved(before, after);
}

/** The answer for a target that is not to be touched, since it is as asked already or cannot be acted on; else null. */
export function judgeBefore(name: string, action: ServiceAction, before: Trace): ActionResult | null {
  if (action.kind === 'restart') return null;
  if (action.kind === 'stop') {
    return before.alive ? null : { outcome: 'done', summary: `${name} was stopped already; nothing was done` };
  }
  if (before.running) return { outcome: 'done', summary: `${name} ran already; nothing was done` };
  if (!before.alive) return null;
  const summary = `${name} was not started: it is paused, or its restart policy is at it${exit(before)}`;
  return { outcome: 'not-done', summary };
}

/** Tells from what was seen before and after whether the action was done: the answer alone proves nothing (FAULTS.md, A3). */
export function judgeAction(seen: ActionSeen): ActionResult {
  switch (seen.action.kind) {
    case 'restart':
      return judgeRestart(seen);
    case 'start':
      return judgeStart(seen);
    case 'stop':
      return judgeStop(seen);
    default:
      return seen.action satisfies never;
  }
}

/**
 * A new start is the proof; without an answer it counts only when the restart policy has not started it (that raises
 * the count, a restart sets it back to 0).
 */
function judgeRestart({ name, before, after, answer }: ActionSeen): ActionResult {
  const said = sayAnswer(answer);
  if (hasMoved(before, after)) return judgeNewStart(name, { before, after, answer });
  if (answer.kind === 'ok') {
    return { outcome: 'unknown', summary: `the answer was yes, but ${name} shows no new start` };
  }
  if (after.alive) return { outcome: 'not-done', summary: `${name} was not restarted${said}; it still runs` };
  if (answer.kind === 'refused') {
    return { outcome: 'not-done', summary: `${name} was not restarted${said}; it does not run now` };
  }
  const summary = `${name} does not run and shows no new start${said}: it may have been stopped only`;
  return { outcome: 'unknown', summary };
}

function judgeNewStart(name: string, { before, after, answer }: Omit<ActionSeen, 'name' | 'action'>): ActionResult {
  const said = sayAnswer(answer);
  if (answer.kind === 'ok') return { outcome: 'done', summary: `${name} restarted, ${started(after)}` };
  if (answer.kind === 'lost' && after.restarts <= before.restarts) {
    return { outcome: 'done', summary: `${name} restarted, ${started(after)}, though the answer was lost${said}` };
  }
  const summary = `${name} ${started(after)}, but it is not known by whom${said}; its restart policy may have done it`;
  return { outcome: 'unknown', summary };
}

/** Here the state that was asked for is the proof, and what began the start does not matter for the way back. */
function judgeStart({ name, before, after, answer }: ActionSeen): ActionResult {
  const said = sayAnswer(answer);
  if (!hasMoved(before, after)) {
    if (answer.kind === 'ok') {
      return { outcome: 'unknown', summary: `the answer was yes, but ${name} shows no new start` };
    }
    return { outcome: 'not-done', summary: `${name} was not started${said}; it does not run` };
  }
  if (!after.running) {
    return { outcome: 'not-done', summary: `${name} ${started(after)}, but does not run now${exit(after)}` };
  }
  if (answer.kind === 'refused') return { outcome: 'done', summary: `${name} runs, but by another's start${said}` };
  const lost = answer.kind === 'lost' ? `, though the answer was lost${said}` : '';
  return { outcome: 'done', summary: `${name} ${started(after)}${lost}`, undo: { kind: 'stop' } };
}

function judgeStop({ name, before, after, answer }: ActionSeen): ActionResult {
  const said = sayAnswer(answer);
  if (after.alive) {
    const again = hasMoved(before, after) ? `it ${started(after)} again` : 'it still runs';
    return { outcome: 'not-done', summary: `${name} was not stopped${said}; ${again}` };
  }
  if (answer.kind === 'refused')
    return { outcome: 'done', summary: `${name} does not run, but ended by itself${said}` };
  const lost = answer.kind === 'lost' ? `, though the answer was lost${said}` : '';
  return { outcome: 'done', summary: `${name} stopped${exit(after)}${lost}`, undo: { kind: 'start' } };
}

function sayAnswer(answer: Answer): string {
  return answer.kind === 'ok' ? '' : ` (${answer.said})`;
}

function started({ startedAt }: Trace): string {
  return startedAt === null ? 'was started' : `started ${new Date(startedAt).toISOString().slice(11, 19)} UTC`;
}

function exit({ exitCode }: Trace): string {
  return exitCode === null ? '' : ` (exit ${exitCode})`;
}
