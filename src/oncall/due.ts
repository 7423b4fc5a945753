import type { SeverityPolicy } from '../core/config/config.ts';
import type { BusinessClock } from './business-time.ts';
import type { EscalationState, NextStep, Step } from './escalation-state.ts';

/** What the rules of time of one policy need: pure, all of it. */
export interface PolicyTime {
  readonly policy: SeverityPolicy;
  readonly business: BusinessClock;
}
type Base = EscalationState['base'];

/** Adds seconds by the policy's own clock: wall, or business time. */
export function addByClock({ policy, business }: PolicyTime, from: number, seconds: number): number {
  return policy.clock === 'business' ? business.addBusinessSeconds(from, seconds) : from + seconds * 1000;
}

/** When a step falls due; one out of hours waits for the next business opening where the policy says so. */
export function dueOf(time: PolicyTime, base: Base, step: Step): NextStep | null {
  const level = time.policy.levels[step.level - 1];
  if (level === undefined) return null;
  const wait = offsetOf(time.policy, step) - base.afterSeconds;
  return defer(time, { ...step, at: addByClock(time, base.at, Math.max(0, wait)), deferred: false });
}

/** Seconds of a step after the start of its policy. */
export function offsetOf(policy: SeverityPolicy, { level, round }: Step): number {
  const after = policy.levels[level - 1]?.afterSeconds ?? 0;
  return level < policy.levels.length ? after : after + round * (policy.repeat?.everySeconds ?? 0);
}

/** The step after `step`: the next level, then repeats of the last one, then one more that says "exhausted". */
export function stepAfter(policy: SeverityPolicy, step: Step): Step | null {
  if (step.level < policy.levels.length) return { level: step.level + 1, round: 0 };
  const rounds = policy.repeat?.times ?? 0;
  if (rounds === 0 || step.round > rounds) return null;
  return { level: step.level, round: step.round + 1 };
}

/** Whether a step pages nobody new but ends the policy. */
export function isExhausted(policy: SeverityPolicy, step: Step): boolean {
  return step.round > (policy.repeat?.times ?? 0) && step.round > 0;
}

/** Of the steps due by `now` from `first` on: the highest that pages, and those it supersedes. */
export function highestDue(time: PolicyTime, base: Base, first: Step, now: number): { fire: Step; superseded: Step[] } {
  const superseded: Step[] = [];
  let fire = first;
  for (;;) {
    const next = stepAfter(time.policy, fire);
    if (next === null || isExhausted(time.policy, next)) return { fire, superseded };
    const due = dueOf(time, base, next);
    if (due === null || due.at > now) return { fire, superseded };
    superseded.push(fire);
    fire = next;
  }
}

function defer({ policy, business }: PolicyTime, step: NextStep): NextStep {
  if (policy.nextBusinessDayAt === null || business.isBusinessTime(step.at)) return step;
  const at = business.nextBusinessOpening(step.at, policy.nextBusinessDayAt);
  return at > step.at ? { ...step, at, deferred: true } : step;
}
