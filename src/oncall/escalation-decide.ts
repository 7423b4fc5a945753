import type { Severity } from '../core/config/config.ts';
import type { JsonObject } from '../core/json.ts';
import type { NewEvent } from '../journal/port.ts';
import { dropPages, type EscalationDecision, skipEvents, timeOf, withEvents } from './decision.ts';
import { addByClock, dueOf, highestDue, isExhausted, offsetOf, type PolicyTime, stepAfter } from './due.ts';
import type { EscalationContext } from './escalation-context.ts';
import type { EscalationState, NextStep, Step, StopReason } from './escalation-state.ts';
import { broadcastOf, pagesOf, whoIsNext } from './pages.ts';
import { namesOf, reachOf } from './targets.ts';

export interface PolicyStart {
  readonly incident: string;
  readonly severity: Severity;
  readonly policyContact: string | null;
  /** `taken`: somebody had it before it was ever paged for. */
  readonly reason: 'opened' | 'raised' | 'reopened' | 'lowered' | 'unfolded' | 'flapping' | 'stays' | 'taken';
  /** One ping, and nothing follows: somebody owns it already, or it flaps. null: the whole policy. */
  readonly stopAfter: StopReason | null;
  /** Its pages are written down and not sent. */
  readonly paper?: boolean;
  /** Its pages share no message with others. */
  readonly drill?: boolean;
}

/** Starts a policy at its level 0; a running one of before is given up, its unsent pages superseded. */
export function startPolicy(before: EscalationState | null, start: PolicyStart, context: EscalationContext) {
  const time = timeOf(start.severity, context);
  const begun = begin(before, start, time, context);
  const first = dueOf(time, begun.state.base, { level: 1, round: 0 });
  if (first === null) return begun;
  const decided = first.at > context.now ? schedule(begun, first) : fire(begun, first, context);
  return start.stopAfter === null ? decided : withEvents(decided, [stopEvent(start.stopAfter, context.now)]);
}

/** An escalation that pages nobody by itself, for pages that somebody asks for. */
export function standBy(start: Omit<PolicyStart, 'stopAfter'>, because: StopReason, context: EscalationContext) {
  const begun = begin(null, { ...start, stopAfter: because }, timeOf(start.severity, context), context);
  return withEvents(begun, [stopEvent(because, context.now)]);
}

/**
 * Goes on by the policy of a lower severity: counted from now, and level 0 is not paged again when somebody has been
 * paged already.
 */
export function lowerPolicy(before: EscalationState | null, start: PolicyStart, context: EscalationContext) {
  if (before === null || before.level === 0) return startPolicy(before, start, context);
  const time = timeOf(start.severity, context);
  const begun = begin(before, start, time, context);
  const reached: Step = { level: 1, round: 0 };
  const base = { at: context.now, afterSeconds: offsetOf(time.policy, reached) };
  const next = nextStep(time, base, reached, context.now);
  return withEvents(begun, [{ type: 'escalation.resumed', v: 1, data: { at: context.now, ...reached, base, next } }]);
}

function begin(before: EscalationState | null, start: PolicyStart, time: PolicyTime, context: EscalationContext) {
  const event: NewEvent = {
    type: 'escalation.started',
    v: 1,
    data: {
      incident: start.incident,
      cycle: (before?.cycle ?? 0) + 1,
      severity: start.severity,
      contact: start.policyContact,
      reason: start.reason,
      at: context.now,
      ...(start.drill === true ? { drill: true } : {}),
      ...(start.paper === true ? { paper: true } : {}),
      respondBy: addByClock(time, context.now, time.policy.respondWithinSeconds),
    },
  };
  const drops = before === null ? [] : dropPages(start.incident, 'superseded');
  return withEvents({ state: before, events: [], effects: drops }, [event]);
}

/**
 * Stops the timers and drops what is still wanted; null when there was nothing to stop. The one page that says that it
 * flaps may still be wanted although nothing follows it.
 */
export function stopPolicy(state: EscalationState, because: StopReason, now: number): EscalationDecision | null {
  const mayPing = state.stopped === 'flapping' && because !== 'flapping';
  if (state.status === 'stopped' && !mayPing) return null;
  const effects = dropPages(state.incident, because);
  return withEvents({ state, events: [], effects }, [stopEvent(because, now)]);
}

/**
 * Goes on at the level it had reached (CONFIG.md, States), its next page counted from now. A level whose pages had all
 * been dropped before they were sent is asked for again, because nobody has heard of it.
 */
