import type { Effect, EffectChange, NewEvent, Timer, TimerChange } from '../journal/port.ts';
import { reachOfLevel } from './beyond.ts';
import type { EscalationContext } from './escalation-context.ts';
import type { EscalationState } from './escalation-state.ts';
import type { PageRequest } from './page.ts';
import { type Names, pagesOf, whoIsNext } from './pages.ts';
import { namesOf, type Reach, reachOf } from './targets.ts';
import { isWaiting } from './waiting.ts';

/** Kind and purpose of the timer for pages that wait for the end of quiet hours; its id is the incident's. */
export const HELD_TIMER = { kind: 'page', purpose: 'held' } as const;

/**
 * The timer beside what was decided: set with pages that wait, gone when the policy stops; null: as it is. A strike of
 * an acknowledgement's clock that reaches nobody yet waits by the clock's own timer.
 */
export function heldTimer({ incident: id, status }: EscalationState, events: readonly NewEvent[]): TimerChange | null {
  const until = events.flatMap(({ type, data }) => (type === 'page.skipped' ? [data.until] : [])).find(isNumber);
  const struck = events.find(({ type }) => type === 'ack.struck');
  const isOfClock = struck !== undefined || events.some(({ type }) => type === 'ack.held');
  if (status === 'stopped' && !isOfClock) return { op: 'cancel', ...HELD_TIMER, id };
  if (until === undefined || (isOfClock && struck === undefined)) return null;
  const data = struck === undefined ? {} : { number: struck.data.number ?? null, level: struck.data.level ?? null };
  return { op: 'set', ...HELD_TIMER, id, dueAt: until, data };
}

/** A strike of the clock that reached some, while others were quiet. */
export interface HeldStrike {
  readonly number: number;
  readonly level: number;
}

/** Pages that may go out now that somebody's quiet hours are over, and when to look again. */
export interface Released {
  readonly events: readonly NewEvent[];
  readonly effects: readonly EffectChange[];
  readonly againAt: number | null;
}

/**
 * Asks for what the newest step has not asked for yet, by who is on call and who is quiet now: an older step's pages are
 * superseded by it. `pages`: every page of the incident.
 */
export function releaseHeld(
  state: EscalationState,
  pages: readonly Effect[],
  context: Pick<EscalationContext, 'now' | 'config' | 'means'>,
): Released {
  const { now, config, means } = context;
  const { cycle, level, round, severity } = state;
  const wanted = config.severities[severity].levels[level - 1];
  if (state.status === 'stopped' || wanted === undefined) return { events: [], effects: [], againAt: null };
  const reach = reachOf(wanted, state.policyContact, { oncall: config.oncall, at: now, means, severity });
  const step = { level, round };
  const asked = pages.filter(({ data }) => {
    return data.beyond === undefined && data.cycle === cycle && data.level === level && data.round === round;
  });
  const rest = withoutAsked(reach, asked);
  const next = whoIsNext(context, state, state.next);
  const effects = pagesOf({ state, step, dueAt: now, next, thread: lateThread(rest) }, rest);
  const againAt = reach.heldUntil ?? null;
  if (effects.length === 0) return { events: [], effects, againAt };
  const data = { cycle, level, round, ...namesOf(rest) };
  return { events: [{ type: 'page.released', v: 1, data }], effects, againAt };
}

/** Asks for what a strike of the clock has not asked for yet, as long as it is waited for an answer to it. */
export function releaseStrike(
  state: EscalationState,
  { number, level }: HeldStrike,
  pages: readonly Effect[],
  context: Pick<EscalationContext, 'now' | 'config' | 'means'>,
): Released {
  const asked = pages.filter(({ data }) => isOfStrike(data as PageRequest, state, number));
  const request = asked[0]?.data as PageRequest | undefined;
  if (request?.beyond === undefined || !isWaiting(state, request)) return { events: [], effects: [], againAt: null };
  const { reach } = reachOfLevel(state, level, context);
  const rest = withoutAsked(reach, asked);
  const { now: dueAt } = context;
  const thread = lateThread(rest);
  const step = { level, round: 0 };
  const effects = pagesOf({ state, step, dueAt, next: request.next, beyond: request.beyond, thread }, rest);
  const againAt = reach.heldUntil ?? null;
  if (effects.length === 0) return { events: [], effects, againAt };
  const data = { cycle: state.cycle, level, round: 0, ...namesOf(rest) };
  return { events: [{ type: 'page.released', v: 1, data }], effects, againAt };
}

/** What the timer says of a strike whose pages wait; null: they are the policy's. */
export function heldStrikeOf({ number, level }: Timer['data']): HeldStrike | null {
  return isNumber(number) && isNumber(level) ? { number, level } : null;
}

function isOfStrike({ cycle, beyond }: PageRequest, state: EscalationState, number: number): boolean {
  return cycle === state.cycle && beyond?.number === number;
}

/** Names a mention that comes later than the one of its step. */
function lateThread({ thread }: Reach): string {
  return ['late', ...(thread?.people ?? [])].join('+');
}

function withoutAsked(reach: Reach, asked: readonly Effect[]): Reach {
  const requests = asked.map(({ data }) => data as PageRequest);
  const has = (means: string, who: string) =>
    requests.some((each) => each.means === means && [...each.people, ...each.targets].includes(who));
  const others = reach.others.filter(({ means, people, targets }) => {
    return [...people, ...targets].some((who) => !has(means, who));
  });
  const dm = reach.dm.filter((person) => !has('dm', person));
  return { ...reach, dm, others, thread: missing(reach.thread, (who) => has('thread', who)) };
}

function missing(thread: Names | null, isAsked: (who: string) => boolean): Names | null {
  if (thread === null) return null;
  const people = thread.people.filter((who) => !isAsked(who));
  const targets = thread.targets.filter((who) => !isAsked(who));
  return people.length + targets.length === 0 ? null : { people, targets };
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}
