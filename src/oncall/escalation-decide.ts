import type { Severity } from '../core/config/config.ts';
import type { JsonObject } from '../core/json.ts';
import type { EffectChange, NewEvent } from '../journal/port.ts';
import { addByClock, dueOf, highestDue, isExhausted, offsetOf, type PolicyTime, stepAfter } from './due.ts';
import type { EscalationContext } from './escalation-context.ts';
import {
  type EscalationState,
  evolveEscalation,
  type NextStep,
  type Step,
  type StopReason,
} from './escalation-state.ts';
import { PAGE_KINDS } from './page.ts';
import { broadcastOf, pagesOf, whoIsNext } from './pages.ts';
import { namesOf, type Reach, reachOf } from './targets.ts';

/** What was decided: events of the escalation, pages asked for or dropped, and the state after. */
export interface EscalationDecision {
  readonly state: EscalationState;
  readonly events: readonly NewEvent[];
  readonly effects: readonly EffectChange[];
}

export interface PolicyStart {
  readonly incident: string;
  readonly severity: Severity;
  readonly policyContact: string | null;
  readonly reason: 'opened' | 'raised' | 'reopened' | 'lowered' | 'unfolded' | 'flapping' | 'stays';
  /** One ping, and nothing follows: somebody owns it already, or it flaps. null: the whole policy. */
  readonly stopAfter: StopReason | null;
}

/** Starts a policy at its level 0; a running one of before is given up, its unsent pages superseded. */
export function startPolicy(before: EscalationState | null, start: PolicyStart, context: EscalationContext) {
  const time = timeOf(start.severity, context);
  const begun = begin(before, start, time, context);
  const first = dueOf(time, begun.state.base, { level: 1, round: 0 });
  if (first === null) return begun;
  const decided = first.at > context.now ? schedule(begun, first) : fire(begun, first, context);
  return start.stopAfter === null ? decided : then(decided, [stopEvent(start.stopAfter, context.now)]);
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
  return then(begun, [{ type: 'escalation.resumed', v: 1, data: { at: context.now, ...reached, base, next } }]);
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
      respondBy: addByClock(time, context.now, time.policy.respondWithinSeconds),
    },
  };
  const drops = before === null ? [] : dropPages(start.incident, 'superseded');
  return then({ state: before, events: [], effects: drops }, [event]);
}

/**
 * Stops the timers and drops what is still wanted; null when there was nothing to stop. The one page that says that it
 * flaps may still be wanted although nothing follows it.
 */
export function stopPolicy(state: EscalationState, because: StopReason, now: number): EscalationDecision | null {
  const mayPing = state.stopped === 'flapping' && because !== 'flapping';
  if (state.status === 'stopped' && !mayPing) return null;
  const effects = dropPages(state.incident, because);
  return then({ state, events: [], effects }, [stopEvent(because, now)]);
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
  const decided = then({ state, events: [], effects: [] }, [resumed]);
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
  return fire(then(begun, [event]), { ...step, at: due?.at ?? next.at, deferred: next.deferred }, context);
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
  const events: NewEvent[] = skipEvents(about, reach);
  if (reach.fallback) events.push({ type: 'escalation.unreachable', v: 1, data: about });
  const lateSeconds = Math.max(0, Math.floor((context.now - due.at) / 1000));
  const data = { ...about, ...namesOf(reach), dueAt: due.at, lateSeconds, base, next };
  events.push({ type: 'escalation.paged', v: 1, data });
  const { withoutSlack = false } = context;
  const paging = { state, step: due, dueAt: due.at, next: whoIsNext(context, state, next), withoutSlack };
  return then({ ...before, effects: [...before.effects, ...pagesOf(paging, reach)] }, events);
}

function exhaust(before: EscalationDecision, due: NextStep, context: EscalationContext): EscalationDecision {
  const { state } = before;
  const data = { cycle: state.cycle, level: due.level, round: due.round, at: context.now };
  const pages = broadcastOf({ state, step: due, dueAt: due.at, next: null });
  return then({ ...before, effects: [...before.effects, ...pages] }, [{ type: 'escalation.exhausted', v: 1, data }]);
}

function schedule(before: EscalationDecision, next: NextStep): EscalationDecision {
  return then(before, [{ type: 'escalation.scheduled', v: 1, data: { cycle: before.state.cycle, next } }]);
}

function nextStep(time: PolicyTime, base: EscalationState['base'], step: Step, now: number): NextStep | null {
  const after = stepAfter(time.policy, step);
  if (after === null) return null;
  const due = dueOf(time, base, after);
  if (due === null || !isExhausted(time.policy, after)) return due;
  // A late last page still leaves people the time to answer it.
  return { ...due, at: Math.max(due.at, addByClock(time, now, time.policy.repeat?.everySeconds ?? 0)) };
}

function then(
  before: { state: EscalationState | null; events: readonly NewEvent[]; effects: readonly EffectChange[] },
  events: readonly NewEvent[],
): EscalationDecision {
  let { state } = before;
  for (const event of events) state = evolveEscalation(state, event);
  if (state === null) throw new Error('an escalation begins with an event');
  return { state, events: [...before.events, ...events], effects: before.effects };
}

function stopEvent(because: StopReason, at: number): NewEvent {
  return { type: 'escalation.stopped', v: 1, data: { because, at } };
}

function dropPages(incident: string, reason: string): EffectChange[] {
  return PAGE_KINDS.map((kind) => ({ op: 'dropAll', kind, incident, reason }));
}

function skipEvents(about: JsonObject, { skipped, heldUntil }: Reach): NewEvent[] {
  const reasons = [...new Set(skipped.map(({ reason }) => reason))];
  return reasons.map((reason) => {
    const items = skipped.filter((skip) => skip.reason === reason);
    const pages = items.map(({ target, person, means }) => ({ target, person, means }));
    const until = reason === 'quiet-hours' && heldUntil !== undefined ? { until: heldUntil } : {};
    return { type: 'page.skipped', v: 1, data: { ...about, reason, pages, ...until } };
  });
}

function plainStep({ level, round }: Step): JsonObject {
  return { level, round };
}

function timeOf(severity: Severity, { config, business }: EscalationContext): PolicyTime {
  return { policy: config.severities[severity], business };
}
