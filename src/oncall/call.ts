/** Pages that a person asks for: passed on, help, a responder, escalated to somebody by name. */
import type { IncidentChange } from '../alerts/change.ts';
import type { IncidentState } from '../alerts/incident-state.ts';
import { TARGET_KINDS, type Target } from '../core/config/config.ts';
import type { NewEvent } from '../journal/port.ts';
import { begun } from './ack-decide.ts';
import { beyondPages, nextLevelOf, type Reached, reachOfContact, reachOfLevel, reachOfTargets } from './beyond.ts';
import { skipEvents, timeOf, type Undecided, withEvents } from './decision.ts';
import { offsetOf } from './due.ts';
import type { EscalationContext } from './escalation-context.ts';
import { nextStep } from './escalation-decide.ts';
import type { EscalationState, NextStep } from './escalation-state.ts';
import { nextInLine } from './next-in-line.ts';
import type { BeyondReason } from './page.ts';
import { whoIsNext } from './pages.ts';
import { personOf } from './person.ts';

/** One page that a person asks for. */
export interface Call {
  readonly why: Exclude<BeyondReason, 'ask' | 'owner' | 'level'>;
  readonly by: string;
  /** `person:ana`, `schedule:backup` … as written; null: whoever is next. */
  readonly to: string | null;
  /** Digest. */
  readonly message: string | null;
}

/** Who was paged in this cycle already: keys of people. */
export type CallContext = EscalationContext & { readonly paged: ReadonlySet<string> };

/** The pages that a change of an incident asks for. */
export function callsOf({ events, actor }: IncidentChange): Call[] {
  return events.flatMap(({ type, data }): Call[] => {
    const common = { by: actor, to: null, message: null };
    if (type === 'incident.passed-on') return [{ ...common, why: 'pass-on' }];
    if (type === 'incident.help-asked') return [{ ...common, why: 'help' }];
    if (type === 'incident.responder-added') return [{ ...common, why: 'responder', to: `person:${data.person}` }];
    if (type !== 'incident.escalated') return [];
    const message = typeof data.message === 'string' ? data.message : null;
    return [{ ...common, why: 'escalate', to: String(data.to), message }];
  });
}

const ANSWERS: ReadonlySet<string> = new Set([
  'incident.acknowledged',
  'incident.assigned',
  'incident.recovered',
  'incident.resolved',
  'incident.closed',
]);

/** Whether nobody is waited for any more, whoever was asked: somebody takes it, or it is over. */
export function isAnswered({ events }: IncidentChange): boolean {
  return events.some(({ type }) => ANSWERS.has(type));
}

/** Whoever was called in is waited for no more. */
export function answerCalls(decided: Undecided, change: IncidentChange): Undecided {
  const { state } = decided;
  if (state === null || !isAnswered(change) || (state.beyond ?? 0) <= (state.answered ?? 0)) return decided;
  return withEvents(decided, [{ type: 'escalation.answered', v: 1, data: { at: change.at } }]);
}

/** Pages whom the call names, now; a higher level of the policy counts as reached, and its next page counts from now. */
export function callOut(decided: Undecided, call: Call, after: IncidentState, context: CallContext): Undecided {
  const known = decided.state === null ? begun(decided, after, context) : decided;
  const { state } = known;
  if (state === null) return known;
  const { level, reach } = reachOf(state, call, { ...context, atOnce: true });
  const number = (state.beyond ?? 0) + 1;
  const { why, by, message } = call;
  const going = goingOn(state, level, context);
  const next = whoIsNext(context, state, going?.next ?? state.next);
  const about = { cycle: state.cycle, level, round: 0 };
  const beyond = { why, number, by, message, seconds: null };
  const { names, effects } = beyondPages({ state, level, dueAt: context.now, next }, beyond, reach);
  const events: NewEvent[] = skipEvents(about, reach.skipped);
  if (reach.fallback) events.push({ type: 'escalation.unreachable', v: 1, data: about });
  const data = { ...about, ...names, why, number, at: context.now, ...going };
  const called: NewEvent = { type: 'escalation.called', v: 1, data };
  return withEvents({ ...known, effects: [...known.effects, ...effects] }, [...events, called]);
}

function reachOf(state: EscalationState, { why, by, to }: Call, context: CallContext): Reached {
  const target = to === null ? null : targetOf(to);
  if (target?.kind === 'contact') return { level: state.level, reach: reachOfContact(state, target.name, context) };
  if (target !== null) {
    const means = why === 'responder' ? 'slack' : 'level';
    return { level: state.level, reach: reachOfTargets(state, [target], means, context) };
  }
  const person = why === 'pass-on' ? nextInLine(state, personOf(by, context.config.oncall), context) : null;
  if (person === null) return reachOfLevel(state, nextLevelOf(state, context), context);
  const notify = { kind: 'person', name: person } as const;
  return { level: state.level, reach: reachOfTargets(state, [notify], 'level', context) };
}

function targetOf(written: string): Target | null {
  const at = written.indexOf(':');
  const kind = TARGET_KINDS.find((each) => each === written.slice(0, at));
  return kind === undefined ? null : { kind, name: written.slice(at + 1) };
}

/** A running policy goes on from the level that is paged now; null: it does not run, or had reached that level. */
function goingOn(state: EscalationState, level: number, context: EscalationContext) {
  if (state.status !== 'running' || level <= state.level) return null;
  const time = timeOf(state.severity, context);
  const step = { level, round: 0 };
  const base = { at: context.now, afterSeconds: offsetOf(time.policy, step) };
  const next: NextStep | null = nextStep(time, base, step, context.now);
  return { base, next };
}
