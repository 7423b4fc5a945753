/** Which pages still wait for somebody: only those are tried again, or followed by another means. */
import type { EscalationState } from './escalation-state.ts';
import { ACK_STEPS, type Beyond, type PageRequest } from './page.ts';

/**
 * Whether somebody is still waited for by a page. A page of the policy: while it pages. One of the acknowledgement's
 * clock: until somebody shows up, or the clock ends. One that a person asked for: until somebody takes the incident.
 */
export function isWaiting(state: EscalationState, { cycle, beyond }: PageRequest): boolean {
  if (cycle !== state.cycle) return false;
  if (beyond === undefined) return state.status !== 'stopped' || state.stopped === 'flapping';
  if (isOfClock(beyond)) return state.ack != null && beyond.number > state.ack.answeredUpTo;
  return beyond.number > (state.answered ?? 0);
}

/** Whether a later one has taken the place of a page, so that what it lacks is not made up for. `pages`: all there are. */
export function isPassedOver(request: PageRequest, state: EscalationState, pages: readonly PageRequest[]): boolean {
  const { level, round, beyond } = request;
  if (beyond === undefined) return level < state.level || (level === state.level && round < state.round);
  return isOfClock(beyond) && pages.some((each) => isLaterStrike(each, request));
}

/** Of several pages the newest of the policy, the newest of the clock, and all that people asked for. */
export function newestOf(requests: readonly PageRequest[]): PageRequest[] {
  const policy = requests.filter(({ beyond }) => beyond === undefined);
  const [newest] = policy.sort((a, b) => b.level - a.level || b.round - a.round);
  const beside = requests.filter(({ beyond }) => beyond !== undefined);
  const calls = beside.filter((each) => !beside.some((other) => isLaterStrike(other, each)));
  return newest === undefined ? calls : [newest, ...calls];
}

/** Whether the clock asked for it by itself. */
export function isOfClock(beyond: Beyond | undefined): boolean {
  return ACK_STEPS.some((step) => step === beyond?.why);
}

function isLaterStrike(one: PageRequest, other: PageRequest): boolean {
  if (!isOfClock(one.beyond) || !isOfClock(other.beyond) || one.cycle !== other.cycle) return false;
  return (one.beyond?.number ?? 0) > (other.beyond?.number ?? 0);
}
