import type { IncidentChange } from '../alerts/change.ts';
import type { IncidentState } from '../alerts/incident-state.ts';
import { isByPerson } from '../core/command.ts';
import type { NewEvent } from '../journal/port.ts';
import { firstQuestion, highestStrike, momentAfter } from './ack-clock.ts';
import { beyondPages, nextLevelOf, type Reached, reachOfLevel, reachOfPerson } from './beyond.ts';
import { type EscalationDecision, skipEvents, timeOf, type Undecided, withEvents } from './decision.ts';
import type { EscalationContext } from './escalation-context.ts';
import { standBy } from './escalation-decide.ts';
import type { AckMoment, EscalationState, StopReason } from './escalation-state.ts';
import type { PageRequest } from './page.ts';
import { personOf } from './person.ts';
import { namesOf, type Reach } from './targets.ts';

type ClockEnd = StopReason | 'unacknowledged' | 'not-configured';

/** Why the clock of an acknowledgement does not run; null: it does. The same things that still pages still it. */
function clockStillness(state: IncidentState): ClockEnd | null {
  if (state.status !== 'acknowledged') return state.status === 'firing' ? 'unacknowledged' : state.status;
  if (state.foldedUnder != null) return 'folded';
  if (state.quiet != null) return state.quiet.kind;
  return state.flapping == null ? null : 'flapping';
}

/** Whether a change may mean something to the clock: somebody has the incident, or had it. */
export function concernsClock({ before, after }: IncidentChange): boolean {
  return after.status === 'acknowledged' || before?.status === 'acknowledged';
}

/**
 * What a change of the incident means for the clock: somebody takes it, shows up, or the severity is another one: it
 * begins to count; it stands still: it ends. `drops`: keys of questions of before that are wanted still.
 */
export function followClock(
  decided: Undecided,
  change: IncidentChange,
  context: EscalationContext & { readonly drops: readonly string[] },
): Undecided {
  const { before, after } = change;
  const isRunning = decided.state?.ack != null;
  const still = clockStillness(after);
  if (still !== null) return isRunning ? endClock(decided, still, context) : decided;
  const isTaken = before === null || clockStillness(before) !== null;
  const isAnother = before !== null && before.severity !== after.severity;
  if (!isTaken && !isAnother && !(isByPerson(change.actor) && change.events.length > 0)) return decided;
  return beginClock(decided, change, context);
}

function beginClock(
  decided: Undecided,
  change: IncidentChange,
  context: EscalationContext & { readonly drops: readonly string[] },
): Undecided {
  const { after } = change;
  const isDigest = after.digest || context.config.severities[after.severity].digest;
  const seconds = change.events.findLast(({ type }) => type === 'incident.kept')?.data.seconds;
  const time = timeOf(after.severity, context);
  const next = isDigest ? null : firstQuestion(time, context.now, typeof seconds === 'number' ? seconds : null);
  if (next === null) return decided.state?.ack == null ? decided : endClock(decided, 'not-configured', context);
  const known = decided.state === null ? begun(decided, after, context) : loweredWith(decided, after);
  return withEvents(dropping(known, context.drops), [{ type: 'ack.began', v: 1, data: { at: context.now, next } }]);
}

/** An incident that was lowered while it was owned: its clock goes on by the policy of that. */
function loweredWith(decided: Undecided, { severity, policyContact }: IncidentState): Undecided {
  if (decided.state?.severity === severity) return decided;
  return withEvents(decided, [{ type: 'escalation.lowered', v: 1, data: { severity, contact: policyContact } }]);
}

/** An escalation for an incident that was never paged for. */
export function begun(decided: Undecided, after: IncidentState, context: EscalationContext): Undecided {
  const { id: incident, severity, policyContact, status } = after;
  const started = standBy({ incident, severity, policyContact, reason: 'taken' }, stopOf(status), context);
  return { ...started, events: [...decided.events, ...started.events] };
}

function stopOf(status: IncidentState['status']): StopReason {
  return status === 'firing' ? 'folded' : status;
}

function endClock(
  decided: Undecided,
  because: ClockEnd,
  context: EscalationContext & { readonly drops?: readonly string[] },
): EscalationDecision {
  const event: NewEvent = { type: 'ack.ended', v: 1, data: { at: context.now, because } };
  return withEvents(dropping(decided, context.drops ?? []), [event]);
}

function dropping(decided: Undecided, keys: readonly string[]): Undecided {
  const drops = keys.map((key) => ({ op: 'drop', key, reason: 'answered' }) as const);
  return { ...decided, effects: [...decided.effects, ...drops] };
}

/** What the clock is to know of the incident when it strikes. */
export interface Owned {
  readonly owner: string | null;
  /** When a person did something about it last, as far as the journal says; null: never. */
  readonly seenAt: number | null;
}

/**
 * The clock struck: the highest step that is due is carried out, lower ones are recorded. Somebody who did something
 * meanwhile that does not change the incident (a run) has shown up: it counts from then. null: nothing is due.
 */