export function resumePolicy(state: EscalationState, wasSent: boolean, context: EscalationContext): EscalationDecision {
  const time = timeOf(state.severity, context);
  const reached: Step = { level: state.level, round: state.round };
  const base = { at: context.now, afterSeconds: state.level === 0 ? 0 : offsetOf(time.policy, reached) };
  const next = nextStep(time, base, reached, context.now);
  const resumed: NewEvent = {
    type: 'escalation.resumed',
    v: 1,
    data: { at: context.now, level: state.level, round: state.round, base, next },
  };
  const decided = withEvents({ state, events: [], effects: [] }, [resumed]);
  if (state.level === 0 && next !== null && next.at <= context.now) return fire(decided, next, context);
  if (state.level === 0 || wasSent) return decided;
  const again = { level: state.level, round: state.round + 1, at: context.now, deferred: false };
  return fire(decided, again, context);
}

/** The timer rang: the highest step that is due pages, lower ones are recorded; null when nothing is wanted now. */
export function fireDue(state: EscalationState, context: EscalationContext): EscalationDecision | null {
  const { next } = state;
  if (state.status !== 'running' || next === null || next.at > context.now) return null;
  const time = timeOf(state.severity, context);
  const begun: EscalationDecision = { state, events: [], effects: [] };
  if (time.policy.levels.length < next.level || isExhausted(time.policy, next)) return exhaust(begun, next, context);
  const base = next.deferred ? { at: next.at, afterSeconds: offsetOf(time.policy, next) } : state.base;
  const { fire: step, superseded } = highestDue(time, base, next, context.now);
  if (superseded.length === 0) return fire(begun, next, context);
  const due = dueOf(time, base, step);
  const event: NewEvent = {
    type: 'escalation.superseded',
    v: 1,
    data: { cycle: state.cycle, steps: superseded.map(plainStep), by: plainStep(step) },
  };
  return fire(withEvents(begun, [event]), { ...step, at: due?.at ?? next.at, deferred: next.deferred }, context);
}

function fire(before: EscalationDecision, due: NextStep, context: EscalationContext): EscalationDecision {
  const { state } = before;
  const time = timeOf(state.severity, context);
  const level = time.policy.levels[due.level - 1];
  if (level === undefined) return before;
  const reach = reachOf(level, state.policyContact, {
    oncall: context.config.oncall,
    at: context.now,
    means: context.means,
    severity: state.severity,
  });
  const base = due.deferred ? { at: due.at, afterSeconds: offsetOf(time.policy, due) } : state.base;
  const next = nextStep(time, base, due, context.now);
  const about = { cycle: state.cycle, level: due.level, round: due.round };
  const events: NewEvent[] = skipEvents(about, reach.skipped, reach.heldUntil);
  if (reach.fallback) events.push({ type: 'escalation.unreachable', v: 1, data: about });
  const lateSeconds = Math.max(0, Math.floor((context.now - due.at) / 1000));
  const onPaper = state.paper === true ? { paper: true } : {};
  const data = { ...about, ...onPaper, ...namesOf(reach), dueAt: due.at, lateSeconds, base, next };
  events.push({ type: 'escalation.paged', v: 1, data });
  const { withoutSlack = false } = context;
  const paging = { state, step: due, dueAt: due.at, next: whoIsNext(context, state, next), withoutSlack };
  return withEvents({ ...before, effects: [...before.effects, ...pagesOf(paging, reach)] }, events);
}

function exhaust(before: EscalationDecision, due: NextStep, context: EscalationContext): EscalationDecision {
  const { state } = before;
  const data = { cycle: state.cycle, level: due.level, round: due.round, at: context.now };
  const pages = broadcastOf({ state, step: due, dueAt: due.at, next: null });
  return withEvents({ ...before, effects: [...before.effects, ...pages] }, [
    { type: 'escalation.exhausted', v: 1, data },
  ]);
}

function schedule(before: EscalationDecision, next: NextStep): EscalationDecision {
  return withEvents(before, [{ type: 'escalation.scheduled', v: 1, data: { cycle: before.state.cycle, next } }]);
}

/** The step after one that pages now; a late last page still leaves people the time to answer it. */
export function nextStep(time: PolicyTime, base: EscalationState['base'], step: Step, now: number): NextStep | null {
  const after = stepAfter(time.policy, step);
  if (after === null) return null;
  const due = dueOf(time, base, after);
  if (due === null || !isExhausted(time.policy, after)) return due;
  return { ...due, at: Math.max(due.at, addByClock(time, now, time.policy.repeat?.everySeconds ?? 0)) };
}

function stopEvent(because: StopReason, at: number): NewEvent {
  return { type: 'escalation.stopped', v: 1, data: { because, at } };
}

function plainStep({ level, round }: Step): JsonObject {
  return { level, round };
}
