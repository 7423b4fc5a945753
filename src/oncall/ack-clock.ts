import { addByClock, type PolicyTime } from './due.ts';
import type { AckMoment } from './escalation-state.ts';
import { ACK_STEPS, type AckStep } from './page.ts';

/** What the clock does now, and the steps of the same lap that it passes over. */
export interface AckStrike {
  readonly strike: AckMoment;
  readonly superseded: readonly AckStep[];
}

/**
 * The first question after `from` (the acknowledgement, or the last thing that a person did); null: acknowledgements of
 * this severity do not expire. `seconds`: so long a person said that it takes.
 */
export function firstQuestion(time: PolicyTime, from: number, seconds: number | null = null): AckMoment | null {
  const { ackExpires } = time.policy;
  if (ackExpires === null) return null;
  return { step: 'ask', at: strikesAt(time, from, seconds ?? ackExpires.askAfterSeconds) };
}

/** What follows a step that was carried out at `at`: the next one, and after the last the first of a new lap. */
export function momentAfter(time: PolicyTime, step: AckStep, at: number): AckMoment | null {
  const { ackExpires } = time.policy;
  if (ackExpires === null) return null;
  const { askAfterSeconds, pageOwnerAfterSeconds, nextLevelAfterSeconds } = ackExpires;
  switch (step) {
    case 'ask':
      return { step: 'owner', at: strikesAt(time, at, pageOwnerAfterSeconds) };
    case 'owner':
      return { step: 'level', at: strikesAt(time, at, nextLevelAfterSeconds) };
    case 'level':
      return { step: 'ask', at: strikesAt(time, at, askAfterSeconds) };
    default:
      return step satisfies never;
  }
}

/** Of the steps of this lap that are due by `now`: the highest, and those that it supersedes. */
export function highestStrike(time: PolicyTime, due: AckMoment, now: number): AckStrike {
  const superseded: AckStep[] = [];
  let strike = due;
  for (;;) {
    const next = strike.step === ACK_STEPS.at(-1) ? null : momentAfter(time, strike.step, strike.at);
    if (next === null || next.at > now) return { strike, superseded };
    superseded.push(strike.step);
    strike = next;
  }
}

/** By the policy's own clock; what falls out of hours waits for the next business opening where the policy says so. */
function strikesAt(time: PolicyTime, from: number, seconds: number): number {
  const at = addByClock(time, from, seconds);
  const { nextBusinessDayAt } = time.policy;
  if (nextBusinessDayAt === null || time.business.isBusinessTime(at)) return at;
  return Math.max(at, time.business.nextBusinessOpening(at, nextBusinessDayAt));
}
