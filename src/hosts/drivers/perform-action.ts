import type { Clock } from '../../core/clock.ts';
import { OpsError } from '../../core/errors.ts';
import type { ActionResult, ServiceAction, ServiceTarget } from '../driver.ts';
import { type Answer, hasComeAbout, judgeAction, judgeBefore, type Trace } from './action-verdict.ts';

/** One action on one target, as a driver carries it out. */
export interface Attempt {
  readonly target: ServiceTarget;
  readonly action: ServiceAction;
  /** Looks once; an error `…_GONE` means that the target is no more, any other that it could not be seen. */
  look(): Promise<Trace>;
  /** The one call. Never rejects for what is refused or lost. */
  call(): Promise<Answer>;
  /** How long after a lost answer the call may still be at work. */
  readonly aftermathMs: number;
  readonly clock: Clock;
}

const LOOK_EVERY_MS = 250;

/** Looks, acts once, looks again, and tells from the two looks what came of it. */
export async function performAction(attempt: Attempt): Promise<ActionResult> {
  const { target, action } = attempt;
  const before = await look(attempt);
  if (before.kind === 'gone') return { outcome: 'not-done', summary: `${target.name} is gone; nothing was done` };
  if (before.kind === 'lost') return { outcome: 'not-done', summary: `nothing was done: ${before.said}` };
  const settled = judgeBefore(target.name, action, before.trace);
  if (settled !== null) return settled;
  const answer = await attempt.call();
  const after = answer.kind === 'lost' ? await watchAftermath(attempt, before.trace) : await look(attempt);
  if (after.kind === 'lost') {
    return {
      outcome: 'unknown',
      summary: `it is not known what the ${action.kind} did to ${target.name}: ${after.said}`,
    };
  }
  if (after.kind === 'gone') {
    const said = answer.kind === 'ok' ? '' : ` (${answer.said})`;
    return { outcome: 'unknown', summary: `${target.name} was removed in the middle of the ${action.kind}${said}` };
  }
  return judgeAction({ name: target.name, action, before: before.trace, after: after.trace, answer });
}

type Look =
  | { readonly kind: 'seen'; readonly trace: Trace }
  | { readonly kind: 'gone' }
  | { readonly kind: 'lost'; readonly said: string };

async function look(attempt: Attempt): Promise<Look> {
  try {
    return { kind: 'seen', trace: await attempt.look() };
  } catch (error) {
    if (!(error instanceof OpsError)) throw error;
    return error.code.endsWith('_GONE') ? { kind: 'gone' } : { kind: 'lost', said: error.message };
  }
}

/** What was begun goes on although its caller was cut off: look until its time is over, or what was asked shows. */
async function watchAftermath(attempt: Attempt, before: Trace): Promise<Look> {
  const { clock, action } = attempt;
  const until = clock.monotonicMs() + attempt.aftermathMs;
  for (;;) {
    const seen = await look(attempt);
    if (seen.kind === 'gone') return seen;
    if (seen.kind === 'seen' && hasComeAbout(action, before, seen.trace)) return seen;
    if (clock.monotonicMs() >= until) return seen;
    await new Promise<void>((resolve) => clock.after(LOOK_EVERY_MS, resolve));
  }
}