export function strikeClock(
  state: EscalationState,
  { owner, seenAt }: Owned,
  context: EscalationContext,
): EscalationDecision | null {
  const { ack } = state;
  if (ack == null || ack.next.at > context.now) return null;
  const time = timeOf(state.severity, context);
  const undecided: Undecided = { state, events: [], effects: [] };
  if (seenAt !== null && seenAt > (ack.askedAt ?? ack.since)) {
    const next = firstQuestion(time, seenAt);
    if (next !== null) return count(undecided, { next, at: seenAt, owner }, context);
  }
  const { strike, superseded } = highestStrike(time, ack.next, context.now);
  const next = momentAfter(time, strike.step, context.now);
  if (next === null) return endClock(undecided, 'not-configured', context);
  const passed: NewEvent = { type: 'ack.superseded', v: 1, data: { steps: superseded, by: strike.step } };
  const known = superseded.length === 0 ? undecided : withEvents(undecided, [passed]);
  return carryOut(known, { strike, next, owner }, context);
}

/** Counts from the moment at which somebody showed up; when that is long ago too, the question is asked now. */
function count(
  undecided: Undecided,
  { next, at, owner }: { readonly next: AckMoment; readonly at: number; readonly owner: string | null },
  context: EscalationContext,
): EscalationDecision | null {
  const began = withEvents(undecided, [{ type: 'ack.began', v: 1, data: { at, next } }]);
  if (next.at > context.now) return began;
  const struck = strikeClock(began.state, { owner, seenAt: null }, context);
  return struck === null ? began : { ...struck, events: [...began.events, ...struck.events] };
}

function carryOut(
  known: Undecided,
  { strike, next, owner }: { readonly strike: AckMoment; readonly next: AckMoment; readonly owner: string | null },
  context: EscalationContext,
): EscalationDecision | null {
  const { state } = known;
  if (state === null) return null;
  const { reach, level } = reachOf(state, strike, owner, context);
  const until = waitsUntil(reach);
  if (until !== null) return holdStrike(known, { ...strike, at: until }, { reach, level }, context);
  const number = (state.beyond ?? 0) + 1;
  const { withoutSlack = false } = context;
  const lateSeconds = Math.max(0, Math.floor((context.now - strike.at) / 1000));
  const about = { cycle: state.cycle, level, round: 0 };
  const { names, effects } = beyondPages(
    { state, level, dueAt: strike.at, next: nextNames(state, next, owner, context), withoutSlack },
    { why: strike.step, number, by: null, message: null, seconds: waitOf(state, context) },
    reach,
  );
  const data = { ...about, ...names, step: strike.step, number, at: context.now, dueAt: strike.at, lateSeconds, next };
  const events: NewEvent[] = skipEvents(about, reach.skipped, reach.heldUntil);
  if (reach.fallback) events.push({ type: 'escalation.unreachable', v: 1, data: about });
  return withEvents({ ...known, effects: [...known.effects, ...effects] }, [
    ...events,
    { type: 'ack.struck', v: 1, data },
  ]);
}

/** Everybody whom the step is for is quiet: it waits for the first of them, and what follows waits with it. */
function holdStrike(
  known: Undecided,
  next: AckMoment,
  { reach, level }: Reached,
  context: EscalationContext,
): EscalationDecision {
  const about = { cycle: known.state?.cycle ?? 0, level, round: 0 };
  const held: NewEvent = { type: 'ack.held', v: 1, data: { at: context.now, step: next.step, next } };
  return withEvents(known, [...skipEvents(about, reach.skipped, next.at), held]);
}

/** When nobody is reached now, but somebody later; null: it goes out. */
function waitsUntil(reach: Reach): number | null {
  const { people, targets } = namesOf(reach);
  return people.length + targets.length > 0 ? null : (reach.heldUntil ?? null);
}

function waitOf(state: EscalationState, { config }: EscalationContext): number | null {
  return config.severities[state.severity].ackExpires?.askAfterSeconds ?? null;
}

/** The owner is asked by what Slack carries, and paged for a P0 by the other means of the level too. */
function reachOf(
  state: EscalationState,
  { step }: AckMoment,
  owner: string | null,
  context: EscalationContext,
): Reached {
  if (step === 'level') return reachOfLevel(state, nextLevelOf(state, context), context);
  const person = personOf(owner, context.config.oncall);
  const by = step === 'owner' && state.severity === 'P0' ? 'level' : 'slack';
  return { level: state.level, reach: reachOfPerson(state, person, by, context) };
}

function nextNames(
  state: EscalationState,
  next: AckMoment,
  owner: string | null,
  context: EscalationContext,
): NonNullable<PageRequest['next']> {
  const then = { ...context, now: next.at };
  const { reach } = reachOf(state, next, owner, then);
  const until = waitsUntil(reach);
  if (until !== null) return nextNames(state, { ...next, at: until }, owner, context);
  const people = [...new Set([...(reach.thread?.people ?? []), ...reach.dm])];
  return { at: next.at, people, targets: reach.thread?.targets ?? [] };
}
